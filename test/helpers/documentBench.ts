import { silentLogger } from "#common/lib/log.ts";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok } from "#common/lib/result.ts";
import { Authority } from "#common/ot/authority.ts";
import type { Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import { LiveDocument } from "#protocol/document/liveDocument.ts";
import type {
  DocumentState,
  Merged,
  OtMessage,
  OtPacket,
  OwnCursor,
} from "#protocol/services/ot.ts";
import { Editor } from "./editor.ts";
import { FakeClock } from "./fakeClock.ts";
import { MemoryBrowser } from "./memoryJournal.ts";

/** A container with one text, whose every move is the test's. */
export class Server {
  authority: Authority;
  packets: OtPacket[] = [];
  /** Most packets that one fetch gives. */
  fetchLimit = 100;
  /** By its clock, which moves with each edit. */
  nowMs = 0;
  /** Why fetches are not answered. */
  fetchFault: RequestError | undefined;

  constructor(text: string, version = 1) {
    this.authority = new Authority(Text.from(text), version);
  }

  /** One whose history is known from its beginning; the nonces count from 1. */
  static from(...ops: readonly Op[]): Server {
    const server = new Server("", 0);
    for (const [index, op] of ops.entries()) server.edit(op, index + 1);
    return server;
  }

  get text(): string {
    return this.authority.text.toString();
  }

  commit(base: number, op: Op, nonce = 0, userId = 9): OtPacket | undefined {
    const {
      version,
      op: placed,
      repeated,
    } = this.authority.receive({
      base,
      op,
      nonce,
      author: String(userId),
    });
    if (repeated) return undefined;
    const crc32 = this.authority.text.crc32();
    const packet = { version, op: placed, nonce, crc32, userId, committedMs: this.nowMs++ };
    this.packets.push(packet);
    return packet;
  }

  /** An edit of somebody else, on the newest text. */
  edit(op: Op, nonce = 0): OtPacket {
    const packet = this.commit(this.authority.version, op, nonce);
    if (packet === undefined) throw new Error("not repeated");
    return packet;
  }

  snapshot(): OtMessage {
    const { version } = this.authority;
    return { kind: "attached", snapshot: { contents: this.text, version, cursors: [] }, life: 1 };
  }
}

interface Sent {
  readonly base: number;
  readonly op: Op;
  readonly nonce: number;
  readonly lostFrom: number | undefined;
  readonly answer: (error?: RequestError) => void;
}

/** A document and the wire to a server, along which the test carries each message. */
export class Bench {
  readonly clock = new FakeClock();
  readonly states: DocumentState[] = [];
  readonly sent: Sent[] = [];
  readonly cursors: (readonly OwnCursor[])[] = [];
  readonly merged: Merged[] = [];
  readonly fetched: (readonly [from: number, to: number])[] = [];
  readonly document: LiveDocument;
  readonly editor: Editor;
  server: Server;
  reopened = 0;
  closed = 0;
  flushes: RequestError | undefined;

  readonly #userId: number;

  constructor(text = "hello", version = 1, userId = 1) {
    this.#userId = userId;
    this.server = new Server(text, version);
    this.document = LiveDocument.open(
      {
        path: "a",
        createDraftId: () => "draft",
        journal: new MemoryBrowser().openPage(),
        clock: this.clock,
        log: silentLogger,
        nonce: 1000 * userId,
        port: {
          send: (base, { op, nonce, lostFrom }) =>
            new Promise((resolve) => {
              const answer = (error?: RequestError): void =>
                resolve(error === undefined ? ok(undefined) : fail(error));
              this.sent.push({ base, op, nonce, lostFrom, answer });
            }),
          fetch: (from, to) => {
            this.fetched.push([from, to]);
            if (this.server.fetchFault !== undefined) {
              return Promise.resolve(fail(this.server.fetchFault));
            }
            const found = this.server.packets.filter((p) => p.version >= from && p.version <= to);
            if (found.length === 0) {
              return Promise.resolve(fail(new RequestError("failed", "no such versions")));
            }
            return Promise.resolve(ok(found.slice(0, this.server.fetchLimit)));
          },
          flush: () =>
            Promise.resolve(this.flushes === undefined ? ok(undefined) : fail(this.flushes)),
          setCursors: (cursors) => this.cursors.push(cursors),
          reopen: () => {
            this.reopened += 1;
          },
        },
        onState: ({ state }) => this.states.push(state),
        onMerged: (merged) => this.merged.push(merged),
        onClosed: () => {
          this.closed += 1;
        },
      },
      { contents: text, version, cursors: [] },
    ).share();
    this.editor = new Editor(this.document);
  }

  /** On a container whose history is known from its beginning. */
  static from(...ops: readonly Op[]): Bench {
    return Bench.on(Server.from(...ops));
  }

  /** Opens the text of a container. */
  static on(server: Server, userId = 1): Bench {
    const bench = new Bench(server.text, server.authority.version, userId);
    bench.server = server;
    return bench;
  }

  /** Lets the oldest message of ours arrive, and its packet come back. */
  arrive(): void {
    this.receive(this.accept());
  }

  /** The same, but the way back is cut. */
  accept(): OtPacket | undefined {
    const next = this.sent.shift();
    if (next === undefined) throw new Error("nothing was sent");
    return this.server.commit(next.base, next.op, next.nonce, next.lostFrom ?? this.#userId);
  }

  receive(packet: OtPacket | undefined): void {
    if (packet !== undefined) this.document.handle({ kind: "packet", packet });
  }

  cut(): void {
    this.document.handle({ kind: "detached" });
    this.sent.length = 0;
  }

  async attach(): Promise<void> {
    this.document.handle(this.server.snapshot());
    await turn();
  }

  /** Carries everything there is to carry, and gives the text that all agree on then. */
  settle(): string {
    while (this.sent.length > 0) this.arrive();
    const { document, editor, server } = this;
    const texts = { editor: editor.text, document: document.text(), server: server.text };
    const isSettled = texts.editor === texts.document && texts.document === texts.server;
    if (!isSettled || !document.isSynchronized) throw new Error(JSON.stringify(texts));
    return texts.server;
  }
}

/** Lets promises that are settled have their say. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
