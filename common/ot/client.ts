import { assertNever } from "#common/lib/assertNever.ts";
import { compose, isEmpty, type Op, type Side, transform, transformPosition } from "./op.ts";

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
 */
export type ClientState = Edits & {
  /** The newest version whose op was taken in. */
  readonly version: number;
  readonly link: Link;
  /** For the op that is made outstanding next; never 0, which the wire takes for none. */
  readonly nextNonce: number;
};

type Edits =
  /** Everything typed is committed. */
  | { readonly kind: "synchronized" }
  | { readonly kind: "awaitingAck"; readonly outstanding: Outstanding }
  | {
      readonly kind: "awaitingAckWithBuffer";
      readonly outstanding: Outstanding;
      readonly buffer: Op;
    };

/** The op that the authority has, will have or must get next, made on the state's version. */
interface Outstanding {
  readonly op: Op;
  readonly nonce: number;
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
  | { readonly kind: "send"; readonly base: number; readonly op: Op; readonly nonce: number }
  /** To the text on the screen, as `userId` wanted it. */
  | { readonly kind: "apply"; readonly op: Op; readonly userId: number }
  /** Ask for the packets `from` … `to`, both included, and put each in. */
  | { readonly kind: "fetch"; readonly from: number; readonly to: number }
  /**
   * The authority has lost versions that we have seen. Only a new client on its text helps; `unsent`
   * tells what the user would lose. Nothing more comes from this one.
   */
  | { readonly kind: "resync" };

type Step = readonly [state: ClientState, outputs: readonly ClientOutput[]];

/**
 * A connected client that shows the text of `version`. Its nonces count on from `nonce`, a random
 * number of 32 bits, so that no two clients use the same one at the same time.
 */
export function createClient(version: number, nonce: number): ClientState {
  return { kind: "synchronized", version, link: { kind: "up" }, nextNonce: nonce || 1 };
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

/** What the user has typed and the authority has not confirmed, on the text of the state's version. */
export function unsent(state: ClientState): Op {
  switch (state.kind) {
    case "synchronized":
      return [];
    case "awaitingAck":
      return state.outstanding.op;
    case "awaitingAckWithBuffer":
      return compose(state.outstanding.op, state.buffer);
    default:
      return assertNever(state);
  }
}

/** Where a position in the text of the state's version is on the screen. */
export function toScreen(state: ClientState, position: number, side: Side): number {
  if (state.kind === "synchronized") return position;
  const sent = transformPosition(position, state.outstanding.op, side);
  return state.kind === "awaitingAck" ? sent : transformPosition(sent, state.buffer, side);
}

function edit(state: ClientState, op: Op): Step {
  if (isEmpty(op)) return [state, []];
  switch (state.kind) {
    case "synchronized":
      return submit(state, op);
    case "awaitingAck":
      return [withBuffer(state, state.outstanding, op), []];
    case "awaitingAckWithBuffer":
      return [withBuffer(state, state.outstanding, compose(state.buffer, op)), []];
    default:
      return assertNever(state);
  }
}

function receive(state: ClientState, packet: Packet): Step {
  const { link } = state;
  if (link.kind === "down" || packet.version <= state.version) return [state, []];
  if (packet.version === state.version + 1) {
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
  const version = packet.version;
  if (state.kind === "synchronized") {
    return [{ ...state, version }, applied(packet.op, packet)];
  }
  if (state.outstanding.nonce === packet.nonce) {
    const { link, nextNonce } = state;
    const next: ClientState = { kind: "synchronized", version, link, nextNonce };
    return state.kind === "awaitingAck" ? [next, []] : submit(next, state.buffer);
  }
  const { outstanding } = state;
  const [across, op] = transform(packet.op, outstanding.op);
  if (state.kind === "awaitingAck") {
    return [{ ...state, version, outstanding: { ...outstanding, op } }, applied(across, packet)];
  }
  const [onScreen, buffer] = transform(across, state.buffer);
  return [
    withBuffer({ ...state, version }, { ...outstanding, op }, buffer),
    applied(onScreen, packet),
  ];
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
  return [up, up.kind === "synchronized" ? outputs : [...outputs, send(up, up.outstanding)]];
}

function submit(state: ClientState, op: Op): Step {
  const { version, link, nextNonce } = state;
  const outstanding = { op, nonce: nextNonce };
  const next = (nextNonce + 1) >>> 0 || 1;
  const sent: ClientState = { kind: "awaitingAck", outstanding, version, link, nextNonce: next };
  return [sent, link.kind === "up" ? [send(sent, outstanding)] : []];
}

/** `state` with this outstanding op and buffer; an empty buffer is none. */
function withBuffer(state: ClientState, outstanding: Outstanding, buffer: Op): ClientState {
  const { version, link, nextNonce } = state;
  const edits: Edits = isEmpty(buffer)
    ? { kind: "awaitingAck", outstanding }
    : { kind: "awaitingAckWithBuffer", outstanding, buffer };
  return { ...edits, version, link, nextNonce };
}

function send(state: ClientState, { op, nonce }: Outstanding): ClientOutput {
  return { kind: "send", base: state.version, op, nonce };
}

/** What a packet does to the screen; nothing, when our own edits have left nothing of it. */
function applied(op: Op, { userId }: Packet): readonly ClientOutput[] {
  return isEmpty(op) ? [] : [{ kind: "apply", op, userId }];
}

function then(outputs: readonly ClientOutput[], [state, more]: Step): Step {
  return [state, [...outputs, ...more]];
}
