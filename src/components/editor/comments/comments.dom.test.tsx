// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ThreadEntry } from "#store/metadata/threads.ts";
import { filePane } from "#store/ui/panes.ts";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { createTestIde, renderIde } from "#test/helpers/renderIde.tsx";
import { EditorPane } from "../EditorPane.tsx";
import { ThreadsBinding } from "./threadsBinding.ts";

afterEach(cleanup);

const lin = { userId: 7, name: "Lin" };
const opened = {
  kind: "opened",
  id: "t1",
  path: "a.txt",
  version: 1,
  from: 4,
  to: 7,
  quote: "two",
  text: "why two?",
} as const;

function tell(client: FakeClient, ...entries: readonly ThreadEntry[]): void {
  const lines = entries.map((entry) => JSON.stringify({ ...lin, atMs: Date.now(), entry }));
  const text = lines.join("\n");
  act(() => client.emit({ slice: "metadata", event: { kind: "added", key: "threads", text } }));
}

describe("on a touch screen", () => {
  beforeEach(() => {
    vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => {} }));
  });
  afterEach(() => vi.unstubAllGlobals());

  const field = () => document.querySelector<HTMLTextAreaElement>(".plain-editor__field");

  async function open() {
    const pane = filePane("a.txt");
    const files = { "a.txt": "one\r\ntwo\r\nthree\r\n" };
    const shown = renderIde(<EditorPane pane={pane} path="a.txt" />, files);
    await waitFor(() => expect(field()).not.toBeNull());
    return { ...shown, pane };
  }

  it("a comment is marked beside its line, moves with it, and is answered below", async () => {
    const { client, ide } = await open();
    tell(client, { ...opened, from: 5, to: 8 });
    const mark = await screen.findByRole("button", {
      name: "Comments on line 2: Lin: why two?",
    });
    act(() =>
      client
        .document("a.txt")
        ?.editRemotely([{ offset: 0, deleteLength: 0, insert: "zero\r\n" }], 7),
    );
    await waitFor(() =>
      expect(mark.getAttribute("aria-label")).toBe("Comments on line 3: Lin: why two?"),
    );
    fireEvent.click(mark);
    expect(screen.getByRole("group", { name: "Comments on two" })).toBeDefined();
    expect(field()?.value.slice(0, field()?.selectionStart)).toBe("zero\none\n");
    const answer = screen.getByRole("textbox", { name: "Reply" });
    fireEvent.change(answer, { target: { value: "because" } });
    fireEvent.keyDown(answer, { key: "Enter" });
    await waitFor(() =>
      expect(client.calls.some((call) => call.includes(`"text":"because"`))).toBe(true),
    );
    fireEvent.click(mark);
    expect(ide.store.getState().comments.thread).toBeUndefined();
    tell(client, { kind: "resolved", thread: "t1" });
    expect(screen.queryByRole("button", { name: /^Comments on line/ })).toBeNull();
  });

  it("what is being answered stays, whoever closes or settles the thread, until it is sent", async () => {
    const { client, ide } = await open();
    tell(client, opened);
    await screen.findByRole("button", { name: /^Comments on line/ });
    act(() => ide.actions.comments.show("t1"));
    const answer = () => screen.queryByRole("textbox", { name: "Reply" }) as HTMLTextAreaElement;
    fireEvent.change(answer(), { target: { value: "because" } });
    act(() => ide.actions.comments.close());
    act(() => ide.actions.comments.show("t1"));
    tell(client, { kind: "resolved", thread: "t1" });
    expect(answer().value).toBe("because");
    fireEvent.keyDown(answer(), { key: "Enter" });
    await waitFor(() => expect(answer()).toBeNull());
    expect(client.calls.filter((call) => call.includes(`"text":"because"`))).toHaveLength(1);
  });

  it("one is written on the words of the line, or on what is selected", async () => {
    const { client, ide, pane } = await open();
    const comment = async (start: number, end: number): Promise<unknown> => {
      field()?.setSelectionRange(start, end);
      act(() => ide.actions.comments.begin(pane));
      const words = screen.getByRole("textbox", { name: "Comment" });
      fireEvent.change(words, { target: { value: "hm" } });
      const before = client.calls.length;
      fireEvent.keyDown(words, { key: "Enter" });
      await waitFor(() => expect(client.calls.length).toBeGreaterThan(before));
      act(() => ide.actions.comments.close());
      const [, entry = ""] = /^appendMeta\(threads, (.*)\)$/.exec(client.calls.at(-1) ?? "") ?? [];
      return JSON.parse(entry) as unknown;
    };
    expect(await comment(5, 5)).toMatchObject({ kind: "opened", from: 5, to: 8, quote: "two" });
    expect(await comment(1, 5)).toMatchObject({ from: 1, to: 6, quote: "ne\r\nt" });
  });

  it("one that is left while it is sent does not come back", async () => {
    const { client, ide, pane } = await open();
    act(() => ide.actions.comments.begin(pane));
    const words = screen.getByRole("textbox", { name: "Comment" });
    fireEvent.change(words, { target: { value: "hm" } });
    fireEvent.keyDown(words, { key: "Enter" });
    act(() => ide.actions.comments.close());
    await waitFor(() => expect(client.calls.at(-1)).toContain("appendMeta(threads"));
    await act(async () => {});
    expect(ide.store.getState().comments.thread).toBeUndefined();
  });
});

describe("an anchor", () => {
  const behind = 2_001;

  async function openedFarBehind(role: "owner" | "viewer") {
    const { client, ide } = createTestIde({ "a.txt": "one two three" });
    const self = { userId: 1, session: 2, name: "Ada", role } as const;
    client.emit(
      { slice: "control", event: { kind: "connection", state: { kind: "connected" } } },
      { slice: "control", event: { kind: "self", self } },
    );
    const answer = await client.ot.openDocument("a.txt");
    if (!answer.ok) throw answer.error;
    for (let i = 0; i < behind; i++) {
      client.document("a.txt")?.editRemotely([{ offset: 0, deleteLength: 0, insert: "x" }], 7);
    }
    tell(client, opened);
    const text = { pane: filePane("a.txt"), path: "a.txt", document: answer.value };
    const threads = new ThreadsBinding(ide, text, () => threads.shown());
    threads.follow();
    await waitFor(() => expect(threads.shown()).toHaveLength(1));
    return { client, threads };
  }
  const written = (client: FakeClient) => client.calls.filter((call) => /anchored/.test(call));

  it("that is 2,000 versions behind is written anew, once", async () => {
    const { client, threads } = await openedFarBehind("owner");
    const [shown] = threads.shown();
    expect(shown?.place).toMatchObject({ from: 4 + behind, to: 7 + behind, isRemoved: false });
    const entry = {
      kind: "anchored",
      thread: "t1",
      version: 1 + behind,
      from: 4 + behind,
      to: 7 + behind,
    } as const;
    expect(written(client)).toEqual([`appendMeta(threads, ${JSON.stringify(entry)})`]);
    tell(client, entry);
    expect(threads.shown()[0]?.place).toMatchObject({ from: 4 + behind, to: 7 + behind });
    expect(written(client)).toHaveLength(1);
  });

  it("is left as it is by who may not write", async () => {
    const { client } = await openedFarBehind("viewer");
    expect(written(client)).toEqual([]);
  });
});
