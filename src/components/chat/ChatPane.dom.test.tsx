// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { ChatEntry } from "#common/chat/log.ts";
import { RequestError } from "#common/lib/errors.ts";
import { activeFile } from "#store/ui/layout.ts";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { renderIde, testHost } from "#test/helpers/renderIde.tsx";
import { ChatPane } from "./ChatPane.tsx";

afterEach(cleanup);

const field = () => screen.getByRole("textbox", { name: "Message everyone" });
const type = (text: string) =>
  fireEvent.change(field(), { target: { value: text, selectionStart: text.length } });

/** The container adds a line to the log. */
function tell(
  client: FakeClient,
  by: { readonly userId: number; readonly name: string },
  entry: ChatEntry,
) {
  const text = `${JSON.stringify({ ...by, atMs: Date.now(), entry })}\n`;
  act(() => client.emit({ slice: "metadata", event: { kind: "added", key: "chat", text } }));
}

const ada = { userId: 1, name: "Ada" };
const lin = { userId: 7, name: "Lin" };

function said(client: FakeClient): readonly unknown[] {
  return client.calls.flatMap((call) => /"kind":"said".*"text":"([^"]*)"/.exec(call)?.[1] ?? []);
}

const png = (name: string, ...more: readonly string[]) =>
  new File([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...more], name);
const paste = (...files: readonly File[]) =>
  fireEvent.paste(field(), { clipboardData: { files, types: ["Files"] } });
const imageName = (char: string) => `${char.repeat(64)}.png`;

describe("images", () => {
  it("come by the clipboard, can be taken away, and go with the message", async () => {
    const sent: Blob[] = [];
    const sendImage = async (image: Blob) => {
      sent.push(image);
      return { ok: true, value: imageName("b") } as const;
    };
    const { client } = renderIde(<ChatPane />, {}, { host: { ...testHost, sendImage } });
    const [shot, other] = [png("shot [1].png"), png("other.png")];
    paste(shot, other);
    expect(await screen.findByRole("img", { name: "shot [1].png" })).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Remove other.png" }));
    type("look");
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() =>
      expect(said(client)).toEqual([`look\\n![shot 1 .png](api/images/${imageName("b")})`]),
    );
    expect(sent).toEqual([shot]);
    expect(screen.queryByRole("button", { name: /^Remove/ })).toBeNull();
  });

  it("are refused with a reason when they are none, or too large", async () => {
    const { ide } = renderIde(<ChatPane />);
    const drop = {
      dataTransfer: { files: [new File(["<svg/>"], "a.svg"), new File([], "b.png")] },
    };
    fireEvent.drop(screen.getByRole("region", { name: "Chat" }), drop);
    paste(png("huge.png", "x".repeat(5 * 1024 * 1024)));
    const notices = () => ide.store.getState().notifications.list.map(({ text }) => text);
    await waitFor(() => expect(notices()).toHaveLength(3));
    expect(notices().toSorted()).toEqual([
      "a.svg: only PNG, JPEG, GIF and WebP images can be shown.",
      "b.png: only PNG, JPEG, GIF and WebP images can be shown.",
      "huge.png is larger than 5 MB, the most that an image may have.",
    ]);
    expect(screen.queryByRole("button", { name: /^Remove/ })).toBeNull();
  });

  it("leave words of the clipboard alone", () => {
    renderIde(<ChatPane />);
    const clipboardData = { files: [png("cells.png")], types: ["text/plain", "Files"] };
    expect(fireEvent.paste(field(), { clipboardData })).toBe(true);
  });

  it("wait with their message for the connection, and then go once", async () => {
    const answers = [{ ok: false, message: "no network", isUnreachable: true } as const];
    const sendImage = async () => answers.pop() ?? ({ ok: true, value: imageName("b") } as const);
    const { client } = renderIde(<ChatPane />, {}, { host: { ...testHost, sendImage } });
    paste(png("shot.png"));
    await screen.findByRole("img", { name: "shot.png" });
    fireEvent.keyDown(field(), { key: "Enter" });
    await screen.findByText(/^It will be sent when the connection is back/);
    expect(said(client)).toEqual([]);
    act(() => client.emit({ slice: "metadata", event: { kind: "value", key: "chat", text: "" } }));
    await waitFor(() =>
      expect(said(client)).toEqual([`![shot.png](api/images/${imageName("b")})`]),
    );
    expect(screen.queryByText(/^It will be sent/)).toBeNull();
  });

  it("stay with a message that is changed, or are taken out of it", async () => {
    const { client } = renderIde(<ChatPane />);
    const shown = ["b", "c"].map((char) => `![${char}](api/images/${imageName(char)})`);
    tell(client, ada, { kind: "said", id: "mine", text: ["helo", ...shown].join("\n") });
    fireEvent.keyDown(field(), { key: "ArrowUp" });
    expect(field()).toHaveProperty("value", "helo");
    fireEvent.click(screen.getByRole("button", { name: "Remove b" }));
    fireEvent.keyDown(field(), { key: "Enter" });
    const entry = { kind: "edited", message: "mine", text: `helo\n${shown[1]}` };
    await waitFor(() =>
      expect(client.calls).toContain(`appendMeta(chat, ${JSON.stringify(entry)})`),
    );
  });

  it("are shown in messages, open large, and are asked for once", async () => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        readonly #tell: (entries: readonly object[]) => void;
        constructor(listener: (entries: readonly object[]) => void) {
          this.#tell = listener;
        }
        observe() {
          this.#tell([{ isIntersecting: true }]);
        }
        disconnect() {}
      },
    );
    const asked: string[] = [];
    const image = async (name: string) => {
      asked.push(name);
      return name === imageName("b")
        ? ({ ok: true, value: png("b.png") } as const)
        : ({ ok: false, message: "This image is not here any more." } as const);
    };
    const { client } = renderIde(<ChatPane />, {}, { host: { ...testHost, image } });
    for (const [id, char] of [
      ["1", "b"],
      ["2", "b"],
      ["3", "c"],
    ] as const) {
      const text = `![${char}.png](api/images/${imageName(char)})`;
      tell(client, lin, { kind: "said", id, text });
    }
    expect(await screen.findByText("c.png: This image is not here any more.")).toBeDefined();
    const [first] = await screen.findAllByRole("button", { name: "b.png" });
    expect(asked).toEqual([imageName("b"), imageName("c")]);
    if (first !== undefined) fireEvent.click(first);
    expect(screen.getByRole("dialog", { name: "b.png", hidden: true })).toBeDefined();
    vi.unstubAllGlobals();
  });
});

describe("the chat", () => {
  it("sends on Enter, makes a line on Shift+Enter, and waits for a composition", async () => {
    const { client } = renderIde(<ChatPane />);
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter", shiftKey: true });
    fireEvent.keyDown(field(), { key: "Enter", isComposing: true });
    expect(said(client)).toEqual([]);
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() => expect(said(client)).toEqual(["hello"]));
    expect(field().textContent).toBe("");
  });

  it("completes a mention by Enter, and sends when there is nothing to complete", async () => {
    const { client } = renderIde(<ChatPane />);
    const typeAtEnd = (text: string) => {
      type(text);
      (field() as HTMLTextAreaElement).setSelectionRange(text.length, text.length);
      fireEvent.select(field());
    };
    typeAtEnd("look @every");
    fireEvent.keyDown(field(), { key: "Enter" });
    expect(field()).toHaveProperty("value", "look @everyone ");
    typeAtEnd("look @everyone");
    fireEvent.keyDown(field(), { key: "Enter", ctrlKey: true });
    await waitFor(() => expect(said(client)).toEqual(["look @everyone"]));
  });

  it("completes a mention amid a message, and what is typed next comes behind the name", () => {
    renderIde(<ChatPane />);
    const input = field() as HTMLTextAreaElement;
    type("look @every please");
    input.setSelectionRange(11, 11);
    fireEvent.select(input);
    fireEvent.keyDown(input, { key: "Enter" });
    expect(input.value).toBe("look @everyone please");
    expect(input.selectionStart).toBe("look @everyone ".length);
  });

  it("keeps what could not be sent, with a way to try again", async () => {
    const { client } = renderIde(<ChatPane />);
    client.failNext = new RequestError("unavailable", "no connection");
    type("hello");
    // Typing itself asks nothing; the message is the request that fails.
    fireEvent.keyDown(field(), { key: "Enter" });
    fireEvent.click(await screen.findByRole("button", { name: "Try again" }));
    await waitFor(() => expect(screen.queryByText(/Not sent/)).toBeNull());
    expect(said(client)).toEqual(["hello", "hello"]);
  });

  it("shows messages with places that can be gone to", () => {
    const { client, ide } = renderIde(<ChatPane />);
    tell(client, lin, { kind: "said", id: "a", text: "see main.py:3" });
    fireEvent.click(screen.getByRole("button", { name: "main.py:3" }));
    expect(activeFile(ide.store.getState().layout)).toBe("main.py");
  });

  it("tells who points at a place where its text has gone", async () => {
    const { client } = renderIde(<ChatPane />, { "main.py": "one\ntwo\n" });
    const opened = await client.ot.openDocument("main.py");
    if (!opened.ok) throw opened.error;
    const mark = { label: "main.py:2", path: "main.py", version: 1, from: 4, to: 7, quote: "two" };
    tell(client, lin, { kind: "said", id: "a", text: "see main.py:2", places: [mark] });
    const link = screen.getByRole("button", { name: "main.py:2" });
    expect(link.dataset["tip"]).toBe("two");
    opened.value.edit([{ offset: 0, deleteLength: 0, insert: "zero\n" }]);
    fireEvent.pointerEnter(link);
    await waitFor(() => expect(link.dataset["tip"]).toBe("two · now in line 3"));
    opened.value.edit([{ offset: 9, deleteLength: 3, insert: "" }]);
    fireEvent.pointerEnter(link);
    await waitFor(() => expect(link.dataset["tip"]).toBe("two · gone since"));
  });

  it("changes what I said last by the up arrow, and leaves it by Escape", async () => {
    const { client } = renderIde(<ChatPane />);
    tell(client, ada, { kind: "said", id: "mine", text: "helo" });
    tell(client, lin, { kind: "said", id: "hers", text: "hi" });
    fireEvent.keyDown(field(), { key: "ArrowUp" });
    expect(field()).toHaveProperty("value", "helo");
    type("hello");
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() =>
      expect(client.calls).toContain(
        `appendMeta(chat, {"kind":"edited","message":"mine","text":"hello"})`,
      ),
    );
    expect(field()).toHaveProperty("value", "");
    type("a new one");
    fireEvent.click(screen.getByRole("button", { name: "Edit" }));
    fireEvent.keyDown(field(), { key: "Escape" });
    expect(field()).toHaveProperty("value", "a new one");
  });

  it("offers me to take away what is mine, and nothing else", () => {
    const { client } = renderIde(<ChatPane />);
    tell(client, lin, { kind: "said", id: "hers", text: "hi" });
    expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
    tell(client, ada, { kind: "said", id: "mine", text: "oops" });
    fireEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(client.calls).toContain(`appendMeta(chat, {"kind":"deleted","message":"mine"})`);
    tell(client, ada, { kind: "deleted", message: "mine" });
    expect(screen.queryByText("oops")).toBeNull();
  });

  it("tells of a call, and whose sound is wanted, while the chat is out of sight", () => {
    let chimes = 0;
    const { client, ide } = renderIde(<ChatPane />, {}, { chime: () => chimes++ });
    tell(client, lin, { kind: "said", id: "a", text: "@ada come here" });
    tell(client, lin, { kind: "said", id: "b", text: "adamant" });
    tell(client, ada, { kind: "said", id: "c", text: "@ada" });
    expect(ide.store.getState().notifications.list.map(({ text }) => text)).toEqual([
      "Lin: @ada come here",
    ]);
    expect(chimes).toBe(0);
    act(() => ide.actions.settings.set({ sound: true }));
    tell(client, lin, { kind: "said", id: "d", text: "@everyone" });
    act(() => ide.actions.settings.set({ quiet: true }));
    tell(client, lin, { kind: "said", id: "e", text: "@everyone" });
    expect(chimes).toBe(1);
  });

  it("folds a long list of what the room did, and hides it on request", () => {
    const { client } = renderIde(<ChatPane />);
    for (let i = 0; i < 6; i++) {
      tell(client, { userId: 10 + i, name: `P${i}` }, { kind: i % 2 === 0 ? "joined" : "left" });
    }
    expect(screen.queryByText("P0 joined")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "3 more before" }));
    expect(screen.getByText("P0 joined")).toBeDefined();
    fireEvent.click(screen.getByRole("button", { name: "Hide what the room does" }));
    expect(screen.queryByText("P5 left")).toBeNull();
  });

  it("tells who is typing", () => {
    const { client } = renderIde(<ChatPane />);
    act(() =>
      client.emit({ slice: "chat", event: { kind: "typing", author: "Lin", typing: true } }),
    );
    expect(screen.getByText("Lin is typing…")).toBeDefined();
  });
});
