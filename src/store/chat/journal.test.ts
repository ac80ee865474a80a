import { describe, expect, it, vi } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import type { ChatEntry } from "#common/chat/log.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { MemoryChatBrowser, type MemoryChatJournal } from "#test/helpers/memoryChatJournal.ts";
import { createTestIde, testHost } from "#test/helpers/renderIde.tsx";

/** One page on a room that may be out of reach, and keeps a log by the rules of PROTOCOL.md. */
function openPage(browser: MemoryChatBrowser, room: Room, host = testHost) {
  const journal = browser.openPage();
  const { client, ide } = createTestIde(
    {},
    { chatJournal: journal, host, random: room.random, clock: new FakeClock() },
  );
  client.metadata.append = async (_key, text) => {
    if (!room.isUp) {
      return { ok: false, error: new RequestError("unavailable", "no connection") };
    }
    room.said.push(JSON.parse(text) as ChatEntry);
    return { ok: true, value: undefined };
  };
  const { chat } = ide.actions;
  const state = () => ide.store.getState().chat;
  return {
    journal,
    chat,
    state,
    waiting: () => state().sending.map(({ text }) => text),
    /** A connection, which tells the whole log. */
    connect() {
      const lines = room.said.map((entry) =>
        JSON.stringify({ userId: 1, name: "Ada", atMs: 1, entry }),
      );
      const text = lines.map((line) => `${line}\n`).join("");
      client.emit({ slice: "metadata", event: { kind: "value", key: "chat", text } });
    },
  };
}

interface Room {
  isUp: boolean;
  readonly said: ChatEntry[];
  readonly random: () => number;
}

function createRoom(): Room {
  let seed = 0;
  return { isUp: false, said: [], random: () => (seed = (seed + 0.137) % 1) };
}

const textsOf = ({ said }: Room) => said.map((entry) => ("text" in entry ? entry.text : ""));
const leave = (journal: MemoryChatJournal): void => {
  journal.isGone = true;
};

describe("what is said without a connection", () => {
  it("[CL36] goes from the next page, in order and once", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const first = openPage(browser, room);
    for (const text of ["one", "two", "three"]) await first.chat.say(text);
    expect(first.waiting()).toEqual(["one", "two", "three"]);
    expect(first.state().sending.every(({ waits }) => waits)).toBe(true);
    leave(first.journal);
    const second = openPage(browser, room);
    await vi.waitFor(() => expect(second.waiting()).toEqual(["one", "two", "three"]));
    await second.chat.say("four");
    room.isUp = true;
    second.connect();
    await vi.waitFor(() => expect(second.waiting()).toEqual([]));
    expect(textsOf(room)).toEqual(["one", "two", "three", "four"]);
    await vi.waitFor(() => expect(browser.messages.size).toBe(0));
  });

  it("[CL36] stays with a page that lives", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const [first, second] = [openPage(browser, room), openPage(browser, room)];
    await first.chat.say("one");
    await second.chat.takeLeft();
    expect(second.waiting()).toEqual([]);
    room.isUp = true;
    second.connect();
    first.connect();
    await vi.waitFor(() => expect(first.waiting()).toEqual([]));
    expect(textsOf(room)).toEqual(["one"]);
  });

  it("[CL36] is not sent from a page that was wrongly taken for gone", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const first = openPage(browser, room);
    await first.chat.say("one");
    await first.chat.say("oops");
    first.journal.isGone = true;
    const second = openPage(browser, room);
    await vi.waitFor(() => expect(second.waiting()).toEqual(["one", "oops"]));
    const [, oops] = second.state().sending;
    second.chat.discard(oops?.id ?? "");
    room.isUp = true;
    await first.chat.say("mine");
    await vi.waitFor(() => expect(first.waiting()).toEqual([]));
    second.connect();
    await vi.waitFor(() => expect(second.waiting()).toEqual([]));
    expect(textsOf(room)).toEqual(["mine", "one"]);
  });

  it("[CL36] is known in the log when the answer got lost, and not sent again", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const first = openPage(browser, room);
    await first.chat.say("one");
    const [sent] = first.state().sending;
    room.said.push({ kind: "said", id: sent?.id ?? "", text: "one" });
    leave(first.journal);
    const second = openPage(browser, room);
    await vi.waitFor(() => expect(second.waiting()).toEqual(["one"]));
    room.isUp = true;
    second.connect();
    expect(second.waiting()).toEqual([]);
    await vi.waitFor(() => expect(browser.messages.size).toBe(0));
    expect(textsOf(room)).toEqual(["one"]);
  });

  it("is not overtaken by what has nothing to wait for", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    room.isUp = true;
    let isReachable = false;
    const page = openPage(browser, room, {
      ...testHost,
      sendImage: async (image) =>
        isReachable
          ? testHost.sendImage(image)
          : { ok: false, message: "no network", isUnreachable: true },
    });
    const images = [{ label: "shot.png", file: new Blob() }];
    await Promise.all([page.chat.say("one", { images }), page.chat.say("two")]);
    expect(room.said).toEqual([]);
    isReachable = true;
    page.connect();
    await vi.waitFor(() => expect(page.waiting()).toEqual([]));
    expect(textsOf(room).map((text) => text.slice(0, 3))).toEqual(["one", "two"]);
  });

  it("is sent once and in order, however fast it follows", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    room.isUp = true;
    const page = openPage(browser, room);
    await Promise.all(["one", "two", "three"].map((text) => page.chat.say(text)));
    await vi.waitFor(() => expect(page.waiting()).toEqual([]));
    expect(textsOf(room)).toEqual(["one", "two", "three"]);
  });

  it("goes on being sent where the browser keeps nothing, and is asked about", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const page = openPage(browser, room);
    await page.chat.say("kept");
    expect(page.chat.isKept()).toBe(true);
    page.journal.refuses = true;
    await page.chat.say("not kept");
    expect(page.chat.isKept()).toBe(false);
    room.isUp = true;
    page.connect();
    await vi.waitFor(() => expect(textsOf(room)).toEqual(["kept", "not kept"]));
    expect(page.chat.isKept()).toBe(true);
  });
});

describe("what is being written", () => {
  it("[CL36] is there in the next page, before what was begun in that one", async () => {
    const [browser, room] = [new MemoryChatBrowser(), createRoom()];
    const first = openPage(browser, room);
    for (const text of ["d", "dr", "dra"]) first.chat.changeDraft((draft) => ({ ...draft, text }));
    await vi.waitFor(() => expect([...browser.drafts.values()]).toMatchObject([{ text: "dra" }]));
    leave(first.journal);
    const second = openPage(browser, room);
    second.chat.changeDraft((draft) => ({ ...draft, text: "new" }));
    await vi.waitFor(() => expect(second.state().draft.text).toBe("dra\nnew"));
    await vi.waitFor(() =>
      expect([...browser.drafts.values()]).toMatchObject([{ text: "dra\nnew" }]),
    );
  });
});
