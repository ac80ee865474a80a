// @vitest-environment happy-dom
import { cleanup, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { commands } from "#store/ui/commands.ts";
import { activePane } from "#store/ui/layout.ts";
import { filePane } from "#store/ui/panes.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { EditorPane } from "./EditorPane.tsx";

beforeEach(() => {
  vi.stubGlobal("matchMedia", () => ({ matches: true, addEventListener: () => {} }));
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("on a touch screen, no command is offered that only the other editor has", async () => {
  const pane = filePane("a.txt");
  const { ide } = renderIde(<EditorPane pane={pane} path="a.txt" />, { "a.txt": "one\n" });
  ide.actions.layout.openFile("a.txt");
  await waitFor(() => expect(ide.actions.editors.handle(pane)).toBeDefined());
  expect(activePane(ide.store.getState().layout)).toBe(pane);
  const offered = commands.filter(({ when }) => when?.(ide) ?? true).map(({ id }) => id);
  for (const id of ["go.line", "comments.add", "people.share"]) expect(offered).toContain(id);
  for (const id of ["edit.find", "edit.replace", "edit.comment"]) expect(offered).not.toContain(id);
});
