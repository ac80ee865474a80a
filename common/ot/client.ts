import { assertNever } from "#common/lib/assertNever.ts";
import { exchange, sparing } from "./exchange.ts";
import {
  compose,
  composeAll,
  isEmpty,
  normalize,
  type Op,
  type Side,
  transform,
  transformOp,
  transformPosition,
} from "./op.ts";

/**
 * The client's half of collaborative editing. The user's edits are in the text at once; at most one
 * op is outstanding at the authority, and what is typed meanwhile collects in the buffer:
 *
 *     version ──outstanding──▶ · ──buffer──▶ the text on the screen
 *
 * An op R of somebody else, committed on `version`, is carried across both, and they across it.
 * R was committed first and so goes first where inserts meet (OT5):
 *
 *            outstanding        buffer
 *      version ──────▶ · ──────────────▶ screen
 *         │            │                    │
 *       R │         R′ │                 R″ │  applied to the screen
 *         ▼            ▼                    ▼
 *     version+1 ─────▶ · ──────────────▶ screen′
 *           outstanding′       buffer′
 *
 * Our own op comes back among the others', in the order in which the authority committed it, and is
 * known by its nonce (OT7); then the buffer becomes the next outstanding op. After a lost connection
 * the missed packets are taken in first. If our nonce is among them, the op had arrived; if not, it
 * is sent again with the same nonce, and the authority knows it should the first one still arrive.
 *
 * A client that goes on for another one, which is gone (`resumeClient`), starts with that one's
 * pending ops. They may have arrived, perhaps with more in them than is known here; so nothing is
 * added to them, and each waits for its own packet or is sent under its own nonce.
 */
export interface ClientState {
  /** The newest version whose op was taken in. */
  readonly version: number;
  /**
   * What the user has typed and the authority has not confirmed, from the text of `version` on; empty
   * when all of it is committed. The first is outstanding, the others wait.
   */
  readonly pending: readonly Pending[];
  /** How many of these, from the first on, are finished. What is typed goes behind them. */
  readonly finished: number;
  readonly link: Link;
  /** For the op that is begun next; never 0, which the wire takes for none. */
  readonly nextNonce: number;
}

/** An op that the authority has, will have or must get under this nonce. */
export interface Pending {
  readonly op: Op;
  readonly nonce: number;
  /** Somebody else's op, which the authority had and has lost: who made it. */
  readonly lostFrom?: number;
}

type Link =
  /** What is sent arrives. */
  | { readonly kind: "up" }
  /** Nothing is sent; editing goes on. */
  | { readonly kind: "down" }
  /**
   * Packets up to version `target` were asked for and are still to come. Nothing is sent before
   * that; newer ones that come meanwhile are held.
   */
  | { readonly kind: "behind"; readonly target: number; readonly held: readonly Packet[] };

/** An op that the authority has committed, which made `version`. */
export interface Packet {
  readonly version: number;
  /**
   * How many packets in a row were composed into this one, all of them others'; absent for one. Many
   * are taken in at once in the time that one of their size takes.
   */
  readonly count?: number;
  readonly op: Op;
  readonly nonce: number;
  /** Who made it. */
  readonly userId: number;
}

export type ClientInput =
  /** The user has changed the text on the screen by `op`. */
  | { readonly kind: "edit"; readonly op: Op }
  /** From the authority, live or fetched; each kind in order. One that was seen is ignored. */
  | { readonly kind: "packet"; readonly packet: Packet }
  /** The connection is gone; what was sent may or may not have arrived. */
  | { readonly kind: "disconnected" }
  /** There is a connection again, and the authority is at `version`. */
  | { readonly kind: "connected"; readonly version: number };

export type ClientOutput =
  /** To the authority: `op` was made on version `base`. */
  | ({ readonly kind: "send"; readonly base: number } & Pending)
  /** To the text on the screen, as `userId` wanted it. */
  | { readonly kind: "apply"; readonly op: Op; readonly userId: number }
  /** The screen must show the text of the state's version with what is pending: that is another now. */
  | { readonly kind: "redraw"; readonly userId: number }
  /** Ask for the packets `from` … `to`, both included, and put each in. */
  | { readonly kind: "fetch"; readonly from: number; readonly to: number }
  /**
   * The authority has lost versions that we have seen. Only a new client on its text helps, which
   * takes `pending` over. Nothing more comes from this one.
   */
  | { readonly kind: "resync" };

type Step = readonly [state: ClientState, outputs: readonly ClientOutput[]];

/**
 * A connected client that shows the text of `version`. Its nonces count on from `nonce`, a random
 * number of 32 bits, so that no two clients use the same one at the same time.
 */
export function createClient(version: number, nonce: number): ClientState {
  return { version, pending: [], finished: 0, link: { kind: "up" }, nextNonce: nonce || 1 };
}

/**
 * A client without connection on the text of `version`, with ops on it that another one has left.
 * Its own nonces count on from `nonce`.
 */
export function resumeClient(
  version: number,
  pending: readonly Pending[],
  nonce: number,
): ClientState {
  const link: Link = { kind: "down" };
  return { version, pending, finished: pending.length, link, nextNonce: nonce || 1 };
}

/** The whole of the client: pure and total. Outputs are to be carried out in their order. */
export function step(state: ClientState, input: ClientInput): Step {
  switch (input.kind) {
    case "edit":
      return edit(state, input.op);
    case "packet":
      return receive(state, input.packet);
    case "disconnected":
      return [{ ...state, link: { kind: "down" } }, []];
    case "connected":
      return reconnect(state, input.version);
    default:
      return assertNever(input);
  }
}

/** What is pending as one op on the text of the state's version. */
export function unsent(state: ClientState): Op {
  return composeAll(state.pending.map(({ op }) => op));
}

/** Where a position in the text of the state's version is on the screen. */
export function toScreen(state: ClientState, position: number, side: Side): number {
  return state.pending.reduce((at, { op }) => transformPosition(at, op, side), position);
}

function edit(state: ClientState, op: Op): Step {
  if (isEmpty(op)) return [state, []];
  const { pending, finished, nextNonce, link } = state;
  const last = pending.at(-1);
  if (last !== undefined && pending.length > finished) {
    const buffer = { ...last, op: compose(last.op, op) };
    // What the user has typed and deleted before it was sent never was.
    const rest = pending.slice(0, -1);
    return [{ ...state, pending: isEmpty(buffer.op) ? rest : [...rest, buffer] }, []];
  }
  const next: ClientState = {
    ...state,
    pending: [...pending, { op, nonce: nextNonce }],
    finished: Math.max(finished, 1),
    nextNonce: (nextNonce + 1) >>> 0 || 1,
  };
  return [next, pending.length === 0 && link.kind === "up" ? sendFirst(next) : []];
}

function receive(state: ClientState, packet: Packet): Step {
  const { link } = state;
  if (link.kind === "down" || packet.version <= state.version) return [state, []];
  if (packet.version === state.version + (packet.count ?? 1)) {
    const [next, outputs] = takeIn(state, packet);
    if (link.kind === "up" || next.version < link.target) return [next, outputs];
    return then(outputs, resume(next, link.held));
  }
  // The wire keeps the order, so this happens only while older packets are being fetched.
  if (link.kind === "behind") {
    return [{ ...state, link: { ...link, held: [...link.held, packet] } }, []];
  }
  return fetchUpTo(state, packet.version - 1, [packet]);
}

function takeIn(state: ClientState, packet: Packet): Step {
  const { pending, finished } = state;
  const own = pending.find(({ nonce }) => nonce === packet.nonce);
  if (own !== undefined) return takeInOwn(state, packet, own);
  const [op, carried] = carryAcross(packet.op, pending);
  const next: ClientState = {
    ...state,
    version: packet.version,
    // An op that is on its way makes a version, whatever others leave of it; the buffer need not.
    pending: carried.filter((each, at) => at < finished || !isEmpty(each.op)),
  };
  return [next, isEmpty(op) ? [] : [{ kind: "apply", op, userId: packet.userId }]];
}

/**
 * One of the pending ops is committed. Those before it still wait when somebody else had it too and
 * sent it first; where they insert at one place, they stand as they are on the screen, if possible.
 */
function takeInOwn(state: ClientState, packet: Packet, waiting: Pending): Step {
  const { pending, finished, link } = state;
  const index = pending.indexOf(waiting);
  const [before, after] = [pending.slice(0, index), pending.slice(index + 1)];
  // Where it is committed without those before it, it deletes nothing of what they insert.
  const own = sparing(composeAll(before.map((each) => each.op)), waiting.op);
  const across = carryAcross(packet.op, before);
  const behind = carryBehind(packet.op, before);
  const keepsPlace = !isSame(across[0], own) && isSame(behind[0], own);
  const [op, carried] = keepsPlace ? behind : across;
  const ops = after.map((each) => each.op);
  const isAsKnown = isSame(op, waiting.op);
  const moved = isAsKnown ? ops : exchange(waiting.op, op, ops);
  const rest = after.map((each, at) => ({ ...each, op: moved[at] ?? each.op }));
  const stillFinished = Math.min(Math.max(finished - 1, 1), pending.length - 1);
  const mayGoOn = index === 0 && link.kind === "up";
  const next: ClientState = {
    ...state,
    version: packet.version,
    pending: [...carried, ...rest].filter((each, at) => at < stillFinished || !isEmpty(each.op)),
    finished: stillFinished,
  };
  if (isAsKnown) return [next, mayGoOn ? sendFirst(next) : []];
  const left = transformOp(undeleted(waiting.op, op), composeAll(moved), "right");
  const [whole] = edit(next, left);
  const redraw: ClientOutput = { kind: "redraw", userId: packet.userId };
  return [whole, mayGoOn ? [redraw, ...sendFirst(whole)] : [redraw]];
}

/**
 * What `own` deletes and `committed`, made on the same text, has left there: somebody gave it back to
 * a container that did not have that text yet. An op that grows never deletes less, so it is wanted.
 */
function undeleted(own: Op, committed: Op): Op {
  const deletion = own.filter((component) => typeof component !== "string");
  return transformOp(normalize(deletion), committed, "right");
}

/** `op`, committed before them, carried across what is pending, and that across it. */
function carryAcross(op: Op, pending: readonly Pending[]): readonly [Op, readonly Pending[]] {
  if (isEmpty(op)) return [op, pending];
  let across = op;
  const carried = pending.map((each) => {
    const [further, own] = transform(across, each.op);
    across = further;
    return { ...each, op: own };
  });
  return [across, carried];
}

/** The same where the pending ops go first. */
function carryBehind(op: Op, pending: readonly Pending[]): readonly [Op, readonly Pending[]] {
  let across = op;
  const carried = pending.map((each) => {
    const [own, further] = transform(each.op, across);
    across = further;
    return { ...each, op: own };
  });
  return [across, carried];
}

function reconnect(state: ClientState, version: number): Step {
  if (version < state.version) return [state, [{ kind: "resync" }]];
  if (version > state.version) return fetchUpTo(state, version, []);
  return resume(state, []);
}

function fetchUpTo(state: ClientState, target: number, held: readonly Packet[]): Step {
  return [
    { ...state, link: { kind: "behind", target, held } },
    [{ kind: "fetch", from: state.version + 1, to: target }],
  ];
}

/** Nothing is missing any more: what was held back in both directions goes its way. */
function resume(state: ClientState, held: readonly Packet[]): Step {
  const outputs: ClientOutput[] = [];
  let next = state;
  for (const [index, packet] of held.entries()) {
    if (packet.version <= next.version) continue;
    if (packet.version > next.version + 1) {
      return then(outputs, fetchUpTo(next, packet.version - 1, held.slice(index)));
    }
    const [after, more] = takeIn(next, packet);
    outputs.push(...more);
    next = after;
  }
  const up: ClientState = { ...next, link: { kind: "up" } };
  return [up, [...outputs, ...sendFirst(up)]];
}

function sendFirst({ version, pending: [first] }: ClientState): readonly ClientOutput[] {
  return first === undefined ? [] : [{ kind: "send", base: version, ...first }];
}

function then(outputs: readonly ClientOutput[], [state, more]: Step): Step {
  return [state, [...outputs, ...more]];
}

function isSame(a: Op, b: Op): boolean {
  return a.length === b.length && a.every((component, index) => component === b[index]);
}
