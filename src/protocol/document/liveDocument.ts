import { assertNever } from "#common/lib/assertNever.ts";
import type { Cancel, Clock } from "#common/lib/clock.ts";
import { Emitter } from "#common/lib/emitter.ts";
import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Result } from "#common/lib/result.ts";
import {
  createClient,
  resumeClient,
  step,
  toScreen,
  type ClientInput,
  type ClientOutput,
  type ClientState,
  type Pending,
} from "#common/ot/client.ts";
import { carryCaret } from "#common/ot/caret.ts";
import { diff } from "#common/ot/diff.ts";
import { composeAll, isEmpty, wellFormed, type Op } from "#common/ot/op.ts";
import type { Text } from "#common/ot/text.ts";
import type { OpenDocument, RemoteCursor, TextChange } from "../document.ts";
import type {
  DocumentState,
  Merged,
  OtCursor,
  OtMessage,
  OtPacket,
  OtSnapshot,
  OwnCursor,
  RequestFailure,
} from "../services/ot.ts";
import { setApart, type KeptDraft } from "./apart.ts";
import { toChanges, toOp } from "./changes.ts";
import { Committed } from "./committed.ts";
import { RemoteCursors } from "./cursors.ts";
import { DraftKeeper } from "./draftKeeper.ts";
import { EarlyPackets } from "./earlyPackets.ts";
import { findFork, hasNewest, type Fork } from "./fork.ts";
import type { Draft, DraftOp, Journal } from "./journal.ts";
import { OwnCarets } from "./ownCarets.ts";
import {
  giveBack,
  goBackTo,
  goOnFromGiven,
  merge,
  type GivenBack,
  type Restart,
} from "./recovery.ts";
import { StateTeller } from "./stateTeller.ts";
import { UndoSteps } from "./undoSteps.ts";

/** A file that could not be saved is tried again this often. */
const SAVE_RETRY_MS = 5_000;

/** The longest wait before an edit is sent again for which the container had no room (CL29). */
const MAX_RESEND_MS = 15_000;

/** New starts in a row with none of our edits accepted in between, until we give up. */
const MAX_SETBACKS = 3;

/** Packets before our oldest text that are asked for: some 50 KB, and a millisecond or two to read. */
const PAST = 1_000;

/** A text that is just opened is shown and coloured first. */
const LEARN_AFTER_MS = 1_000;

/** Of a longer text the first packet, which is the file as it was found, is not sent once more. */
const MAX_FIRST_UNITS = 256 * 1024;

/** The way to the channel of the text. */
export interface TextPort {
  send(base: number, op: Pending): Promise<Result<void, RequestError>>;
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
  readonly journal: Journal;
  /** A new id for a draft in the journal, unlike any other. */
  readonly createDraftId: () => string;
  /** The first of our nonces: a random number of 32 bits. */
  readonly nonce: number;
  /** Its `state` is another. */
  readonly onState: (document: LiveDocument) => void;
  /** The container had another text than the one we know, without a way from one to the other. */
  readonly onMerged: (merged: Merged) => void;
  /** It was closed and has nothing left to send, or was discarded. */
  readonly onClosed: (document: LiveDocument) => void;
}

/** Somebody who waits until the container has our op of that nonce. */
interface Waiter {
  readonly nonce: number;
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
  #committed: Committed;
  #machine: ClientState;
  /** How many edits each pending op holds, by its nonce. */
  readonly #edits = new Map<number, number>();
  readonly #early = new EarlyPackets();
  /** What we hold cannot be trusted: the next snapshot is not to be reached by packets. */
  #mustRebase = false;
  #setbacks = 0;
  /** The life of the channel that we are in. */
  #attached: OtSnapshot | undefined;
  #givenBack: GivenBack | undefined;
  #merging: { readonly ours: string; readonly snapshot: OtSnapshot } | undefined;

  /** The op that was last sent, perhaps in vain. */
  #sentNonce = 0;
  readonly #waiters = new Set<Waiter>();
  readonly #draft: DraftKeeper;

  #isRemoved = false;
  #failure: string | undefined;
  /** The container cannot save the file at present. The text itself is safe. */
  #saveProblem: string | undefined;
  #cancelSaveRetry: Cancel = () => {};
  /** The container has no room for our edits at present, and has said so so many times in a row. */
  #lackOfRoom: { readonly message: string; readonly refusals: number } | undefined;
  #cancelResend: Cancel = () => {};
  #cancelLearning: Cancel = () => {};
  readonly #teller: StateTeller;

  readonly #carets: OwnCarets;
  readonly #cursors: RemoteCursors;
  readonly #undoSteps: UndoSteps;

  readonly #remoteChanges = new Emitter<readonly [readonly TextChange[], number]>();
  readonly #versions = new Emitter<readonly [number, OtPacket?]>();
  #users = 0;
  #isClosed = false;

  private constructor(
    init: LiveDocumentInit,
    committed: Committed,
    machine: ClientState,
    draft?: Draft,
  ) {
    this.path = init.path;
    this.#init = init;
    this.#log = init.log.child({ path: init.path });
    this.#committed = committed;
    this.#machine = machine;
    this.#screen = committed.textWith(machine.pending);
    this.#cursors = new RemoteCursors(this.#screen);
    this.#carets = new OwnCarets({
      clock: init.clock,
      send: (carets) => init.port.setCursors(carets),
      mayGo: () => this.isSynchronized && this.#machine.link.kind === "up",
    });
    this.#undoSteps = new UndoSteps(init.clock);
    this.#teller = new StateTeller(init.clock, () => init.onState(this));
    this.#draft = new DraftKeeper({
      taken: draft && {
        id: draft.id,
        kept: { version: committed.version, pending: draft.pending },
      },
      createId: init.createDraftId,
      path: init.path,
      journal: init.journal,
      clock: init.clock,
      log: this.#log,
      state: () => ({
        committed: this.#committed,
        pending: this.#pendingOps(),
        isUp: this.#isUp,
      }),
      onTaken: (kept) => this.#goApart(kept),
    });
  }

  /** The text as the container has sent it. */
  static open(init: LiveDocumentInit, snapshot: OtSnapshot): LiveDocument {
    const { version, contents, cursors } = snapshot;
    const committed = new Committed(version, contents);
    const document = new LiveDocument(init, committed, createClient(version, init.nonce));
    document.#attached = snapshot;
    document.#placeCursors(cursors);
    document.#changed();
    document.#cancelLearning = init.clock.after(LEARN_AFTER_MS, () => void document.#learnPast());
    return document;
  }

  /** The text as another page has left it; there is no connection yet. */
  static resume(init: LiveDocumentInit, draft: Draft): LiveDocument {
    const committed = Committed.after(draft.base, draft.packets);
    const machine = resumeClient(committed.version, draft.pending, init.nonce);
    const document = new LiveDocument(init, committed, machine, draft);
    for (const { nonce, edits } of draft.pending) document.#edits.set(nonce, edits);
    document.#sentNonce = draft.pending[0]?.nonce ?? 0;
    document.#changed();
    return document;
  }

  get state(): DocumentState {
    let unsent = 0;
    for (const edits of this.#edits.values()) unsent += edits;
    if (this.#failure !== undefined) return { kind: "failed", unsent, message: this.#failure };
    if (this.#isRemoved) return { kind: "deleted", unsent };
    const problem = this.#lackOfRoom?.message ?? this.#saveProblem;
    if (problem !== undefined) return { kind: "stuck", unsent, message: problem };
    return { kind: this.#isUp ? "live" : "offline", unsent };
  }

  /** Whether the container has everything that was typed. */
  get isSynchronized(): boolean {
    return this.#machine.pending.length === 0;
  }

  /** Whether all that was typed would outlive this page. */
  get isKept(): boolean {
    return this.#draft.isKept;
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
    const carets = selections.map(({ anchor, head }) => {
      const from = text.utf16ToCodePoint(Math.min(anchor, text.utf16Length));
      const to = text.utf16ToCodePoint(Math.min(head, text.utf16Length));
      const [selectionStart, selectionEnd] = from < to ? [from, to] : [to, from];
      return { position: to, selectionStart, selectionEnd };
    });
    this.#carets.set(carets);
  }

  cursors(): readonly RemoteCursor[] {
    return this.#cursors.list();
  }

  onCursors(listener: () => void): () => void {
    return this.#cursors.on(listener);
  }

  async flush(): Promise<void> {
    const last = this.#machine.pending.at(-1);
    if (last !== undefined) {
      await new Promise<void>((resolve, reject) => {
        this.#waiters.add({ nonce: last.nonce, resolve, reject });
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
    this.#carets.clear();
    this.#closeWhenDone();
  }

  /** Whether a packet is the one that made the newest text known: so it is of the same history. */
  isMadeBy(packet: OtPacket): boolean {
    const { committedMs } = packet;
    // Equal words may be in several files at equal versions, but not at the same time.
    const isOfThatTime = committedMs !== 0 && committedMs === this.#committed.committedMs;
    return isOfThatTime && this.#committed.isMadeBy(packet);
  }

  /** Ends it, so that another goes on with it at another path. Whoever shows it is to close it. */
  handOver(): Draft {
    const { base, baseVersion } = this.#committed;
    const packets = this.#committed.since(baseVersion);
    const pending = this.#pendingOps();
    const draft = { id: this.#draft.handOver(), path: this.path, base, packets, pending };
    this.#end();
    return draft;
  }

  /** Ends it, and forgets what the container does not have. Whoever shows it is to close it. */
  discard(): void {
    this.#end();
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
        this.#attached = undefined;
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
    this.#become(...step(this.#machine, input));
  }

  #become(state: ClientState, outputs: readonly ClientOutput[]): void {
    this.#machine = state;
    this.#countEdits();
    for (const output of outputs) this.#carryOut(output);
    this.#carets.send();
    this.#changed();
    this.#closeWhenDone();
  }

  /**
   * Edits that are no longer pending: the container has them, or they have undone each other. What is
   * pending otherwise is what somebody else's giving back has left of one of them.
   */
  #countEdits(): void {
    for (const { nonce } of this.#machine.pending) {
      if (!this.#edits.has(nonce)) this.#edits.set(nonce, 1);
    }
    for (const nonce of this.#edits.keys()) {
      if (!this.#isPending(nonce)) this.#edits.delete(nonce);
    }
    if (this.isSynchronized) this.#lackOfRoom = undefined;
  }

  #isPending(nonce: number): boolean {
    return this.#machine.pending.some((pending) => pending.nonce === nonce);
  }

  #pendingOps(): readonly DraftOp[] {
    return this.#machine.pending.map((each) => ({
      ...each,
      edits: this.#edits.get(each.nonce) ?? 0,
    }));
  }

  #changed(): void {
    this.#tellMerged();
    this.#settleWaiters();
    this.#tellState();
    this.#draft.changed();
  }

  #carryOut(output: ClientOutput): void {
    switch (output.kind) {
      case "send":
        void this.#sendSettled(output.base, output);
        break;
      case "apply":
        this.#applyRemote(output.op, output.userId);
        break;
      case "redraw":
        this.#redraw(output.userId);
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

  /** Sends an op when nobody can find anything else under its nonce in the journal. */
  async #sendSettled(base: number, pending: Pending): Promise<void> {
    const { nonce } = pending;
    if (this.#isSettled(nonce)) return this.#send(base, pending);
    const life = this.#attached;
    await this.#draft.settle();
    const isNext = this.#machine.pending[0]?.nonce === nonce && this.#attached === life;
    if (isNext && !this.#isClosed) this.#resend();
  }

  #isSettled(nonce: number): boolean {
    const edits = this.#edits.get(nonce);
    return edits === undefined || this.#draft.isSettled(nonce, edits);
  }

  async #send(base: number, { op, nonce, lostFrom }: Pending): Promise<void> {
    this.#sentNonce = nonce;
    const pending = lostFrom === undefined ? { op, nonce } : { op, nonce, lostFrom };
    const life = this.#attached;
    const answer = await this.#init.port.send(base, pending);
    // After a loss of the connection it is sent again; only a refusal is an answer.
    if (answer.ok || this.#machine.pending[0]?.nonce !== nonce || this.#attached !== life) return;
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
    const { version, pending, link } = this.#machine;
    const [first] = pending;
    if (first !== undefined && link.kind === "up") void this.#send(version, first);
  }

  /** Fetches packets to take in, and the one before them, which tells whether we know their text. */
  async #fetch(from: number, to: number, first = Math.max(from - 1, 1)): Promise<void> {
    const known = this.#committed.crc32Of(from - 1);
    const life = this.#attached;
    const answer = await this.#init.port.fetch(first, to);
    // Another life has begun since, perhaps in the same batch of messages: it asks for its own.
    if (this.#isClosed || this.#attached !== life) return;
    if (answer.ok) {
      const [before] = answer.value;
      // The checksum of nothing is 0, which stands for none where there are no others.
      const isChecked = answer.value.some(({ crc32 }) => crc32 !== 0);
      if (before?.version === from - 1 && isChecked && before.crc32 !== known) {
        this.#log.info(`the container has another version ${from - 1}`);
        this.#startOver();
        return;
      }
      for (const packet of answer.value) this.#early.add(packet);
      this.#takeInEarly();
      // Of a long range the first packets are answered (OT27).
      const { version } = this.#machine;
      if (version >= to || this.#mustRebase) return;
      if (version >= from) void this.#fetch(version + 1, to);
      // A packet as long as a frame comes alone.
      else if (before?.version === from - 1) void this.#fetch(from, to, from);
      else this.#diverge(`versions ${from} to ${to} are not to be had`);
    } else if (answer.error.code === "timeout") {
      void this.#fetch(from, to);
    } else if (answer.error.code !== "unavailable" && answer.error.code !== "closed") {
      this.#diverge(answer.error.message);
    }
  }

  /** Asks for what has led to our oldest text: a container that was restored may know no newer one. */
  async #learnPast(): Promise<void> {
    const committed = this.#committed;
    const { version, past } = committed.base;
    const first = committed.text.utf16Length > MAX_FIRST_UNITS ? 2 : 1;
    if (past.length > 0 || version < first) return;
    const answer = await this.#init.port.fetch(Math.max(version - PAST + 1, first), version);
    const last = answer.ok ? answer.value.at(-1) : undefined;
    const isOurs = last?.version === version && last.crc32 === committed.crc32Of(version);
    if (!answer.ok || !isOurs || committed.baseVersion !== version) return;
    committed.learnPast(answer.value);
    if (committed !== this.#committed) return;
    this.#draft.rewrite();
    this.#draft.changed();
  }

  #applyOwn(op: Op): void {
    this.#screen.apply(op);
    this.#carry(op, undefined);
    this.#addEdits(op, 1);
  }

  /** So many edits of the user, as one op on the text that the machine has for the screen. */
  #addEdits(op: Op, edits: number): void {
    const [state, outputs] = step(this.#machine, { kind: "edit", op });
    const nonce = state.pending.at(-1)?.nonce;
    if (nonce !== undefined) this.#edits.set(nonce, (this.#edits.get(nonce) ?? 0) + edits);
    this.#become(state, outputs);
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

  /** Another page takes this one for gone, and sends what it has found in the journal (CL32). */
  #goApart(kept: KeptDraft | undefined): void {
    if (kept === undefined) return;
    const { nextNonce, pending: before } = this.#machine;
    const pending = setApart(kept, this.#committed, this.#pendingOps(), nextNonce);
    const finished = pending.length;
    this.#machine = { ...this.#machine, pending, finished, nextNonce: (nextNonce + 1) >>> 0 || 1 };
    this.#edits.clear();
    for (const { nonce, edits } of pending) this.#edits.set(nonce, edits);
    if (pending[0]?.nonce !== before[0]?.nonce) this.#resend();
    this.#changed();
  }

  // Packets.

  #receive(packet: OtPacket): void {
    const { version, link } = this.#machine;
    // While we go back to an older version, that one is not known yet.
    const isGoingBack = this.#attached !== undefined && link.kind === "down";
    if (packet.version <= version && !isGoingBack) return;
    if (link.kind === "down" && !isGoingBack) return;
    this.#early.add(packet);
    if (isGoingBack) return;
    // The wire keeps the order, so a gap should not be; what is missing can be had.
    const isGap = packet.version > version + 1 && link.kind === "up" && this.#early.size === 1;
    if (isGap) void this.#fetch(version + 1, packet.version - 1);
    else this.#takeInEarly();
  }

  #takeInEarly(): void {
    while (!this.#mustRebase) {
      const own = new Set(this.#machine.pending.map(({ nonce }) => nonce));
      const run = this.#early.takeRun(this.#machine.version, ({ nonce }) => own.has(nonce));
      const [first] = run;
      if (first === undefined) return;
      if (run.length === 1) this.#takeIn(first);
      else this.#takeInAll(run);
    }
  }

  /** After a long absence, what others have done meanwhile is one edit. */
  #takeInAll(run: readonly OtPacket[]): void {
    const taken: OtPacket[] = [];
    let fault: string | undefined;
    for (const packet of run) {
      fault = this.#commit(packet);
      if (fault !== undefined) break;
      taken.push(packet);
    }
    const last = taken.at(-1);
    if (last !== undefined) {
      const { version, userId } = last;
      const isOfOne = taken.every((packet) => packet.userId === userId);
      const op = composeAll(taken.map((packet) => packet.op));
      const author = isOfOne ? userId : 0;
      const packet = { version, op, nonce: 0, userId: author, count: taken.length };
      this.#input({ kind: "packet", packet });
    }
    if (fault !== undefined) this.#diverge(fault);
    else this.#checkScreen();
    for (const packet of taken) this.#versions.emit([packet.version, packet]);
  }

  #takeIn(packet: OtPacket): void {
    const { version, op, nonce, userId } = packet;
    // Not as it is here, which was never sent: somebody has sent what the journal had of it.
    if (!this.#isSettled(nonce) && nonce !== this.#sentNonce) this.#draft.leave();
    const fault = this.#commit(packet);
    if (fault !== undefined) {
      this.#diverge(fault);
      return;
    }
    const { pending } = this.#machine;
    if (pending[0]?.nonce === nonce) {
      this.#setbacks = 0;
      this.#lackOfRoom = undefined;
    }
    if (this.#isGivenBackByOther(nonce)) {
      this.#input({ kind: "connected", version });
      return;
    }
    this.#input({ kind: "packet", packet: { version, op, nonce, userId } });
    this.#checkScreen();
    this.#versions.emit([version, packet]);
  }

  /** Takes a packet into what the container has, and says what is wrong with it. */
  #commit(packet: OtPacket): string | undefined {
    try {
      this.#committed.add(packet);
      return undefined;
    } catch (error) {
      return `packet ${packet.version} does not fit: ${messageOf(error)}`;
    }
  }

  /** Somebody has given back before us: goes on from what that has made, where it can be told. */
  #isGivenBackByOther(nonce: number): boolean {
    const given = this.#givenBack;
    if (given?.nonce !== nonce) return false;
    this.#givenBack = undefined;
    const restart = goOnFromGiven(given, this.#committed, this.#machine.pending);
    if (restart !== undefined) this.#startFrom(restart);
    return restart !== undefined;
  }

  #checkScreen(): void {
    const { version } = this.#committed;
    if (this.isSynchronized && this.#screen.crc32() !== this.#committed.crc32Of(version)) {
      this.#diverge(`the text on the screen is not that of version ${version}`);
    }
  }

  // Lives of the channel.

  #attach(snapshot: OtSnapshot): void {
    const { version, contents } = snapshot;
    const known = this.#machine.version;
    this.#early.clear();
    this.#failure = undefined;
    this.#isRemoved = false;
    this.#attached = snapshot;
    const isOther =
      version < known || (version === known && contents !== this.#committed.text.toString());
    if (this.#mustRebase || isOther) void this.#goBack(snapshot);
    else this.#goOn(snapshot);
  }

  #goOn({ version, cursors }: OtSnapshot): void {
    this.#input({ kind: "connected", version });
    this.#cursors.clear();
    this.#placeCursors(cursors);
    this.#carets.sendAgain();
    this.#takeInEarly();
    void this.#learnPast();
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
    this.#startOver();
  }

  #startOver(): void {
    this.#mustRebase = true;
    this.#init.port.reopen();
  }

  /**
   * The container does not have what it had: goes back to the newest version that both know, and
   * gives it again what it has lost since, each edit under its own nonce; others may do the same.
   */
  async #goBack(snapshot: OtSnapshot): Promise<void> {
    let isUnanswered = false;
    let isTooSlow = false;
    const port: Pick<TextPort, "fetch"> = {
      fetch: async (from, to) => {
        const answer = await this.#init.port.fetch(from, to);
        const code = answer.ok ? undefined : answer.error.code;
        isTooSlow ||= code === "timeout";
        isUnanswered ||= isTooSlow || code === "unavailable" || code === "closed";
        return answer;
      },
    };
    const isLate = !this.#mustRebase && (await hasNewest(this.#committed, snapshot, port));
    const fork =
      isLate || isUnanswered ? undefined : await findFork(this.#committed, snapshot, port);
    // Meanwhile the connection may have gone, and come back.
    if (this.#isClosed || this.#attached !== snapshot) return;
    // No answer is not the same as nothing to be had; only the next life may have one.
    this.#mustRebase = isUnanswered;
    if (isTooSlow) this.#init.port.reopen();
    if (isUnanswered) return;
    if (isLate) return this.#goOn({ ...snapshot, version: this.#machine.version });
    const ours = this.text();
    if (fork === undefined || fork.isOlder !== undefined) {
      this.#log.info("the container has a text that nobody here knows");
    }
    if (fork === undefined) this.#merge(snapshot);
    else if (fork.isOlder) this.#giveBack(fork);
    else this.#startFrom(goBackTo(fork, this.#committed, this.#machine.pending));
    if (ours !== snapshot.contents) this.#merging = { ours, snapshot };
    this.#goOn(snapshot);
  }

  #giveBack(fork: Fork): void {
    const { given, ...restart } = giveBack(fork, this.#committed, this.#machine.pending);
    this.#givenBack = given;
    this.#startFrom(restart);
  }

  /** Makes the screen the text that it should be: the container's, with our pending ops. */
  #redraw(authorId: number): void {
    const text = this.#committed.textWith(this.#machine.pending);
    if (text.crc32() === this.#screen.crc32()) return;
    this.#applyRemote(diff(this.text(), text.toString()), authorId);
  }

  #startFrom({ committed, pending }: Restart): void {
    this.#committed = committed;
    this.#draft.restart();
    this.#machine = resumeClient(committed.version, pending, (this.#machine.nextNonce + 1) >>> 0);
    this.#countEdits();
    this.#redraw(0);
    this.#versions.emit([committed.version]);
  }

  /** Tells once everything is in the text that the container had when we came. */
  #tellMerged(): void {
    const merging = this.#merging;
    if (merging === undefined || this.#machine.version < merging.snapshot.version) return;
    this.#merging = undefined;
    const { ours, snapshot } = merging;
    this.#init.onMerged({ ours, theirs: snapshot.contents, merged: this.text() });
  }

  /** All that is pending becomes one op, which counts for all edits in it. */
  #merge(snapshot: OtSnapshot): void {
    const { pending, nextNonce: nonce } = this.#machine;
    const sent = pending[0]?.nonce === this.#sentNonce ? 1 : 0;
    let edits = 0;
    for (const count of this.#edits.values()) edits += count;
    this.#edits.set(nonce, Math.max(edits, 1));
    this.#startFrom(merge(snapshot, this.#committed, { pending, sent, nonce }));
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
      const { pending } = this.#machine;
      const carry = (at: OtCursor): OtCursor =>
        pending.reduce((caret, { op }) => carryCaret(caret, op, "others"), at);
      this.#cursors.place(cursor, carry);
    }
  }

  #carry(op: Op, authorId: number | undefined): void {
    this.#cursors.carry(op, authorId);
    this.#carets.carry(op, authorId === undefined ? "owner" : "others");
  }

  // What others wait for.

  #settleWaiters(): void {
    for (const waiter of this.#waiters) {
      const isDone = !this.#isPending(waiter.nonce);
      if (!isDone && this.#failure === undefined && !this.#isClosed) continue;
      this.#waiters.delete(waiter);
      if (isDone) waiter.resolve();
      else waiter.reject(new RequestError("failed", this.#failure ?? "It has been closed."));
    }
  }

  #tellState(): void {
    if (!this.#isClosed) this.#teller.tell(this.state);
  }

  /** A text that nobody uses any more stays until the container has its last edits, if ever. */
  #closeWhenDone(): void {
    if (this.#users === 0 && this.isSynchronized) this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelLearning();
    this.#cancelSaveRetry();
    this.#cancelResend();
    this.#carets.stop();
    this.#teller.stop();
    this.#draft.stop();
    this.#settleWaiters();
    this.#init.onClosed(this);
  }
}
