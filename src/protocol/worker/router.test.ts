import { describe, expect, it } from "vitest";
import { createLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import {
  decodeCommand,
  encodeCommand,
  type Command,
  type CommandInit,
} from "#common/wire/codec.ts";
import {
  CloseChannel_Action,
  OpenChannel_Action,
  OpenChannelRes_State,
} from "#common/wire/enums.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import type { ChannelEvents } from "../channel.ts";
import { Router } from "./router.ts";

type BodyInit = NonNullable<CommandInit["body"]>;

/** A router whose container is the test. */
class Bench {
  readonly clock = new FakeClock();
  readonly sent: Command[] = [];
  readonly control: string[] = [];
  readonly dropped: string[] = [];
  tooLarge = false;
  readonly router = new Router({
    clock: this.clock,
    random: mulberry32(1),
    log: createLogger((_level, message, { tag }) => {
      if (tag === "wire") this.dropped.push(message);
    }),
    send: (command) => {
      if (this.tooLarge) return false;
      this.sent.push(decodeCommand(encodeCommand(command)));
      return true;
    },
    handleControl: (body, session) => this.control.push(`${body.case} ${session}`),
    handleControlOpen: () => this.control.push("open"),
  });

  receive(channel: number, body: BodyInit, ref = "", session = 2): void {
    this.router.handle(decodeCommand(encodeCommand({ channel, body, ref, session })));
  }

  /** The newest command of that case. */
  last(expected: string): Command {
    const command = this.sent.findLast(({ body }) => body.case === expected);
    if (command === undefined) throw new Error(`${expected} was not sent`);
    return command;
  }

  /** Grants the newest `openChan`. */
  opened(id: number): void {
    const { ref } = this.last("openChan");
    this.receive(
      0,
      { case: "openChanRes", value: { id, state: OpenChannelRes_State.CREATED } },
      ref,
    );
  }
}

/** Events of a channel as words. */
function listen(): { readonly words: string[]; readonly events: ChannelEvents<"files"> } {
  const words: string[] = [];
  return {
    words,
    events: {
      attached: () => words.push("attached"),
      handle: (body, ref) => words.push(`${body.case}${ref === "" ? "" : ` ${ref}`}`),
      detached: () => words.push("detached"),
      failed: ({ message }) => words.push(`failed ${message}`),
      ended: () => words.push("ended"),
    },
  };
}

const read = { case: "read", value: { path: "a" } } as const;
const file: BodyInit = { case: "file", value: { path: "a" } };

describe("channels", () => {
  it("[CL10] opens them when there is a connection, and again on the next, after what channel 0 says", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.open("files", "", events);
    bench.router.open("chat", "chatter", { handle: () => {} });
    expect(bench.sent).toEqual([]);
    bench.router.handleReady();
    expect(bench.control).toEqual(["open"]);
    expect(bench.sent.map(({ body }) => body.value)).toMatchObject([
      { service: "gcsfiles", name: "", action: OpenChannel_Action.CREATE },
      { service: "chat", name: "chatter", action: OpenChannel_Action.ATTACH_OR_CREATE },
    ]);
    const [first] = bench.sent;
    bench.receive(0, { case: "openChanRes", value: { id: 7 } }, first?.ref);
    bench.receive(7, file);
    bench.router.handleLost();
    bench.router.handleReady();
    expect(bench.sent).toHaveLength(4);
    expect(words).toEqual(["attached", "file", "detached"]);
  });

  it("[CL10] an error of one is a matter of that one, and it is tried again with the next connection", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    bench.router.open("files", "", events);
    bench.receive(
      0,
      {
        case: "openChanRes",
        value: { state: OpenChannelRes_State.ERROR, error: "unknown service" },
      },
      bench.last("openChan").ref,
    );
    expect(words).toEqual(["failed unknown service"]);
    bench.router.handleLost();
    bench.router.handleReady();
    bench.opened(3);
    expect(words).toEqual(["failed unknown service", "attached"]);
  });

  it("[CL10] does not wait for ever for a container that never answers", async () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "", events);
    const answer = channel.request(read);
    bench.clock.advance(10_000);
    expect(words).toEqual(["failed openChan: no answer"]);
    expect(await answer).toMatchObject({ ok: false, error: { code: "timeout" } });
    // It comes after all: the network was slow, and the channel is wanted still.
    bench.opened(9);
    expect(words).toEqual(["failed openChan: no answer", "attached"]);
    expect(channel.isOpen).toBe(true);
  });

  it("[CL10] leaves again what comes when nobody wants it any more", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "", events);
    bench.clock.advance(10_000);
    channel.close("leave");
    bench.opened(9);
    expect(bench.last("closeChan").body.value).toMatchObject({ id: 9 });
    expect(words).toEqual(["failed openChan: no answer"]);
  });

  it("[CL10] leaves without waiting for an answer, and takes the name anew at once", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "n", events);
    bench.opened(4);
    channel.close("leave");
    expect(bench.last("closeChan").body.value).toMatchObject({
      id: 4,
      action: CloseChannel_Action.DISCONNECT,
    });
    bench.receive(4, file);
    expect(bench.dropped).toEqual([]);
    const again = listen();
    bench.router.open("files", "n", again.events).close("end");
    bench.opened(4);
    expect(bench.last("closeChan").body.value).toMatchObject({ id: 4 });
    expect(words).toEqual(["attached"]);
    expect(again.words).toEqual([]);
  });

  it("[CH7] a close that nobody asked for means that the channel is gone for everyone", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "n", events);
    bench.opened(4);
    bench.receive(0, { case: "closeChanRes", value: { id: 4 } });
    expect(words).toEqual(["attached", "ended"]);
    expect(channel.isOpen).toBe(false);
    bench.router.handleLost();
    bench.router.handleReady();
    expect(bench.sent.filter(({ body }) => body.case === "openChan")).toHaveLength(1);
  });

  it("opens anew when asked to, as a new life", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "n", events);
    bench.opened(4);
    channel.reopen();
    expect(bench.sent.slice(-2).map(({ body }) => body.case)).toEqual(["closeChan", "openChan"]);
    bench.receive(4, file);
    bench.opened(4);
    bench.receive(4, file);
    expect(words).toEqual(["attached", "detached", "attached", "file"]);
  });

  it("refuses to open a name twice", () => {
    const bench = new Bench();
    bench.router.open("chat", "chatter", { handle: () => {} });
    expect(() => bench.router.open("chat", "chatter", { handle: () => {} })).toThrow(
      "open already",
    );
  });
});

describe("what arrives", () => {
  it("[CL11] is dropped with a line in the log where no channel is, or another service", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    bench.router.open("files", "", events);
    bench.opened(4);
    bench.receive(5, file);
    bench.receive(4, { case: "chatMessage", value: { text: "hi" } });
    bench.router.handle(decodeCommand(encodeCommand({ channel: 4 })));
    expect(bench.dropped).toEqual([
      "dropped file: no such channel",
      "dropped chatMessage: not for files",
      "dropped a command without body: not for files",
    ]);
    expect(words).toEqual(["attached"]);
  });

  it("[CL11] keeps the ref of a body that asks for an acknowledgement", () => {
    const bench = new Bench();
    const { words, events } = listen();
    bench.router.handleReady();
    const channel = bench.router.open("files", "", events);
    bench.opened(4);
    bench.receive(4, file, "theirs");
    expect(words).toEqual(["attached", "file theirs"]);
    channel.acknowledge("theirs");
    expect(bench.sent.at(-1)).toMatchObject({ channel: 4, ref: "theirs", body: { case: "ok" } });
  });

  it("[CL11] hears channel 0 from the first frame on, long before READY", () => {
    const bench = new Bench();
    bench.receive(0, { case: "bootStatus", value: {} });
    bench.router.handleReady();
    bench.router.handleLost();
    bench.receive(0, { case: "bootStatus", value: {} });
    expect(bench.control).toEqual(["bootStatus 2", "open", "bootStatus 2"]);
    expect(bench.dropped).toEqual([]);
  });

  it("tells channel 0 with the session that it is stamped with", () => {
    const bench = new Bench();
    bench.router.handleReady();
    bench.receive(0, { case: "hello", value: {} }, "", 5);
    expect(bench.control).toEqual(["open", "hello 5"]);
  });
});

describe("requests", () => {
  /** With one channel, open. */
  function open() {
    const bench = new Bench();
    bench.router.handleReady();
    const channel = bench.router.open("files", "", { handle: () => {} });
    bench.opened(4);
    return { bench, channel };
  }

  it("[CL16] are answered by the body that belongs to them", async () => {
    const { bench, channel } = open();
    const answer = channel.request(read);
    bench.receive(4, { case: "file", value: { path: "a", content: new Uint8Array([1]) } }, "");
    bench.receive(4, { case: "file", value: { path: "b" } }, bench.last("read").ref);
    bench.receive(4, { case: "file", value: { path: "late" } }, bench.last("read").ref);
    expect(await answer).toMatchObject({ ok: true, value: { value: { path: "b" } } });
  });

  it("[CL16] fail by the words of an error", async () => {
    const { bench, channel } = open();
    const answer = channel.request(read);
    const text = "open a: no such file or directory";
    bench.receive(4, { case: "error", value: text }, bench.last("read").ref);
    expect(await answer).toMatchObject({ ok: false, error: { code: "not-found", message: text } });
  });

  it("[CL16] fail when the answer is to something else", async () => {
    const { bench, channel } = open();
    const answer = channel.request(read);
    bench.receive(4, { case: "files", value: {} }, bench.last("read").ref);
    expect(await answer).toMatchObject({ ok: false, error: { code: "protocol" } });
  });

  it("[CL16] fail after a while without any answer, unless they may take any time", async () => {
    const { bench, channel } = open();
    const short = channel.request(read);
    const long = channel.request(read, { timeoutMs: "none" });
    bench.clock.advance(30_000);
    expect(await short).toMatchObject({ ok: false, error: { code: "timeout" } });
    bench.receive(4, file, bench.last("read").ref);
    expect((await long).ok).toBe(true);
  });

  it("[CL16] fail with the connection, the channel, or the end of everything", async () => {
    const { bench, channel } = open();
    const lost = channel.request(read);
    bench.router.handleLost();
    expect(await lost).toMatchObject({ ok: false, error: { code: "unavailable" } });
    const none = channel.request(read);
    expect(await none).toMatchObject({ ok: false, error: { code: "unavailable" } });

    const waiting = channel.request(read, { repeatable: true });
    bench.router.handleEnd("It is over.");
    expect(await waiting).toMatchObject({ ok: false, error: { message: "It is over." } });
    const after = channel.request(read, { repeatable: true });
    expect(await after).toMatchObject({ ok: false, error: { code: "unavailable" } });

    const other = open();
    const closed = other.channel.request(read);
    other.channel.close("leave");
    expect(await closed).toMatchObject({ ok: false, error: { code: "closed" } });
    expect(await other.channel.request(read)).toMatchObject({ error: { code: "closed" } });
    expect(other.bench.clock.pending).toBe(0);
  });

  it("[CL16] wait for the next connection and are asked again where that does no harm", async () => {
    const { bench, channel } = open();
    const answer = channel.request(read, { repeatable: true });
    bench.router.handleLost();
    bench.router.handleReady();
    expect(bench.sent.filter(({ body }) => body.case === "read")).toHaveLength(1);
    bench.opened(6);
    expect(bench.sent.filter(({ body }) => body.case === "read")).toHaveLength(2);
    bench.receive(6, file, bench.last("read").ref);
    expect((await answer).ok).toBe(true);
  });

  it("[CL16] wait for a channel that is just being opened", async () => {
    const bench = new Bench();
    bench.router.handleReady();
    const channel = bench.router.open("files", "", { handle: () => {} });
    const answer = channel.request(read);
    expect(bench.sent).toHaveLength(1);
    bench.opened(4);
    bench.receive(4, file, bench.last("read").ref);
    expect((await answer).ok).toBe(true);
  });

  it("[CL16] fail at once when they are too large to be sent", async () => {
    const { bench, channel } = open();
    bench.tooLarge = true;
    expect(await channel.request(read)).toMatchObject({ ok: false, error: { code: "too-large" } });
    expect(bench.clock.pending).toBe(0);
  });

  it("[RE4] take the later body of a frame that holds two", async () => {
    const bench = new Bench();
    bench.router.handleReady();
    const channel = bench.router.open("ot", "ot:a", { handle: () => {} });
    bench.opened(4);
    const link = channel.request({ case: "otLinkFile", value: { file: { path: "a" } } });
    const { ref } = bench.last("otLinkFile");
    bench.receive(4, { case: "otLinkFileResponse", value: { version: 3 } }, ref);
    expect(await link).toMatchObject({ ok: true, value: { case: "otLinkFileResponse" } });

    const seed = channel.request({ case: "otLinkFile", value: { file: { path: "a" } } });
    bench.receive(4, { case: "ok", value: {} }, bench.last("otLinkFile").ref);
    expect(await seed).toMatchObject({ ok: true, value: { case: "ok" } });
  });
});
