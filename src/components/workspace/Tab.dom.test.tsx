// @vitest-environment happy-dom
import { act, cleanup, screen } from "@testing-library/react";
import { afterEach, expect, it } from "vitest";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { Tab } from "./Tab.tsx";

afterEach(cleanup);

function showTab(...names: readonly string[]): HTMLElement {
  const { client } = renderIde(
    <Tab
      pane="file:src/a.ts"
      active
      siblings={["file:src/a.ts"]}
      folder={undefined}
      onPress={() => {}}
      onDrag={() => {}}
      onDrop={() => {}}
    />,
  );
  const events = names.flatMap((name, index) => {
    const person = { session: 3 + index, userId: 7 + index, name, role: "editor" } as const;
    return [
      { kind: "joined", person } as const,
      { kind: "opened-file", session: person.session, path: "src/a.ts" } as const,
    ];
  });
  act(() => client.emit(...events.map((event) => ({ slice: "presence" as const, event }))));
  return screen.getByRole("tab");
}

/** What the discs of a tab show, which is drawn and never spoken. */
const letters = (tab: HTMLElement) =>
  [...tab.querySelectorAll<HTMLElement>(".avatar-stack > *")].map(
    ({ dataset }) => dataset["initials"] ?? dataset["rest"],
  );

it("shows who is in a file by one letter each, and says the names", () => {
  const tab = showTab("Lin", "Grace Hopper");
  expect(letters(tab)).toEqual(["L", "G"]);
  expect(tab.getAttribute("aria-label")).toBe("a.ts, Lin, Grace Hopper here");
  expect(tab.dataset["tip"]).toContain("Lin, Grace Hopper here");
});

it("counts those for whom a tab has no room, and still says their names", () => {
  const tab = showTab("Lin", "Grace Hopper", "Kim", "Ada");
  expect(letters(tab)).toEqual(["L", "G", "+2"]);
  expect(tab.getAttribute("aria-label")).toBe("a.ts, Lin, Grace Hopper, Kim, Ada here");
});

it("shows the sign of a file that nobody else is in", () => {
  const tab = showTab();
  expect(letters(tab)).toEqual([]);
  expect(tab.querySelector("svg")).not.toBeNull();
});
