import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { FakeChannels } from "#test/helpers/fakeChannels.ts";
import { MetadataService, type MetadataEvent } from "./metadata.ts";

function make() {
  const channels = new FakeChannels();
  const events: MetadataEvent[] = [];
  const service = new MetadataService({
    open: channels.open,
    emit: (event) => events.push(event),
  });
  return { service, channel: channels.of("metadata"), events };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const found = (key: string, text: string) => ({
  case: "readMeta" as const,
  value: { key, exists: true, data: encodeUtf8(text) },
});
const added = (key: string, text: string) => ({
  case: "appendMeta" as const,
  value: { key, data: encodeUtf8(text) },
});

describe("metadata", () => {
  it("[MD3] tells a watched value once and then what is added, in the order of the wire", async () => {
    const { service, channel, events } = make();
    service.watch("k");
    expect(channel.requests).toEqual([]);
    channel.attach();
    channel.receive(added("k", "in the answer"));
    channel.answer("readMeta", found("k", "1"));
    // In the same turn, as when the network brings both at once.
    channel.receive(added("k", "2"));
    channel.receive(added("other", "x"));
    channel.receive({ case: "writeMeta", value: { key: "k", data: encodeUtf8("3") } });
    await settled();
    expect(events).toEqual([
      { kind: "value", key: "k", text: "1" },
      { kind: "added", key: "k", text: "2" },
      { kind: "value", key: "k", text: "3" },
    ]);
  });

  it("[MD3] reads again on the next connection, and trusts nothing before that", async () => {
    const { service, channel, events } = make();
    channel.attach();
    service.watch("k");
    channel.answer("readMeta", { case: "readMeta", value: { key: "k", exists: false } });
    await settled();
    channel.detach();
    channel.attach();
    channel.receive(added("k", "b"));
    await settled();
    expect(events).toEqual([{ kind: "value", key: "k", text: "" }]);
    channel.answer("readMeta", found("k", "ab"));
    await settled();
    expect(events.at(-1)).toEqual({ kind: "value", key: "k", text: "ab" });
  });

  it("[MD1] reads, writes and adds by key", async () => {
    const { service, channel } = make();
    channel.attach();
    const read = service.read("k");
    channel.answer("readMeta", found("k", "v"));
    expect(await read).toEqual({ ok: true, value: "v" });
    const none = service.read("k");
    channel.answer("readMeta", { case: "readMeta", value: { key: "k" } });
    expect(await none).toEqual({ ok: true, value: undefined });
    const written = service.write("k", "w");
    expect(channel.requests[0]?.body).toEqual({
      case: "writeMeta",
      value: { key: "k", data: encodeUtf8("w") },
    });
    channel.answer("writeMeta", { case: "ok", value: {} });
    expect(await written).toEqual({ ok: true, value: undefined });
    const refused = service.append("k", "x");
    channel.refuse("appendMeta", new RequestError("too-large", "value too large"));
    expect(await refused).toMatchObject({ ok: false, error: { code: "too-large" } });
  });
});
