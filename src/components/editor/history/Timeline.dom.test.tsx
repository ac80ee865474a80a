// @vitest-environment happy-dom
import { cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { Versions } from "#common/ot/versions.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { sessionsOf } from "./sessions.ts";
import { SessionList } from "./SessionList.tsx";
import { Timeline } from "./Timeline.tsx";

afterEach(cleanup);

const HOUR_MS = 60 * 60_000;

/** 400 versions of two people, in two sessions of 200. */
function longHistory(): Versions {
  const versions = new Versions();
  for (let version = 1; version <= 400; version++) {
    const startMs = version <= 200 ? 0 : HOUR_MS;
    versions.push(["x"], version <= 200 ? 1 : 42, startMs + version * 1000);
  }
  return versions;
}

function show(version: number, base?: number, total = 400) {
  const versions = longHistory();
  const sessions = sessionsOf(versions);
  const chosen: number[] = [];
  const chosenBase: number[] = [];
  const named = [{ version: 120, name: "Handed in", userId: 1 }];
  const words = "Ada ran the program, and it failed";
  const deeds = [{ version: 30, kind: "failed", atMs: 1000, words }] as const;
  renderIde(
    <>
      <Timeline
        versions={versions}
        sessions={sessions}
        named={named}
        deeds={deeds}
        total={total}
        version={version}
        base={base}
        onChoose={(next) => chosen.push(next)}
        onChooseBase={(next) => chosenBase.push(next)}
      />
      <SessionList
        sessions={sessions}
        named={named}
        version={version}
        onChoose={(next) => chosen.push(next)}
      />
    </>,
  );
  return { chosen, chosenBase };
}

test("the slider says whose version it is, and takes pages of a hundred", () => {
  const { chosen } = show(150);
  const slider = screen.getByRole("slider", { name: "Version" });
  expect(slider.getAttribute("aria-valuetext")).toMatch(/^Version 150 of 400, Ada, /);
  fireEvent.keyDown(slider, { key: "PageUp" });
  fireEvent.keyDown(slider, { key: "PageDown" });
  fireEvent.change(slider, { target: { value: "399" } });
  expect(chosen).toEqual([50, 250, 399]);
});

test("what is still being read has its room, and the newest can be shown before", () => {
  const { chosen } = show(4000, undefined, 4000);
  const slider = screen.getByRole("slider", { name: "Version" });
  expect(slider.getAttribute("max")).toBe("4000");
  expect(slider.getAttribute("aria-valuetext")).toBe(
    "The newest of 4000 versions, of which 400 are read",
  );
  fireEvent.change(slider, { target: { value: "2000" } });
  expect(chosen).toEqual([2000]);
});

test("a page goes no further than the ends", () => {
  const { chosen } = show(390);
  fireEvent.keyDown(screen.getByRole("slider", { name: "Version" }), { key: "PageDown" });
  expect(chosen).toEqual([400]);
});

test("what is compared has a slider of its own", () => {
  const { chosen, chosenBase } = show(150, 7);
  fireEvent.keyDown(screen.getByRole("slider", { name: "Compared version" }), { key: "PageDown" });
  expect([chosen, chosenBase]).toEqual([[], [107]]);
});

test("sessions are listed by their people, the latest first, with the names of versions", () => {
  const { chosen } = show(150);
  const [latest, first, name] = screen
    .getByRole("navigation", { name: "Sessions of work" })
    .querySelectorAll("button");
  expect(latest?.textContent).toContain("Someone");
  expect(first?.textContent).toContain("Ada");
  expect(first?.textContent).toContain("200 edits");
  expect(first?.getAttribute("aria-current")).toBe("true");
  expect(name?.textContent).toBe("Handed in");
  for (const button of [latest, first, name]) if (button) fireEvent.click(button);
  fireEvent.click(screen.getByRole("button", { name: "Go to Handed in" }));
  expect(chosen).toEqual([400, 200, 120, 120]);
});

test("a run is a mark that leads to the version that it ran", () => {
  const { chosen } = show(150);
  fireEvent.click(
    screen.getByRole("button", { name: "Ada ran the program, and it failed: go there" }),
  );
  expect(chosen).toEqual([30]);
});
