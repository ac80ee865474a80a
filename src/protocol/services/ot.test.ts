import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { fetchHistory, OtChannel, type OtMessage } from "./ot.ts";

async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

function make() {
  const channels = new FakeChannels();
  const messages: OtMessage[] = [];
  let ids = 0;
  const text = new OtChannel({
    open: channels.open,
    path: "a",
    createId: () => `id${++ids}`,
    emit: (message) => messages.push(message),
  });
  const channel = channels.of("ot");
  channel.attach();
  /** The newest that was told. */
  const life = (): number => {
    const attached = messages.findLast((message) => message.kind === "attached");
    return attached?.kind === "attached" ? attached.life : 0;
  };
  return { text, channel, messages, life };
}

const packet = (version: number, value: string) => ({
  case: "ot" as const,
  value: { version, spookyVersion: version, ops: [{ op: { case: "insert" as const, value } }] },
});

describe("linking a text", () => {
  it("[CH4] adopts what a linked channel says, with the carets in it", () => {
    const { channel, messages } = make();
    expect(channel.name).toBe("ot:a");
    const user = { id: 5, name: "Ada", session: 3 };
    const cursors = [{ id: "c", position: 1, selectionStart: 1, selectionEnd: 2, user }];
    channel.receive({
      case: "otstatus",
      value: { contents: "text", version: 7, linkedFile: { path: "a" }, cursors },
    });
    channel.receive(packet(8, "x"));
    expect(messages).toMatchObject([
      {
        kind: "attached",
        snapshot: { contents: "text", version: 7, cursors: [{ id: "c", name: "Ada", session: 3 }] },
      },
      { kind: "packet", packet: { version: 8, op: ["x"] } },
    ]);
  });

  it("[OT21] takes the newer answer to a link, and drops packets that it holds already", async () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    channel.receive(packet(1, "whole"));
    channel.receive(packet(2, "x"));
    const linkedFile = { path: "a", content: encodeUtf8("\uFEFFwhole") };
    channel.answer("otLinkFile", { case: "otLinkFileResponse", value: { version: 1, linkedFile } });
    await turn();
    expect(messages).toMatchObject([
      { kind: "attached", snapshot: { contents: "\uFEFFwhole", version: 1 } },
      { kind: "packet", packet: { version: 2 } },
    ]);
  });

  it.each(["before", "after"])("[OT21] takes a seed packet that comes %s its ok", async (order) => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    if (order === "before") channel.receive(packet(1, "whole"));
    channel.answer("otLinkFile", { case: "ok", value: {} });
    await turn();
    if (order === "after") channel.receive(packet(1, "whole"));
    channel.receive(packet(2, "x"));
    expect(messages).toMatchObject([
      { kind: "attached", snapshot: { contents: "whole", version: 1 } },
      { kind: "packet", packet: { version: 2 } },
    ]);
  });

  it("[OT21] takes a seed packet without operations for an empty file", async () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    channel.receive({ case: "ot", value: { spookyVersion: 1 } });
    channel.answer("otLinkFile", { case: "ok", value: {} });
    await turn();
    expect(messages).toMatchObject([{ kind: "attached", snapshot: { contents: "", version: 1 } }]);
  });

  it("[OT26] tells why there is nothing to link", async () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    channel.refuse("otLinkFile", new RequestError("not-text", "a: not a text file"));
    await turn();
    expect(messages).toEqual([
      { kind: "failed", error: { code: "not-text", message: "a: not a text file" } },
    ]);
  });

  it("asks once more when there was no answer in time", async () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    channel.refuse("otLinkFile", new RequestError("timeout", "otLinkFile: no answer"));
    await turn();
    expect([messages, channel.reopened]).toEqual([[], 1]);
  });

  it("forgets the answer of a life that is over", async () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: {} });
    channel.detach();
    await turn();
    channel.attach();
    channel.receive({
      case: "otstatus",
      value: { contents: "new", version: 3, linkedFile: { path: "a" } },
    });
    expect(messages.map(({ kind }) => kind)).toEqual(["detached", "attached"]);
  });
});

describe("packets and carets", () => {
  it("[OT20] sends the version that an edit was made on, and its components", async () => {
    const { text, channel, life } = make();
    expect(await text.send(life(), 4, { op: ["x"], nonce: 99 })).toMatchObject({
      error: { code: "unavailable" },
    });
    channel.receive({ case: "otstatus", value: { version: 4, linkedFile: { path: "a" } } });
    const sent = text.send(life(), 4, { op: [2, "x", -1], nonce: 99 });
    expect(channel.requests[0]?.body.value).toEqual({
      spookyVersion: 4,
      nonce: 99,
      userId: 0,
      ops: [
        { op: { case: "skip", value: 2 } },
        { op: { case: "insert", value: "x" } },
        { op: { case: "delete", value: 1 } },
      ],
    });
    channel.answer("ot", { case: "ok", value: {} });
    expect(await sent).toEqual({ ok: true, value: undefined });
  });

  it("[CL25] sends nothing that was meant for a life that is over", async () => {
    const { text, channel, life } = make();
    const status = { version: 4, linkedFile: { path: "a" } };
    channel.receive({ case: "otstatus", value: status });
    const before = life();
    channel.detach();
    channel.attach();
    channel.receive({ case: "otstatus", value: status });
    const late = { error: { code: "unavailable" } };
    expect(await text.send(before, 4, { op: ["x"], nonce: 99 })).toMatchObject(late);
    expect(await text.fetch(before, 2, 3)).toMatchObject(late);
    expect(channel.requests).toEqual([]);
    void text.send(life(), 4, { op: ["x"], nonce: 99 });
    expect(channel.requests).toHaveLength(1);
  });

  it("[OT27] fetches a range, and keeps to it when it is answered with more", async () => {
    const { text, channel, life } = make();
    expect(await text.fetch(life(), 2, 3)).toMatchObject({ error: { code: "unavailable" } });
    channel.receive({ case: "otstatus", value: { version: 4, linkedFile: { path: "a" } } });
    const fetched = text.fetch(life(), 2, 3);
    expect(channel.requests[0]?.body.value).toEqual({ versionFrom: 2, versionTo: 3 });
    const packets = [1, 2, 3, 4].map((version) => packet(version, "x").value);
    channel.answer("otFetchRequest", {
      case: "otFetchResponse",
      value: { packets },
    });
    const answer = await fetched;
    expect(answer.ok ? answer.value.map(({ version }) => version) : []).toEqual([2, 3]);
  });

  it("[OT33] reads history on a channel of its own, with authors and times", async () => {
    const channels = new FakeChannels();
    const fetched = fetchHistory(channels.open, "a", 5);
    const channel = channels.of("ot");
    expect([channel.name, channel.requests[0]?.body.value]).toEqual([
      "history:a",
      { versionFrom: 5, versionTo: 0 },
    ]);
    const committed = { seconds: 12n, nanos: 500_000_000 };
    const packets = [{ version: 5, userId: 3, committed, ops: [] }];
    channel.answer("otFetchRequest", { case: "otFetchResponse", value: { packets } });
    expect(await fetched).toMatchObject({
      value: [{ version: 5, op: [], userId: 3, committedMs: 12_500 }],
    });
    expect(channel.closed).toBe("leave");
  });

  it("[CL28] gives a caret a new id for each move, and deletes the old one", () => {
    const { text, channel } = make();
    const at = (position: number) => ({
      position,
      selectionStart: position,
      selectionEnd: position,
    });
    text.setCursors([at(1), at(2)]);
    text.setCursors([at(3)]);
    expect(channel.sent.map((body) => [body.case, (body.value as { id: string }).id])).toEqual([
      ["otNewCursor", "id1"],
      ["otNewCursor", "id2"],
      ["otNewCursor", "id3"],
      ["otDeleteCursor", "id1"],
      ["otDeleteCursor", "id2"],
    ]);
  });

  it("tells carets of others, and what breaks the text", () => {
    const { channel, messages } = make();
    channel.receive({ case: "otstatus", value: { version: 1, linkedFile: { path: "a" } } });
    messages.length = 0;
    channel.receive({ case: "otNewCursor", value: { id: "c", position: 4 } });
    channel.receive({ case: "otDeleteCursor", value: { id: "c" } });
    channel.receive({ case: "error", value: "not saved: no space left on device" });
    channel.end();
    expect(messages).toMatchObject([
      { kind: "cursor", cursor: { id: "c", position: 4 } },
      { kind: "cursor-gone", id: "c" },
      { kind: "failed", error: { code: "no-space" } },
      { kind: "failed", error: { code: "closed" } },
    ]);
  });
});
