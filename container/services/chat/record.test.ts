import { describe, expect, it, vi } from "vitest";
import { withImages } from "#common/chat/images.ts";
import { applyChatLine, parseChatLines, type ChatEntry } from "#common/chat/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import { parseReplPath } from "#container/paths.ts";
import { fakeService } from "#test/helpers/fakeService.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { createRoom, type Room } from "#test/helpers/room.ts";
import { chat } from "../chat.ts";
import { files } from "../files.ts";
import { metadata } from "../metadata.ts";
import { ot } from "../ot.ts";

/** Stands for the console: each `input` is a run, which ends at once. */
const console = fakeService("run", {
  handle: (body, by, reply, { repl }) => {
    const command = body.case === "input" ? body.value : "";
    repl.runs.emit({ kind: "ran", id: "r1", command, by });
    repl.runs.emit({ kind: "ended", run: "r1", code: 3, durationMs: 500 });
    reply({ case: "ok", value: {} });
  },
});
const services = [chat, console, files, metadata];

/** One client, who reads the log. */
class Reader {
  readonly client: FrameClient;
  readonly #id: number;

  constructor(client: FrameClient, id: number) {
    this.client = client;
    this.#id = id;
  }

  async add(entry: unknown): Promise<string> {
    const value = { key: "chat", data: encodeUtf8(JSON.stringify(entry)) };
    const { body } = await this.client.request(this.#id, { case: "appendMeta", value });
    return body.case === "error" ? body.value : (body.case ?? "");
  }

  async text(): Promise<string> {
    const { body } = await this.client.request(this.#id, {
      case: "readMeta",
      value: { key: "chat" },
    });
    return body.case === "readMeta" ? (decodeUtf8(body.value.data) ?? "") : "";
  }

  /** `ada joined`, `bob said hi`. */
  async lines(): Promise<readonly string[]> {
    return parseChatLines(await this.text()).map(({ name, entry }) => `${name} ${draw(entry)}`);
  }
}

function draw({ kind, ...fields }: ChatEntry): string {
  const { id: _id, message: _message, ...rest } = fields as Readonly<Record<string, unknown>>;
  return [kind, ...Object.values(rest)].join(" ");
}

async function enter(
  room: Room,
  name: string,
  userId: number,
  role: "editor" | "viewer" = "editor",
) {
  const client = await room.join({ name, userId, role });
  await client.announceHasCap();
  return new Reader(client, (await client.open("metadata")).id);
}

/** Somebody with the seed's schema, in the chat. */
async function enterOld(room: Room, name: string) {
  const client = await room.join({ name, userId: 77 });
  const { id } = await client.open("chat", "chatter");
  const { scrollback } = await client.next("chatScrollback", id);
  return { client, id, said: scrollback.map(({ username, text }) => `${username}: ${text}`) };
}

describe("the log of the room", () => {
  it("[CT6] is stamped by the container, and takes from clients what is theirs to say", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    const eve = await enter(room, "eve", 2, "viewer");
    room.clock.advance(5);
    expect(await ada.add({ kind: "said", id: "a", text: "hi" })).toBe("ok");
    expect(await eve.add({ kind: "said", id: "b", text: "I look on" })).toBe("ok");
    expect(await ada.add({ kind: "restored", path: "a.js", version: 3 })).toBe("ok");
    for (const [reader, entry] of [
      [eve, { kind: "restored", path: "a.js", version: 3 }],
      [ada, { kind: "joined" }],
      [ada, { kind: "ran", id: "x", command: "rm -rf /" }],
      [ada, { kind: "said", id: "c", text: " " }],
      [ada, { kind: "said", id: "c", text: "x".repeat(10_001) }],
      [ada, { kind: "said", text: "no id" }],
      [ada, { kind: "said", id: "c", text: "hi", places: [{ label: "a.js:1" }] }],
      [ada, null],
    ] as const) {
      expect(await reader.add(entry)).toMatch(/^(bad request|permission denied): /);
    }
    const lines = parseChatLines(await ada.text()).slice(2);
    expect(lines).toEqual([
      {
        userId: 1,
        name: "ada",
        atMs: room.clock.now(),
        entry: { kind: "said", id: "a", text: "hi" },
      },
      {
        userId: 2,
        name: "eve",
        atMs: room.clock.now(),
        entry: { kind: "said", id: "b", text: "I look on" },
      },
      expect.objectContaining({ entry: { kind: "restored", path: "a.js", version: 3 } }),
    ]);
  });

  it("[CT6] lets go of what is old, talk and deeds each for itself", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    await ada.add({ kind: "restored", path: "first", version: 1 });
    for (let i = 0; i < 598; i++) await ada.add({ kind: "said", id: `m${i}`, text: String(i) });
    const lines = await ada.lines();
    expect([lines.length, ...lines.slice(0, 3)]).toEqual([
      502,
      "ada joined",
      "ada restored first 1",
      "ada said 98",
    ]);
    const whole = await ada.client.next("writeMeta");
    expect(decodeUtf8(whole.data)).toBe(await ada.text());
  });

  it("[CT7] is heard by old clients, and hears them", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    const old = await enterOld(room, "old");
    await ada.add({ kind: "said", id: "a", text: "see a.js:3" });
    expect(await old.client.next("chatMessage")).toMatchObject({
      username: "ada",
      text: "see a.js:3",
    });
    await ada.add({ kind: "edited", message: "a", text: "see a.js:4" });
    expect(await old.client.next("chatMessage")).toMatchObject({
      username: "ada",
      text: "see a.js:4 (edited)",
    });
    const value = { username: "ada", text: "thanks" };
    await old.client.request(old.id, { case: "chatMessage", value });
    expect((await ada.lines()).at(-1)).toBe("old said thanks");
    await ada.add({ kind: "said", id: "b", text: "oops" });
    await ada.add({ kind: "deleted", message: "b" });
    expect((await enterOld(room, "later")).said).toEqual(["ada: see a.js:4", "old: thanks"]);
  });

  it("[CT8] lets nobody touch what another has said", async () => {
    const room = createRoom({ services });
    const [ada, eve] = [await enter(room, "ada", 1), await enter(room, "eve", 2)];
    await ada.add({ kind: "said", id: "a", text: "hi" });
    await eve.add({ kind: "edited", message: "a", text: "I am a fool" });
    await eve.add({ kind: "deleted", message: "a" });
    expect((await enterOld(room, "old")).said).toEqual(["ada: hi"]);
  });

  it("[CT12] has a message once that comes twice, also when it was taken away meanwhile", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    const old = await enterOld(room, "old");
    const message = { kind: "said", id: "a", text: "hi" } as const;
    for (let i = 0; i < 2; i++) expect(await ada.add(message)).toBe("ok");
    await ada.add({ kind: "said", id: "b", text: "there" });
    expect(await old.client.next("chatMessage")).toMatchObject({ text: "hi" });
    expect(await old.client.next("chatMessage")).toMatchObject({ text: "there" });
    await ada.add({ kind: "deleted", message: "a" });
    const after = createRoom({ services, disk: room.platform.disk, random: mulberry32(2) });
    const again = await enter(after, "ada", 1);
    expect(await again.add(message)).toBe("ok");
    expect((await enterOld(after, "old")).said).toEqual(["ada: there"]);
  });

  it("[CT11] lets an image go with the last message that shows it", async () => {
    const room = createRoom({ services });
    const { images } = room.container;
    const name = (char: string) => `${char.repeat(64)}.png`;
    for (const char of "abc") await images.put(name(char), new Uint8Array([1]));
    const shown = (...chars: readonly string[]) =>
      withImages(
        "",
        chars.map((char) => ({ name: name(char), label: "shot.png" })),
      );
    const [ada, eve] = [await enter(room, "ada", 1), await enter(room, "eve", 2)];
    const kept = async () => {
      const chars = ["a", "b", "c"];
      const all = await Promise.all(chars.map((char) => images.read(name(char))));
      return chars.filter((_, index) => all[index] !== undefined).join("");
    };
    await ada.add({ kind: "said", id: "one", text: shown("a", "b") });
    await eve.add({ kind: "said", id: "two", text: shown("b", "c") });
    await eve.add({ kind: "deleted", message: "one" });
    expect(await kept()).toBe("abc");
    await ada.add({ kind: "deleted", message: "one" });
    expect(await kept()).toBe("bc");
    await eve.add({ kind: "edited", message: "two", text: shown("c") });
    expect(await kept()).toBe("c");
  });

  it("[CT9] tells once that somebody is here, and when they have been away for a while", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    const bob = await enter(room, "bob", 2);
    const second = await enter(room, "bob", 2);
    bob.client.close();
    second.client.close();
    await ada.text();
    room.clock.advance(29_999);
    const back = await enter(room, "bob", 2);
    await back.text();
    room.clock.advance(60_000);
    expect(await ada.lines()).toEqual(["ada joined", "bob joined"]);

    const leftMs = room.clock.now();
    back.client.close();
    await ada.text();
    room.clock.advance(30_000);
    expect((await ada.lines()).at(-1)).toBe("bob left");
    expect(parseChatLines(await ada.text()).at(-1)?.atMs).toBe(leftMs);
    await (await enter(room, "bob", 2)).text();
    expect((await ada.lines()).at(-1)).toBe("bob joined");
  });

  it("[CT9] tells of those who do not come back after a crash", async () => {
    const room = createRoom({ services });
    const ada = await enter(room, "ada", 1);
    await enter(room, "bob", 2);
    await ada.text();
    const after = createRoom({ services, disk: room.platform.disk, random: mulberry32(2) });
    const again = await enter(after, "ada", 1);
    await again.text();
    after.clock.advance(30_000);
    expect(await again.lines()).toEqual(["ada joined", "bob joined", "bob left"]);
  });

  it("[CT10] has new names, moved files and runs", async () => {
    const room = createRoom({ services });
    const client = await room.join({ name: "ada", userId: 1 });
    const { id } = await client.open("gcsfiles");
    const content = encodeUtf8("x");
    await client.request(id, { case: "write", value: { path: "a.txt", content } });
    await client.request(0, { case: "hello", value: { username: "Ada L." } });
    await client.request(id, { case: "move", value: { oldPath: "a.txt", newPath: "b.txt" } });
    const run = await client.open("shellrun2", "shellrunner");
    await client.request(run.id, { case: "input", value: "npm start" });
    const reader = await enter(room, "bob", 2);
    expect(await reader.lines()).toEqual([
      "ada joined",
      "Ada L. renamed ada",
      "Ada L. moved a.txt b.txt",
      "Ada L. ran npm start",
      "Ada L. ended r1 3 500",
      "bob joined",
    ]);
  });

  it("[CT10] has what a program moves that people have worked on, and places go along", async () => {
    const room = createRoom({ services: [...services, ot] });
    const ada = await enter(room, "ada", 1);
    const move = (from: string, to: string) =>
      room.platform.files.move(parseReplPath(from), parseReplPath(to));
    for (const path of ["a.txt", "other.txt"]) {
      await room.platform.files.write(parseReplPath(path), encodeUtf8("x"));
    }
    const { id } = await ada.client.open("ot", "ot:a.txt");
    await ada.client.request(id, { case: "otLinkFile", value: { file: { path: "a.txt" } } });
    const place = { label: "a.txt:1", path: "a.txt", version: 1, from: 0, to: 1, quote: "x" };
    await ada.add({ kind: "said", id: "one", text: "a.txt:1", places: [place] });
    await move("other.txt", "another.txt");
    await move("a.txt", "b.txt");
    // The channel and its text are let go of in a minute; the file is followed all the same.
    await ada.client.request(0, { case: "closeChan", value: { id } });
    for (let turn = 0; turn < 70; turn++) {
      room.clock.advance(1000);
      await ada.lines();
    }
    await move("b.txt", "c.txt");
    room.clock.advance(1000);
    await vi.waitFor(async () => expect(await ada.lines()).toHaveLength(4));
    expect(await ada.lines()).toEqual([
      "ada joined",
      expect.stringMatching(/^ada said a\.txt:1/),
      "Program moved a.txt b.txt",
      "Program moved b.txt c.txt",
    ]);
    const [message] = parseChatLines(await ada.text())
      .reduce(applyChatLine, [])
      .slice(1);
    expect(message).toMatchObject({ places: [{ ...place, path: "c.txt" }] });
  });
});
