import { assertNever } from "#common/lib/assertNever.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Result } from "#common/lib/result.ts";
import {
  createClient,
  step,
  toScreen,
  type ClientInput,
  type ClientOutput,
  type ClientState,
} from "#common/ot/client.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { diff } from "#common/ot/diff.ts";
import { compose, isEmpty, transformPosition, wellFormed, type Op } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import type { OpenDocument, RemoteCursor, TextChange } from "../document.ts";
import type {
  DocumentState,
  OtCursor,
  OtMessage,
  OtPacket,
  OtSnapshot,
  OwnCursor,
  RequestFailure,
} from "../services/ot.ts";
import { toChanges, toOp } from "./changes.ts";
import { mapCursor, RemoteCursors } from "./cursors.ts";
import { rebase } from "./rebase.ts";
import { StateTeller } from "./stateTeller.ts";
import { UndoSteps } from "./undoSteps.ts";

/** Our carets go out at most this often: as smooth as a moving caret looks. */
const CURSOR_INTERVAL_MS = 50;

/** A file that could not be saved is tried again this often. */
const SAVE_RETRY_MS = 5_000;

/** The longest wait before an edit is sent again for which the container had no room (CL29). */
const MAX_RESEND_MS = 15_000;

/** New starts in a row with none of our edits accepted in between, until we give up. */
const MAX_SETBACKS = 3;

/** Checksums of the past that are kept: an hour of fast typing. */
const MAX_CHECKSUMS = 20_000;

/** The way to the channel of the text. */
export interface TextPort {
  send(base: number, op: Op, nonce: number): Promise<Result<void, RequestError>>;
  fetch(from: number, to: number): Promise<Result<readonly OtPacket[], RequestError>>;
  flush(): Promise<Result<void, RequestError>>;
  setCursors(cursors: readonly OwnCursor[]): void;
  /** Asks for a new snapshot: `detached` and `attached` follow. */
  reopen(): void;
}

export interface LiveDocumentInit {
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly port: TextPort;
  /** The first of our nonces: a random number of 32 bits. */
  readonly nonce: number;
  readonly onState: (state: DocumentState) => void;
  /** It was closed and has nothing left to send. */
  readonly onClosed: () => void;
}

/** Somebody who waits until so many of our edits are acknowledged. */
interface Waiter {
  readonly edits: number;
  readonly resolve: () => void;
  readonly reject: (error: RequestError) => void;
}

/**
 * One open text on the main thread. It holds the text twice: as it is on the screen, and as the
 * container has it at the newest version taken in, which is what every packet is checked against.
 * The edits that lead from the second to the first are the machine's (`common/ot/client.ts`).
 */
export class LiveDocument implements OpenDocument {
  readonly path: string;
  readonly #init: LiveDocumentInit;
  readonly #log: Logger;
  readonly #screen: Text;
  #committed: Text;
  #machine: ClientState;
  /** Packets that wait for older ones, which are being fetched. */
  readonly #early = new Map<number, OtPacket>();
  /** By version; tells whether a container that has lost versions went back to one that we know. */
  readonly #checksums = new Map<number, number>();
  /** What we hold cannot be trusted: the next snapshot is not to be reached by packets. */
  #mustRebase = false;
  #setbacks = 0;

  /** The nonce of the op that was last outstanding, and of the one that was last sent. */
  #outstandingNonce = 0;
  #sentNonce = 0;

  /** How many edits there were, how many of them are outstanding or acknowledged, acknowledged. */
  #edits = 0;
  #submittedEdits = 0;
  #acknowledgedEdits = 0;
  readonly #waiters = new Set<Waiter>();

  #isRemoved = false;
  #failure: string | undefined;
  /** The container cannot save the file at present. The text itself is safe. */
  #saveProblem: string | undefined;
  #cancelSaveRetry: Cancel = () => {};
  /** The container has no room for our edits at present, and has said so so many times in a row. */
  #lackOfRoom: { readonly message: string; readonly refusals: number } | undefined;
  #cancelResend: Cancel = () => {};
  readonly #teller: StateTeller;

  #selections: readonly OwnCursor[] = [];
  #selectionsAreNew = false;
  #selectionsSentMs = -Infinity;
  #cancelSelections: Cancel | undefined;
  readonly #cursors: RemoteCursors;
  readonly #undoSteps: UndoSteps;

  readonly #remoteChanges = new Emitter<readonly [readonly TextChange[], number]>();
  readonly #versions = new Emitter<readonly [number, OtPacket?]>();
  #users = 0;
  #isClosed = false;

  constructor(init: LiveDocumentInit, snapshot: OtSnapshot) {
    this.path = init.path;
    this.#init = init;
    this.#log = init.log.child({ path: init.path });
    this.#committed = Text.from(snapshot.contents);
    this.#screen = this.#committed.clone();
    this.#machine = createClient(snapshot.version, init.nonce);
    this.#remember(snapshot.version, this.#committed.crc32());
    this.#cursors = new RemoteCursors(this.#screen);
    this.#undoSteps = new UndoSteps(init.clock);
    this.#placeCursors(snapshot.cursors);
    this.#teller = new StateTeller(init.clock, init.onState);
    this.#tellState();
  }

  get state(): DocumentState {
    if (this.#failure !== undefined) return { kind: "failed", message: this.#failure };
    if (this.#isRemoved) return { kind: "deleted" };
    const unsent = this.#edits - this.#acknowledgedEdits;
    const problem = this.#lackOfRoom?.message ?? this.#saveProblem;
    if (problem !== undefined) return { kind: "stuck", unsent, message: problem };
    return { kind: this.#isUp ? "live" : "offline", unsent };
  }

  /** Whether the container has everything that was typed. */
  get isSynchronized(): boolean {
    return this.#machine.kind === "synchronized";
  }

  get #isUp(): boolean {
    return this.#machine.link.kind !== "down";
  }

  text(): string {
    return this.#screen.toString();
  }

  edit(changes: readonly TextChange[]): void {
    const op = toOp(this.#screen, changes);
    if (isEmpty(op)) return;
    this.#undoSteps.record(op, this.#screen);
    this.#applyOwn(op);
  }

  undo(): readonly TextChange[] | undefined {
    return this.#applyStep(this.#undoSteps.undo(this.#screen));
  }

  redo(): readonly TextChange[] | undefined {
    return this.#applyStep(this.#undoSteps.redo(this.#screen));
  }

  replace(text: string): void {
    const op = diff(this.text(), wellFormed(text));
    if (isEmpty(op)) return;
    const changes = toChanges(this.#screen, op);
    this.#undoSteps.seal();
    this.#undoSteps.record(op, this.#screen);
    this.#undoSteps.seal();
    this.#applyOwn(op);
    this.#remoteChanges.emit([changes, 0]);
  }

  get version(): number {
    return this.#machine.version;
  }

  onVersion(listener: (version: number, packet?: OtPacket) => void): () => void {
    return this.#versions.on(([version, packet]) => listener(version, packet));
  }

  offsetOf(position: number, side: "left" | "right"): number {
    const onScreen = toScreen(this.#machine, position, side);
    return this.#screen.codePointToUtf16(Math.min(onScreen, this.#screen.length));
  }

  onRemoteChanges(
    listener: (changes: readonly TextChange[], author: { readonly userId: number }) => void,
  ): () => void {
    return this.#remoteChanges.on(([changes, userId]) => listener(changes, { userId }));
  }

  setSelections(selections: readonly { readonly anchor: number; readonly head: number }[]): void {
    const text = this.#screen;
    this.#selections = selections.map(({ anchor, head }) => {
      const from = text.utf16ToCodePoint(Math.min(anchor, text.utf16Length));
      const to = text.utf16ToCodePoint(Math.min(head, text.utf16Length));
      const [selectionStart, selectionEnd] = from < to ? [from, to] : [to, from];
      return { position: to, selectionStart, selectionEnd };
    });
    this.#selectionsAreNew = true;
    this.#sendSelections();
  }

  cursors(): readonly RemoteCursor[] {
    return this.#cursors.list();
  }

  onCursors(listener: () => void): () => void {
    return this.#cursors.on(listener);
  }

  async flush(): Promise<void> {
    if (this.#edits > this.#acknowledgedEdits) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.add({ edits: this.#edits, resolve, reject });
        this.#settleWaiters();
      });
    }
    await this.#save();
  }

  /** One more user, who owes one `close`. */
  share(): this {
    this.#users += 1;
    return this;
  }

  close(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#init.port.setCursors([]);
    this.#selections = [];
    this.#selectionsAreNew = false;
    this.#closeWhenDone();
  }

  /** One message of the channel. */
  handle(message: OtMessage): void {
    if (this.#isClosed) return;
    switch (message.kind) {
      case "attached":
        this.#attach(message.snapshot);
        break;
      case "packet":
        this.#receive(message.packet);
        break;
      case "cursor":
        this.#placeCursors([message.cursor]);
        break;
      case "cursor-gone":
        this.#cursors.remove(message.id);
        break;
      case "detached":
        // The next life begins with sending what this one could not.
        this.#cancelResend();
        this.#input({ kind: "disconnected" });
        this.#cursors.clear();
        break;
      case "removed":
      case "restored":
        this.#isRemoved = message.kind === "removed";
        this.#tellState();
        break;
      case "failed":
        this.#handleFailure(message.error);
        break;
      default:
        assertNever(message);
    }
  }

  // The machine and what it asks for.

  #input(input: ClientInput): void {
    const [state, outputs] = step(this.#machine, input);
    this.#machine = state;
    this.#noteOutstanding();
    for (const output of outputs) this.#carryOut(output);
    this.#sendSelections();
    this.#settleWaiters();
    this.#tellState();
    this.#closeWhenDone();
  }

  /** A new outstanding op holds all edits until now. */
  #noteOutstanding(): void {
    if (this.#machine.kind === "synchronized") {
      // Nothing is left to send, also of edits that others have deleted before they were sent.
      this.#acknowledgedEdits = this.#edits;
      this.#lackOfRoom = undefined;
      return;
    }
    const { nonce } = this.#machine.outstanding;
    if (this.#outstandingNonce === nonce) return;
    this.#outstandingNonce = nonce;
    this.#submittedEdits = this.#edits;
  }

  #carryOut(output: ClientOutput): void {
    switch (output.kind) {
      case "send":
        void this.#send(output.base, output.op, output.nonce);
        break;
      case "apply":
        this.#applyRemote(output.op, output.userId);
        break;
      case "fetch":
        void this.#fetch(output.from, output.to);
        break;
      case "resync":
        // Found out before, in `#attach`: the machine never gets to see such a version.
        break;
      default:
        assertNever(output);
    }
  }

  async #send(base: number, op: Op, nonce: number): Promise<void> {
    this.#sentNonce = nonce;
    const answer = await this.#init.port.send(base, op, nonce);
    // After a loss of the connection it is sent again; only a refusal is an answer.
    if (answer.ok || this.#outstandingNonce !== nonce || !this.#isUp) return;
    const { code, message } = answer.error;
    if (code === "unavailable" || code === "closed" || code === "timeout") return;
    if (code === "denied") this.#fail(message);
    else if (code === "no-space") this.#waitForRoom(message, () => this.#resend());
    else this.#diverge(`an edit was refused: ${message}`);
  }

  /** Whatever was typed is kept until the container can store it (CL29). */
  #waitForRoom(message: string, retry: () => void): void {
    const refusals = (this.#lackOfRoom?.refusals ?? 0) + 1;
    this.#lackOfRoom = { message, refusals };
    this.#cancelResend();
    const waitMs = Math.min(1000 * 2 ** (refusals - 1), MAX_RESEND_MS);
    this.#cancelResend = this.#init.clock.after(waitMs, retry);
    this.#tellState();
  }

  /** Sends the outstanding op again, as what others have done meanwhile has made it. */
  #resend(): void {
    const machine = this.#machine;
    if (machine.kind === "synchronized" || machine.link.kind !== "up") return;
    const { op, nonce } = machine.outstanding;
    void this.#send(machine.version, op, nonce);
  }

  async #fetch(from: number, to: number): Promise<void> {
    const answer = await this.#init.port.fetch(from, to);
    if (this.#isClosed || !this.#isUp) return;
    if (answer.ok) {
      for (const packet of answer.value) this.#early.set(packet.version, packet);
      this.#takeInEarly();
      // Of a long range the first packets are answered (OT27).
      const { version } = this.#machine;
      if (version >= to || this.#mustRebase) return;
      if (version >= from) void this.#fetch(version + 1, to);
      else this.#diverge(`versions ${from} to ${to} are not to be had`);
    } else if (answer.error.code !== "unavailable" && answer.error.code !== "closed") {
      this.#diverge(answer.error.message);
    }
  }

  #applyOwn(op: Op): void {
    this.#screen.apply(op);
    this.#carry(op, undefined);
    this.#edits += 1;
    this.#input({ kind: "edit", op });
  }

  #applyStep(op: Op | undefined): readonly TextChange[] | undefined {
    if (op === undefined) return undefined;
    const changes = toChanges(this.#screen, op);
    this.#applyOwn(op);
    return changes;
  }

  #applyRemote(op: Op, authorId: number): void {
    if (isEmpty(op)) return;
    const changes = toChanges(this.#screen, op);
    this.#screen.apply(op);
    this.#undoSteps.applyRemote(op);
    this.#carry(op, authorId);
    this.#remoteChanges.emit([changes, authorId]);
  }

  // Packets.

  #receive(packet: OtPacket): void {
    const { version, link } = this.#machine;
    if (packet.version <= version || link.kind === "down") return;
    this.#early.set(packet.version, packet);
    // The wire keeps the order, so a gap should not be; what is missing can be had.
    const isGap = packet.version > version + 1 && link.kind === "up" && this.#early.size === 1;
    if (isGap) void this.#fetch(version + 1, packet.version - 1);
    else this.#takeInEarly();
  }

  #takeInEarly(): void {
    while (!this.#mustRebase) {
      const packet = this.#early.get(this.#machine.version + 1);
      if (packet === undefined) return;
      this.#early.delete(packet.version);
      this.#takeIn(packet);
    }
  }

  #takeIn(packet: OtPacket): void {
    const { version, op, crc32, nonce, userId } = packet;
    try {
      this.#committed.apply(op);
    } catch (error) {
      this.#diverge(`packet ${version} does not fit: ${messageOf(error)}`);
      return;
    }
    const machine = this.#machine;
    if (machine.kind !== "synchronized" && machine.outstanding.nonce === nonce) {
      this.#acknowledgedEdits = this.#submittedEdits;
      this.#setbacks = 0;
      this.#lackOfRoom = undefined;
    }
    this.#input({ kind: "packet", packet: { version, op, nonce, userId } });
    this.#check(version, crc32);
    this.#versions.emit([version, packet]);
  }

  /** The container's checksum of `version` (0 for none) against what we have made of it. */
  #check(version: number, crc32: number): void {
    const own = this.#committed.crc32();
    this.#remember(version, own);
    if (crc32 !== 0 && crc32 !== own) {
      this.#diverge(`the checksum of version ${version} is another`);
    } else if (this.isSynchronized && this.#screen.crc32() !== own) {
      this.#diverge(`the text on the screen is not that of version ${version}`);
    }
  }

  #remember(version: number, crc32: number): void {
    this.#checksums.set(version, crc32);
    if (this.#checksums.size <= MAX_CHECKSUMS) return;
    for (const oldest of this.#checksums.keys()) {
      this.#checksums.delete(oldest);
      return;
    }
  }

  // Lives of the channel.

  #attach(snapshot: OtSnapshot): void {
    const { version, contents } = snapshot;
    const known = this.#machine.version;
    this.#early.clear();
    this.#failure = undefined;
    this.#isRemoved = false;
    const isOther =
      version < known || (version === known && contents !== this.#committed.toString());
    if (this.#mustRebase || isOther) this.#rebase(snapshot);
    else this.#input({ kind: "connected", version });
    this.#cursors.clear();
    this.#placeCursors(snapshot.cursors);
    this.#selectionsAreNew = this.#selections.length > 0;
    this.#sendSelections();
    this.#tellState();
  }

  /** What we hold and what the container sends do not fit: starts over from its text. */
  #diverge(why: string): void {
    if (this.#mustRebase) return;
    this.#log.warn(`starting over: ${why}`, { tag: "invariant" });
    this.#setbacks += 1;
    if (this.#setbacks > MAX_SETBACKS) {
      this.#fail(`This text cannot be kept in step with the container: ${why}.`);
      return;
    }
    this.#mustRebase = true;
    this.#init.port.reopen();
  }

  /** Takes over a text that no packets lead to, and carries what was not acknowledged across. */
  #rebase({ version, contents }: OtSnapshot): void {
    const machine = this.#machine;
    const isLost = version < machine.version && !this.#mustRebase;
    const outstanding = machine.kind === "synchronized" ? [] : machine.outstanding.op;
    const wasSent = this.#sentNonce === this.#outstandingNonce;
    const later = machine.kind === "awaitingAckWithBuffer" ? machine.buffer : [];
    const { screen, unsent } = rebase({
      committed: this.#committed.toString(),
      ...(wasSent
        ? { inFlight: outstanding, buffer: later }
        : { inFlight: [], buffer: compose(outstanding, later) }),
      contents,
      isOlder: isLost && this.#checksums.get(version) === crc32OfText(contents),
    });
    this.#mustRebase = false;
    this.#applyRemote(screen, 0);
    this.#committed = Text.from(contents);
    this.#machine = createClient(version, machine.nextNonce);
    this.#checksums.clear();
    this.#remember(version, this.#committed.crc32());
    if (isEmpty(unsent)) this.#acknowledgedEdits = this.#edits;
    this.#input({ kind: "edit", op: unsent });
    this.#versions.emit([version]);
  }

  #handleFailure({ code, message }: RequestFailure): void {
    if (code === "not-found") {
      this.#isRemoved = true;
      this.#tellState();
    } else if (this.#isUp) {
      // The text goes on; only its file does not follow.
      this.#saveProblem = message;
      this.#tellState();
      this.#retrySave();
    } else if (code === "no-space") {
      this.#waitForRoom(message, () => this.#init.port.reopen());
    } else {
      this.#fail(message);
    }
  }

  #fail(message: string): void {
    this.#failure = message;
    this.#tellState();
    this.#settleWaiters();
  }

  async #save(): Promise<void> {
    const answer = await this.#init.port.flush();
    if (!answer.ok) throw answer.error;
    this.#saveProblem = undefined;
    this.#tellState();
  }

  #retrySave(): void {
    this.#cancelSaveRetry();
    this.#cancelSaveRetry = this.#init.clock.after(SAVE_RETRY_MS, () => {
      if (this.#isClosed || this.#saveProblem === undefined) return;
      this.#save().catch(() => this.#retrySave());
    });
  }

  // Carets.

  #placeCursors(cursors: readonly OtCursor[]): void {
    for (const cursor of cursors) {
      this.#cursors.place(cursor, (at) => toScreen(this.#machine, at, "left"));
    }
  }

  #carry(op: Op, authorId: number | undefined): void {
    this.#cursors.carry(op, authorId);
    // The editor tells where its own carets went, but perhaps only after we have to send them.
    const side = authorId === undefined ? "right" : "left";
    const carry = (at: number): number => transformPosition(at, op, side);
    this.#selections = this.#selections.map((cursor) => mapCursor(cursor, carry));
  }

  /** Ours go out while no op of ours is in flight, so that they mean the version that we know. */
  #sendSelections(): void {
    const mayGo = this.isSynchronized && this.#machine.link.kind === "up";
    if (!this.#selectionsAreNew || !mayGo || this.#cancelSelections !== undefined) return;
    const { clock, port } = this.#init;
    const waitMs = this.#selectionsSentMs + CURSOR_INTERVAL_MS - clock.now();
    if (waitMs > 0) {
      this.#cancelSelections = clock.after(waitMs, () => {
        this.#cancelSelections = undefined;
        this.#sendSelections();
      });
      return;
    }
    this.#selectionsAreNew = false;
    this.#selectionsSentMs = clock.now();
    port.setCursors(this.#selections);
  }

  // What others wait for.

  #settleWaiters(): void {
    for (const waiter of this.#waiters) {
      const isDone = waiter.edits <= this.#acknowledgedEdits;
      if (!isDone && this.#failure === undefined && !this.#isClosed) continue;
      this.#waiters.delete(waiter);
      if (isDone) waiter.resolve();
      else waiter.reject(new RequestError("failed", this.#failure ?? "It has been closed."));
    }
  }

  #tellState(): void {
    if (!this.#isClosed) this.#teller.tell(this.state);
  }

  /** A text that nobody uses any more stays until the container has its last edits. */
  #closeWhenDone(): void {
    const isDone = this.isSynchronized || this.#failure !== undefined;
    if (this.#users > 0 || !isDone || this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelSaveRetry();
    this.#cancelResend();
    this.#cancelSelections?.();
    this.#teller.stop();
    this.#settleWaiters();
    this.#init.onClosed();
  }
}
