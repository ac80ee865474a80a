import { PassThrough } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { framed, SocketWriter } from "./socketWriter.ts";

/** A socket that writes down what each of its writes had. */
class RecordingSocket extends PassThrough {
  readonly writes: string[][] = [];
  readonly chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    this.writes.push([chunk.toString()]);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.writes.push(chunks.map(({ chunk }) => chunk.toString()));
    done();
  }
}

function setUp() {
  const socket = new RecordingSocket();
  const writer = new SocketWriter(socket);
  return {
    writes: socket.writes,
    chunks: socket.chunks,
    writer,
    say: (text: string) => writer.write(Buffer.from(text)),
  };
}

describe("a socket's writer", () => {
  it("writes at once when idle, and joins what else a turn has", async () => {
    const { writes, writer, say } = setUp();
    say("1");
    expect(writes).toEqual([["1"]]);
    say("2");
    say("3");
    expect(writer.queuedBytes).toBe(2);
    await turn();
    expect(writes).toEqual([["1"], ["2", "3"]]);
    expect(writer.queuedBytes).toBe(0);
  });

  it("keeps joining while it is busy, and is quick again after a quiet turn", async () => {
    const { writes, say } = setUp();
    say("1");
    say("2");
    await turn();
    writes.length = 0;
    say("3");
    say("4");
    expect(writes).toEqual([]);
    await turn();
    say("5");
    expect(writes).toEqual([["3", "4"]]);
    await turn();
    say("6");
    expect(writes).toEqual([["3", "4"], ["5"], ["6"]]);
  });

  it("joins the same messages once for all who get them, and others' own behind them", async () => {
    const sockets = [setUp(), setUp(), setUp()];
    const [first, second, third] = sockets;
    const messages = ["a", "b", "c", "d"].map((text) => Buffer.from(text));
    for (const message of messages) {
      for (const { writer } of sockets) writer.write(message);
      if (message === messages[2]) third?.say("!");
    }
    await turn();
    expect(first?.writes).toEqual([["a"], ["bcd"]]);
    expect(second?.writes).toEqual([["a"], ["bcd"]]);
    expect(third?.writes).toEqual([["a"], ["bc", "!", "d"]]);
    expect(first?.chunks[1]).toBe(second?.chunks[1]);
    first?.say("e");
    second?.say("f");
    await turn();
    expect([first?.writes[2], second?.writes[2], third?.writes[2]]).toEqual([
      ["e"],
      ["f"],
      undefined,
    ]);
  });

  it("writes what waits before a close, and nothing after it", async () => {
    const { writes, writer, say } = setUp();
    say("1");
    say("2");
    writer.flush();
    expect(writes).toEqual([["1"], ["2"]]);
    say("3");
    writer.drop();
    await turn();
    expect(writes).toHaveLength(2);
  });
});

describe("a list of frames", () => {
  it("is framed once for all who get it, a message each", () => {
    const frames = [Uint8Array.of(1, 2, 3), Uint8Array.of(4)];
    expect(framed(frames)).toBe(framed(frames));
    expect([...framed(frames)]).toEqual([0x82, 3, 1, 2, 3, 0x82, 1, 4]);
    expect([...framed([Uint8Array.of(9)])]).toEqual([0x82, 1, 9]);
  });

  it.each([
    [125, [0x82, 125]],
    [126, [0x82, 126, 0, 126]],
    [65_535, [0x82, 126, 0xff, 0xff]],
    [65_536, [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]],
  ])("has the header of RFC 6455 before one of %i bytes", (length, header) => {
    const message = framed([new Uint8Array(length)]);
    expect([...message.subarray(0, header.length)]).toEqual(header);
    expect(message.byteLength).toBe(header.length + length);
  });
});
