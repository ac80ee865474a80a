import { describe, expect, it } from "vitest";
import type { ControlEvent } from "#protocol/services/control.ts";
import {
  applyControl,
  canEdit,
  describeBoot,
  describeConnection,
  initialControl,
  isOffline,
  type ControlState,
} from "./control.ts";

const START = 100_000;

function after(...events: readonly (ControlEvent | number)[]): ControlState {
  let now = START;
  let state = initialControl;
  for (const event of events) {
    if (typeof event === "number") now = START + event;
    else state = applyControl(state, event, now);
  }
  return state;
}

const connected: ControlEvent = { kind: "connection", state: { kind: "connected" } };
const waiting: ControlEvent = {
  kind: "connection",
  state: { kind: "waiting", retryAtMs: START + 10_000, attempt: 2 },
};
const self = (role: "owner" | "editor" | "viewer"): ControlEvent => ({
  kind: "self",
  self: { userId: 1, session: 2, name: "Ada", role },
});

describe("connection notice", () => {
  it.each([
    [23, "good"],
    [99, "good"],
    [100, "fair"],
    [299, "fair"],
    [300, "bad"],
  ] as const)("tells %i ms in number and tone", (medianMs, tone) => {
    const state = after(connected, { kind: "latency", medianMs });
    const label = `${tone === "bad" ? "Slow" : "Live"} ${medianMs} ms`;
    expect(describeConnection(state, START)).toMatchObject({ tone, label });
  });

  it("stays silent for a short break and then counts down", () => {
    const state = after(connected, 1_000, waiting);
    expect(describeConnection(state, START + 2_000).label).toBe("Live");
    expect(describeConnection(state, START + 2_600)).toMatchObject({
      label: "Reconnecting",
      next: "next try in 8 s",
    });
    expect(describeConnection(state, START + 99_000).next).toBe("next try in 0 s");
  });

  it("counts the break from its beginning, however many attempts it takes", () => {
    const again: ControlEvent = { kind: "connection", state: { kind: "connecting", attempt: 2 } };
    const state = after(connected, 1_000, waiting, 5_000, again);
    expect(describeConnection(state, START + 5_000).label).toBe("Reconnecting");
  });

  it("is offline after three attempts, and stays so while the next one is made", () => {
    const fourth = { kind: "connecting", attempt: 3 } as const;
    for (const state of [{ ...fourth, kind: "waiting", retryAtMs: START } as const, fourth]) {
      const told = after(connected, 1_000, { kind: "connection", state });
      expect(describeConnection(told, START + 9_000).label).toBe("Offline, editing");
      expect(isOffline(told)).toBe(true);
    }
    expect(isOffline(after(connected, 1_000, waiting))).toBe(false);
  });

  it("is offline at once without a network, or when the page came without its host", () => {
    const none: ControlEvent = { kind: "connection", state: { kind: "offline" } };
    const { label, detail } = describeConnection(after(none), START);
    expect([label, detail.startsWith("There is no network.")]).toEqual(["Offline, editing", true]);
    expect(describeConnection(after(waiting), START)).toMatchObject({
      label: "Offline, editing",
      next: "next try in 10 s",
    });
    expect(describeConnection(after(self("viewer"), none), START)).toEqual({
      tone: "off",
      label: "Offline",
      detail: "There is no network.",
    });
  });

  it("gives the reason of an end", () => {
    const ended: ControlEvent = {
      kind: "connection",
      state: { kind: "ended", reason: "This link has expired." },
    };
    expect(describeConnection(after(ended), START)).toEqual({
      tone: "bad",
      label: "Disconnected",
      detail: "This link has expired.",
    });
  });
});

describe("boot", () => {
  it("names the stage, with progress when there is some", () => {
    const pull: ControlEvent = { kind: "boot", stage: "pull-files", progress: 2, total: 5 };
    expect(describeBoot(after(pull))).toBe("Pulling files 40 %");
    expect(describeBoot(after({ ...pull, total: 0 }))).toBe("Pulling files");
    expect(describeBoot(initialControl)).toBe("Reaching the host");
  });
});

describe("ports", () => {
  const open = (port: number): ControlEvent => ({
    kind: "port-opened",
    port: { port, address: "127.0.0.1", command: ["node"] },
  });
  const numbers = (state: ControlState) => state.ports.map(({ port }) => port);

  it("come in the order of opening, each once, and go", () => {
    expect(numbers(after(open(1), open(2), open(1)))).toEqual([2, 1]);
    expect(numbers(after(open(1), open(2), { kind: "port-closed", port: 1 }))).toEqual([2]);
  });

  it("are told anew after a reconnect", () => {
    expect(numbers(after(connected, open(1), waiting))).toEqual([1]);
    expect(numbers(after(connected, open(1), waiting, connected))).toEqual([]);
  });
});

describe("role", () => {
  it("lets everyone but a viewer edit", () => {
    expect(canEdit(initialControl)).toBe(true);
    expect(canEdit(after(self("editor")))).toBe(true);
    expect(canEdit(after(self("viewer")))).toBe(false);
  });
});
