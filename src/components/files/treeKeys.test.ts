import { describe, expect, it } from "vitest";
import type { FileRow } from "#store/files.ts";
import { keyStep, withNaming } from "./treeKeys.ts";

/** `src/ src/lib/ src/a.ts main.py`: directories end in a slash; `+` in front means expanded. */
function rowsOf(text: string): readonly FileRow[] {
  return text.split(" ").map((word) => {
    const path = word.replace(/^\+|\/$/g, "").replace(/\/$/, "");
    return {
      path,
      name: path.slice(path.lastIndexOf("/") + 1),
      kind: word.endsWith("/") ? "directory" : "file",
      depth: path.split("/").length - 1,
      expanded: word.startsWith("+"),
      position: 1,
      siblings: 1,
      dimmed: false,
      loading: false,
    };
  });
}

const rows = rowsOf("+src/ src/lib/ src/a.ts src/b.ts main.py readme.md");

describe("keys", () => {
  it("go up and down, and stop at the ends", () => {
    expect(keyStep("ArrowDown", rows, 0)).toEqual({ kind: "go", index: 1 });
    expect(keyStep("ArrowDown", rows, 5)).toEqual({ kind: "go", index: 5 });
    expect(keyStep("ArrowUp", rows, 0)).toEqual({ kind: "go", index: 0 });
    expect(keyStep("End", rows, 0)).toEqual({ kind: "go", index: 5 });
  });

  it("open a folder, then go into it", () => {
    expect(keyStep("ArrowRight", rows, 1)).toEqual({ kind: "toggle", expanded: true });
    expect(keyStep("ArrowRight", rows, 0)).toEqual({ kind: "go", index: 1 });
    expect(keyStep("ArrowRight", rows, 4)).toBeUndefined();
  });

  it("close a folder, or go to the one around", () => {
    expect(keyStep("ArrowLeft", rows, 0)).toEqual({ kind: "toggle", expanded: false });
    expect(keyStep("ArrowLeft", rows, 3)).toEqual({ kind: "go", index: 0 });
    expect(keyStep("ArrowLeft", rows, 4)).toBeUndefined();
  });

  it("find the next row by its first letter, around the end", () => {
    expect(keyStep("m", rows, 0)).toEqual({ kind: "go", index: 4 });
    expect(keyStep("A", rows, 4)).toEqual({ kind: "go", index: 2 });
    expect(keyStep("x", rows, 0)).toBeUndefined();
    expect(keyStep("Enter", rows, 0)).toBeUndefined();
  });
});

describe("the field for a name", () => {
  const draw = (...args: Parameters<typeof withNaming>) =>
    withNaming(...args).map((line) => (line.kind === "row" ? line.row.path : `?${line.depth}`));

  it("takes the place of the row that is renamed", () => {
    expect(draw(rows, { kind: "rename", path: "src/a.ts" })).toEqual([
      "src",
      "src/lib",
      "?1",
      "src/b.ts",
      "main.py",
      "readme.md",
    ]);
  });

  it("stands first in its folder for a folder, below the folders for a file", () => {
    const at = (entry: "file" | "directory", parent: string) =>
      draw(rows, { kind: "create", parent, entry }).indexOf(parent === "." ? "?0" : "?1");
    expect(at("directory", "src")).toBe(1);
    expect(at("file", "src")).toBe(2);
    expect(at("directory", ".")).toBe(0);
    expect(at("file", ".")).toBe(4);
  });
});
