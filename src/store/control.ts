import { assertNever } from "#common/lib/assertNever.ts";
import type { Client } from "#protocol/client.ts";
import type {
  BootStage,
  ConnectionState,
  ControlEvent,
  Port,
  Repl,
  Role,
  Self,
} from "#protocol/services/control.ts";

export interface ControlState {
  readonly connection: ConnectionState;
  /** Undefined before the container said anything about its boot. */
  readonly boot:
    { readonly stage: BootStage; readonly progress: number; readonly total: number } | undefined;
  readonly latencyMs: number | undefined;
  readonly self: Self | undefined;
  readonly repl: Repl | undefined;
  /** What my link entitles to; known from before also without a connection. */
  readonly role: Role | undefined;
  /** In the order in which they opened. */
  readonly ports: readonly Port[];
  /** Whether the room was ever reached: before that nothing can be lost, only late. */
  readonly everConnected: boolean;
  /** When the connection broke, until it is back. Short breaks stay silent. */
  readonly lostAtMs: number | undefined;
}

export const initialControl: ControlState = {
  connection: { kind: "connecting", attempt: 1 },
  boot: undefined,
  latencyMs: undefined,
  self: undefined,
  repl: undefined,
  role: undefined,
  ports: [],
  everConnected: false,
  lostAtMs: undefined,
};

export function applyControl(
  state: ControlState,
  event: ControlEvent,
  nowMs: number,
): ControlState {
  switch (event.kind) {
    case "connection":
      return applyConnection(state, event.state, nowMs);
    case "boot":
      return {
        ...state,
        boot: { stage: event.stage, progress: event.progress, total: event.total },
      };
    case "latency":
      return { ...state, latencyMs: event.medianMs };
    case "self":
      return { ...state, self: event.self, role: event.self.role };
    case "repl":
      return { ...state, repl: event.repl, role: event.role };
    case "port-opened":
      return { ...state, ports: [...withoutPort(state.ports, event.port.port), event.port] };
    case "port-closed":
      return { ...state, ports: withoutPort(state.ports, event.port) };
    case "toast":
      return state;
    default:
      return assertNever(event);
  }
}

function applyConnection(
  state: ControlState,
  connection: ConnectionState,
  nowMs: number,
): ControlState {
  const connected = connection.kind === "connected";
  return {
    ...state,
    connection,
    everConnected: state.everConnected || connected,
    latencyMs: connected ? state.latencyMs : undefined,
    lostAtMs: connected || !state.everConnected ? undefined : (state.lostAtMs ?? nowMs),
    // The container repeats every open port to a session that arrives.
    ports: connected && state.lostAtMs !== undefined ? [] : state.ports,
  };
}

function withoutPort(ports: readonly Port[], port: number): readonly Port[] {
  return ports.filter((other) => other.port !== port);
}

/** Good, middling or bad at a glance; what colour alone may never say. */
export type Tone = "good" | "fair" | "bad" | "busy" | "off";

export interface ConnectionNotice {
  readonly tone: Tone;
  readonly label: string;
  /** The sentence behind the label: what is safe, what happens next. */
  readonly detail: string;
  /** When it is tried again; changes with each second. */
  readonly next?: string;
}

const FAIR_LATENCY_MS = 100;
const BAD_LATENCY_MS = 300;

/** Failed attempts after which nobody can say when the connection will be back. */
const OFFLINE_AFTER_ATTEMPTS = 3;

/** A break shorter than this is not worth a person's attention. */
export const SILENT_BREAK_MS = 1_500;

const bootLabels: Readonly<Record<BootStage, string>> = {
  handshake: "Saying hello",
  acquiring: "Finding a container",
  proxy: "Reaching the container",
  "pull-files": "Pulling files",
  "load-block": "Loading the disk",
  retry: "Trying again",
  complete: "Ready",
};

/** What to tell of the connection at `nowMs`; `keeps` is whether the browser keeps what is typed. */
export function describeConnection(
  state: ControlState,
  nowMs: number,
  keeps = true,
): ConnectionNotice {
  const { connection } = state;
  switch (connection.kind) {
    case "connected":
      return describeLatency(state.latencyMs);
    case "connecting":
    case "booting":
    case "waiting":
    case "offline":
      if (isSilentBreak(state, nowMs)) return describeLatency(state.latencyMs);
      return { ...describeBreak(state, keeps), ...nextTry(connection, nowMs) };
    case "ended":
      return { tone: "bad", label: "Disconnected", detail: connection.reason };
    default:
      return assertNever(connection);
  }
}

function describeBreak(state: ControlState, keeps: boolean): ConnectionNotice {
  if (isOffline(state)) {
    const reason =
      state.connection.kind === "offline" ? "There is no network." : "The host cannot be reached.";
    if (!canEdit(state)) return { tone: "off", label: "Offline", detail: reason };
    const where = keeps ? "this browser" : "this tab only";
    const detail = `${reason} What you type is kept in ${where}, and sent when the connection is back.`;
    return { tone: "off", label: "Offline, editing", detail };
  }
  if (!state.everConnected) {
    return { tone: "busy", label: "Connecting", detail: describeBoot(state) };
  }
  const detail = "You can keep editing; edits are sent when the connection is back.";
  return { tone: "busy", label: "Reconnecting", detail };
}

function nextTry(connection: ConnectionState, nowMs: number): { readonly next?: string } {
  if (connection.kind !== "waiting") return {};
  return { next: `next try in ${Math.max(0, Math.ceil((connection.retryAtMs - nowMs) / 1000))} s` };
}

function describeLatency(latencyMs: number | undefined): ConnectionNotice {
  if (latencyMs === undefined) return { tone: "good", label: "Live", detail: "Connected." };
  const label = `Live ${Math.max(1, Math.round(latencyMs))} ms`;
  if (latencyMs < FAIR_LATENCY_MS) return { tone: "good", label, detail: "Connected." };
  if (latencyMs < BAD_LATENCY_MS) {
    return { tone: "fair", label, detail: "Connected; the network is a little slow." };
  }
  return {
    tone: "bad",
    label: `Slow ${Math.round(latencyMs)} ms`,
    detail: "The connection is slow; what you type reaches others late.",
  };
}

/** The stage the container is in, with its progress when it has one. */
export function describeBoot({ boot }: ControlState): string {
  if (boot === undefined) return "Reaching the host";
  const label = bootLabels[boot.stage];
  if (boot.total <= 0) return label;
  return `${label} ${Math.min(100, Math.floor((100 * boot.progress) / boot.total))} %`;
}

function isSilentBreak(state: ControlState, nowMs: number): boolean {
  return state.lostAtMs !== undefined && nowMs - state.lostAtMs < SILENT_BREAK_MS;
}

/** Whether changes can reach the container now. */
export function isLive(state: ControlState): boolean {
  return state.connection.kind === "connected";
}

/**
 * Whether there is no telling when changes can reach the container. A page that has not reached it yet
 * is offline with the first failure: its host was there a moment ago, or is not there at all.
 */
export function isOffline({ connection, everConnected }: ControlState): boolean {
  if (connection.kind === "offline") return true;
  const isTrying = connection.kind === "waiting" || connection.kind === "connecting";
  return isTrying && connection.attempt >= (everConnected ? OFFLINE_AFTER_ATTEMPTS : 1);
}

/** Whether the page knows nothing of the room, which is not the same as that there is nothing. */
export function isUnreached(state: ControlState): boolean {
  return !state.everConnected && isOffline(state);
}

/** Why somebody with such a link cannot type. */
export const VIEW_ONLY = "Your link lets you look, follow and chat.";

/** Whether my role may change anything. Before the role is known the container decides. */
export function canEdit(state: ControlState): boolean {
  return state.role !== "viewer";
}

/** Whether the host gives me links to invite with. */
export function canInvite(state: ControlState): boolean {
  return state.role === "owner";
}

export interface ControlActions {
  retryNow(): void;
  /** Somebody looks at the page again. */
  wake(): void;
  rename(name: string): Promise<string | undefined>;
  leave(): void;
}

export function createControlActions(
  client: Client,
  rememberName: (name: string) => void,
): ControlActions {
  return {
    retryNow: () => client.connection.retryNow(),
    wake: () => client.connection.wake(),
    async rename(name) {
      const result = await client.connection.rename(name);
      if (result.ok) rememberName(name);
      return result.ok ? undefined : result.error.message;
    },
    leave: () => client.connection.leave(),
  };
}
