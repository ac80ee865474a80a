import { assertNever } from "#common/lib/assertNever.ts";
import type { Cell } from "#common/lib/cell.ts";
import type { Client } from "#protocol/client.ts";
import type { RunEvent } from "#protocol/services/run.ts";

export interface RunState {
  /** Undefined until the container has told for the first time. */
  readonly told: true | undefined;
  readonly running: boolean;
  /** When this page saw it start; undefined when it did not. */
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  /** How it ended, once the container tells. */
  readonly exitCode: number | undefined;
  readonly command: readonly string[];
  readonly reason: string;
  /** What the container thinks would help. */
  readonly hint: string | undefined;
  readonly failure: string | undefined;
  /** I pressed Run or Stop and nothing was heard of it yet. */
  readonly asked: "start" | "stop" | undefined;
}

export const initialRun: RunState = {
  told: undefined,
  running: false,
  startedAtMs: undefined,
  endedAtMs: undefined,
  exitCode: undefined,
  command: [],
  reason: "",
  hint: undefined,
  failure: undefined,
  asked: undefined,
};

export function applyRun(state: RunState, event: RunEvent, nowMs: number): RunState {
  switch (event.kind) {
    case "running":
      if (state.running) return { ...state, asked: undefined };
      return {
        ...state,
        told: true,
        running: true,
        // What ran before this page came may have run for hours (RU8).
        startedAtMs: state.told && nowMs,
        endedAtMs: undefined,
        exitCode: undefined,
        hint: undefined,
        failure: undefined,
        asked: undefined,
      };
    case "stopped":
      return {
        ...state,
        told: true,
        running: false,
        endedAtMs: state.running ? nowMs : state.endedAtMs,
        asked: undefined,
      };
    case "exited":
      return { ...state, exitCode: event.code };
    case "info":
      return { ...state, command: event.command, reason: event.reason };
    case "hint":
      return { ...state, hint: event.text };
    case "failed":
      return { ...state, failure: event.message, asked: undefined };
    default:
      return assertNever(event);
  }
}

/** How long it ran, or has been running. */
export function runDurationMs(state: RunState, nowMs: number): number | undefined {
  if (state.startedAtMs === undefined) return undefined;
  return Math.max(0, (state.running ? nowMs : (state.endedAtMs ?? nowMs)) - state.startedAtMs);
}

/** `4.2 s`, `1 min 04 s`, `2 h 03 min`: short enough for a button. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const two = (value: number) => String(value).padStart(2, "0");
  if (minutes < 60) return `${minutes} min ${two(Math.floor(seconds % 60))} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

export interface RunActions {
  start(): Promise<void>;
  stop(): Promise<void>;
  clear(): void;
  dismissHint(): void;
}

export function createRunActions({ run }: Client, cell: Cell<RunState>): RunActions {
  async function ask(what: "start" | "stop"): Promise<void> {
    cell.update((state) => ({ ...state, asked: what, failure: undefined }));
    const result = await run[what]();
    cell.update((state) => ({
      ...state,
      asked: undefined,
      failure: result.ok ? state.failure : result.error.message,
    }));
  }
  return {
    start: () => ask("start"),
    stop: () => ask("stop"),
    clear: () => run.clear("run"),
    dismissHint: () => cell.update((state) => ({ ...state, hint: undefined })),
  };
}
