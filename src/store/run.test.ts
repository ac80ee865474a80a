import { describe, expect, it } from "vitest";
import type { RunEvent } from "#protocol/services/run.ts";
import { applyRun, formatDuration, initialRun, runDurationMs, type RunState } from "./run.ts";

function after(...steps: readonly (readonly [number, RunEvent])[]): RunState {
  return steps.reduce<RunState>(
    (state, [nowMs, event]) => applyRun(state, event, nowMs),
    applyRun(initialRun, stopped, 0),
  );
}

const running: RunEvent = { kind: "running" };
const stopped: RunEvent = { kind: "stopped" };

describe("a run", () => {
  it("lasts from its start to its end", () => {
    const state = after([1_000, running]);
    expect(runDurationMs(state, 3_500)).toBe(2_500);
    const ended = applyRun(state, stopped, 4_000);
    expect(runDurationMs(ended, 99_000)).toBe(3_000);
  });

  it("that began before this page came has lasted nobody knows how long", () => {
    const state = applyRun(initialRun, running, 1_000);
    expect(state.running).toBe(true);
    expect(runDurationMs(state, 3_500)).toBeUndefined();
    const next = applyRun(applyRun(state, stopped, 4_000), running, 5_000);
    expect(runDurationMs(next, 5_500)).toBe(500);
  });

  it("is told twice without starting anew", () => {
    expect(after([1_000, running], [2_000, running]).startedAtMs).toBe(1_000);
  });

  it("ends with a status, which the next one forgets", () => {
    const ended = after([0, running], [1, stopped], [1, { kind: "exited", code: 3 }]);
    expect(ended.exitCode).toBe(3);
    expect(applyRun(ended, running, 2).exitCode).toBeUndefined();
  });

  it("forgets a hint and a failure when the next one starts", () => {
    const state = after(
      [0, { kind: "hint", text: "install flask" }],
      [0, { kind: "failed", message: "no command" }],
    );
    expect(state).toMatchObject({ hint: "install flask", failure: "no command" });
    expect(applyRun(state, running, 1)).toMatchObject({ hint: undefined, failure: undefined });
  });

  it("has no length before the first one", () => {
    expect(runDurationMs(initialRun, 5)).toBeUndefined();
    expect(runDurationMs(after([0, stopped]), 5)).toBeUndefined();
  });
});

describe("durations", () => {
  it.each([
    [420, "0.4 s"],
    [12_900, "12 s"],
    [64_000, "1 min 04 s"],
    [7_380_000, "2 h 03 min"],
  ])("%i ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text));
});
