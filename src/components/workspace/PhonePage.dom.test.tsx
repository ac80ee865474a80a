// @vitest-environment happy-dom
import { act, cleanup, fireEvent, screen } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { PhonePage } from "./PhonePage.tsx";

afterEach(cleanup);

/** A phone that shows one of its pages. */
function onPhone(tab: "files" | "more") {
  const { ide } = renderIde(<PhonePage />);
  act(() => {
    ide.actions.layout.setWidth(390);
    ide.actions.layout.showPhoneTab(tab);
  });
  return ide;
}

describe("the pages of a phone", () => {
  it("lead to what the rail leads to elsewhere", () => {
    const ide = onPhone("more");
    fireEvent.click(screen.getByRole("button", { name: "All comments" }));
    expect(screen.getByText("No comments yet")).toBeDefined();
    act(() => ide.actions.layout.showPhoneTab("more"));
    fireEvent.click(screen.getByRole("button", { name: "Search in all files" }));
    expect(screen.getByRole("textbox", { name: "Search in all files" })).toBeDefined();
  });

  it("show people in the tab that is theirs", () => {
    const ide = onPhone("files");
    act(() => ide.actions.layout.showSidebar("people"));
    expect(screen.getByRole("tab", { name: "People", selected: true })).toBeDefined();
  });
});
