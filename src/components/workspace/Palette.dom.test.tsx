// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import { activeFile } from "#store/ui/layout.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { Overlays } from "./Overlays.tsx";

afterEach(cleanup);

const files = { "main.py": "", "src/main.ts": "", "src/other.ts": "" };
const options = () => screen.getAllByRole("option", { hidden: true }).map((o) => o.textContent);
const field = () => screen.getByRole("combobox", { hidden: true });

function open(query: string) {
  const page = renderIde(<Overlays />, files);
  page.ide.actions.overlay.open({ kind: "palette", query });
  return page;
}

describe("the palette", () => {
  it("finds a file by its letters and opens it on Enter", async () => {
    const { ide } = open("");
    await waitFor(() => expect(options()).toHaveLength(3));
    fireEvent.change(field(), { target: { value: "oth" } });
    expect(options()).toEqual(["other.tssrc"]);
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() => expect(activeFile(ide.store.getState().layout)).toBe("src/other.ts"));
    expect(ide.store.getState().overlay.open).toBeUndefined();
  });

  it("lists commands with their keys, and does the chosen one", async () => {
    const { ide } = open(">");
    fireEvent.change(await waitFor(field), { target: { value: ">settings" } });
    expect(options()[0]).toBe("SettingsViewCtrl+,");
    fireEvent.keyDown(field(), { key: "Enter" });
    await waitFor(() => expect(ide.store.getState().overlay.open?.kind).toBe("settings"));
  });

  it("goes round with the arrow keys", async () => {
    open("");
    await waitFor(() => expect(options()).toHaveLength(3));
    fireEvent.keyDown(field(), { key: "ArrowUp" });
    const chosen = screen.getAllByRole("option", { hidden: true, selected: true });
    expect(chosen.map((o) => o.textContent)).toEqual([options()[2]]);
  });
});
