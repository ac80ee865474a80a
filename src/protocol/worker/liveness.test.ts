import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { Liveness, PING_INTERVAL_MS, PROBE_INTERVAL_MS } from "./liveness.ts";

function watch() {
  const clock = new FakeClock();
  const pings: string[] = [];
  const latencies: number[] = [];
  const dead: number[] = [];
  const startMs = clock.now();
  const liveness = new Liveness({
    clock,
    sendPing: (ref) => pings.push(ref),
    onDead: () => dead.push(clock.now() - startMs),
    onLatency: (medianMs) => latencies.push(medianMs),
  });
  return { clock, liveness, pings, latencies, dead };
}

describe("liveness of a connection", () => {
  it("[CL7] pings at once and then every ten seconds, as long as anything is heard", () => {
    const { clock, liveness, pings, dead } = watch();
    for (let second = 0; second < 60; second++) {
      liveness.heard();
      clock.advance(1000);
    }
    expect(pings).toHaveLength(7);
    expect(dead).toEqual([]);
  });

  it("[CL7] takes a peer for dead that leaves two pings without any answer", () => {
    const { clock, pings, dead } = watch();
    clock.advance(PING_INTERVAL_MS * 3);
    expect(pings).toHaveLength(2);
    expect(dead).toEqual([2 * PING_INTERVAL_MS]);
  });

  it("[CL7] finds out within seconds when something gives reason for doubt", () => {
    const { clock, liveness, dead } = watch();
    liveness.heard();
    clock.advance(1000);
    liveness.probe();
    clock.advance(2 * PROBE_INTERVAL_MS);
    expect(dead).toEqual([1000 + 2 * PROBE_INTERVAL_MS]);
  });

  it("[CL7] goes back to its usual pace once the peer has answered a probe", () => {
    const { clock, liveness, pings, dead } = watch();
    liveness.probe();
    liveness.heard();
    clock.advance(PROBE_INTERVAL_MS);
    liveness.heard();
    const before = pings.length;
    clock.advance(PING_INTERVAL_MS - 1);
    expect(pings.length).toBe(before);
    expect(dead).toEqual([]);
  });

  it("[CL7] probes after the machine has slept, and blames nobody for that time", () => {
    let nowMs = 0;
    const timers: (() => void)[] = [];
    const dead: string[] = [];
    const pings: string[] = [];
    new Liveness({
      clock: {
        now: () => nowMs,
        after: (_delayMs, callback) => {
          timers.push(callback);
          return () => timers.splice(timers.indexOf(callback), 1);
        },
      },
      sendPing: (ref) => pings.push(ref),
      onDead: () => dead.push("dead"),
      onLatency: () => {},
    });
    const fire = (): void => timers.shift()?.();
    nowMs += PING_INTERVAL_MS;
    fire();
    nowMs += 3_600_000;
    fire();
    expect(pings).toHaveLength(3);
    expect(dead).toEqual([]);
    nowMs += PROBE_INTERVAL_MS;
    fire();
    nowMs += PROBE_INTERVAL_MS;
    fire();
    expect(dead).toEqual(["dead"]);
  });

  it("tells the median of the last pongs, and ignores strange ones and the first", () => {
    const { clock, liveness, pings, latencies } = watch();
    for (const latencyMs of [900, 20, 500, 30]) {
      clock.advance(latencyMs);
      liveness.heard();
      liveness.handlePong(pings.at(-1) ?? "");
      liveness.handlePong("ping-of-somebody");
      clock.advance(PING_INTERVAL_MS - latencyMs);
    }
    expect(latencies).toEqual([20, 20, 30]);
  });

  it("is silent once stopped", () => {
    const { clock, liveness, pings, dead } = watch();
    liveness.stop();
    clock.advance(PING_INTERVAL_MS * 5);
    expect(pings).toHaveLength(1);
    expect(dead).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
