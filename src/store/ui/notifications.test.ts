import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import {
  createNotificationActions,
  initialNotifications,
  shownNotice,
  type NotificationsState,
} from "./notifications.ts";

function make(isQuiet = false) {
  const clock = new FakeClock();
  let state: NotificationsState = initialNotifications;
  const cell = {
    get: () => state,
    update: (change: (value: NotificationsState) => NotificationsState) => {
      state = change(state);
    },
  };
  const actions = createNotificationActions(cell, clock, () => isQuiet);
  return { clock, actions, shown: () => shownNotice(state)?.text, list: () => state.list };
}

describe("notices", () => {
  it("come one after another, the sooner when others wait, and stay in the list", () => {
    const { clock, actions, shown, list } = make();
    for (const text of ["one", "two"]) actions.notify({ text });
    expect(shown()).toBe("one");
    clock.advance(2_500);
    expect(shown()).toBe("two");
    clock.advance(5_999);
    expect(shown()).toBe("two");
    clock.advance(1);
    expect(shown()).toBeUndefined();
    expect(list().map(({ text }) => text)).toEqual(["two", "one"]);
  });

  it("wait while someone looks", () => {
    const { clock, actions, shown } = make();
    actions.notify({ text: "one" });
    actions.hold(true);
    actions.notify({ text: "two" });
    clock.advance(60_000);
    expect(shown()).toBe("one");
    actions.hold(false);
    clock.advance(2_500);
    expect(shown()).toBe("two");
  });

  it("make way for the next when they are closed or acted upon", () => {
    const { actions, shown, list } = make();
    const done: string[] = [];
    actions.notify({ text: "one", action: { label: "Do", run: () => done.push("one") } });
    for (const text of ["two", "three"]) actions.notify({ text });
    actions.act(list().at(-1)?.id ?? 0);
    expect([shown(), ...done]).toEqual(["two", "one"]);
    actions.dismiss(list()[1]?.id ?? 0);
    expect(shown()).toBe("three");
  });

  it("keep in the list what they lead to, and not what they take back", () => {
    const { clock, actions, list } = make();
    const done: string[] = [];
    const go = { label: "Go", isLasting: true, run: () => done.push("go") };
    actions.notify({ text: "lead", action: go });
    actions.notify({ text: "undo", action: { label: "Undo", run: () => done.push("undo") } });
    clock.advance(60_000);
    const ids = list().map(({ id }) => id);
    expect(list().map(({ actionLabel }) => actionLabel)).toEqual([undefined, "Go"]);
    for (const id of [...ids, ...ids]) actions.act(id);
    expect(done).toEqual(["go", "go"]);
  });

  it("stay in the list while one wants quiet, but for errors", () => {
    const { actions, shown, list } = make(true);
    actions.notify({ text: "hello" });
    expect(shown()).toBeUndefined();
    actions.notify({ text: "no room", tone: "error" });
    expect(shown()).toBe("no room");
    expect(list()).toHaveLength(2);
  });
});
