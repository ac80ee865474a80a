import { describe, expect, it } from "vitest";
import type { FilesEvent } from "#protocol/services/files.ts";
import {
  applyFiles,
  fileRows,
  initialFiles,
  nameProblem,
  targetDirectory,
  topSelected,
  type FilesState,
} from "./files.ts";
import { ancestors, freeName, isInside, moved, normal } from "./files/paths.ts";

/** `src/ main.py` listed at `.`: names ending in a slash are directories. */
function listed(path: string, names: string): FilesEvent {
  const entries = names.split(" ").map((name) => ({
    name: name.replace("/", ""),
    kind: name.endsWith("/") ? ("directory" as const) : ("file" as const),
  }));
  return { kind: "listed", path, entries };
}

const project: FilesState = [
  listed(".", "main.py file10.txt file2.txt src/ .env"),
  listed("src", "b.ts a.ts lib/"),
].reduce(applyFiles, { ...initialFiles, expanded: new Set(["src"]) });

const draw = (state: FilesState) => fileRows(state).map(({ path }) => path);

describe("rows", () => {
  it("has directories first and numbers as people count", () => {
    expect(draw(project)).toEqual([
      "src",
      "src/lib",
      "src/a.ts",
      "src/b.ts",
      ".env",
      "file2.txt",
      "file10.txt",
      "main.py",
    ]);
  });

  it("knows each row's place among its siblings", () => {
    const [src, lib] = fileRows(project);
    expect(src).toMatchObject({ depth: 0, position: 1, siblings: 5, expanded: true });
    expect(lib).toMatchObject({ depth: 1, position: 1, siblings: 3, expanded: false });
  });

  it("is the same object while nothing changed", () => {
    expect(fileRows(project)).toBe(fileRows({ ...project, focused: "main.py" }));
  });

  it("dims or leaves out what is hidden", () => {
    expect(fileRows(project).find(({ path }) => path === ".env")?.dimmed).toBe(true);
    expect(draw({ ...project, showHidden: false })).not.toContain(".env");
  });

  it("shows an expanded directory as loading until it is listed", () => {
    const open = { ...project, expanded: new Set(["src", "src/lib"]) };
    expect(fileRows(open).find(({ path }) => path === "src/lib")?.loading).toBe(true);
  });
});

describe("events", () => {
  it("puts a new file in its place, in listed directories only", () => {
    const state = applyFiles(project, { kind: "created", path: "src/aa.ts", entry: "file" });
    expect(draw(state).slice(2, 5)).toEqual(["src/a.ts", "src/aa.ts", "src/b.ts"]);
    const unseen: FilesEvent = { kind: "created", path: "src/lib/x.ts", entry: "file" };
    expect(applyFiles(project, unseen).directories).toEqual(project.directories);
  });

  it("is told twice of one file without showing two", () => {
    const created: FilesEvent = { kind: "created", path: "new.ts", entry: "file" };
    const state = applyFiles(applyFiles(project, created), created);
    expect(draw(state).filter((path) => path === "new.ts")).toHaveLength(1);
  });

  it("forgets everything inside a removed directory", () => {
    const busy = { ...project, selected: new Set(["src/a.ts", "main.py"]), focused: "src/a.ts" };
    const state = applyFiles(busy, { kind: "removed", path: "src" });
    expect(draw(state)).not.toContain("src");
    expect(state.directories["src"]).toBeUndefined();
    expect([...state.expanded]).toEqual([]);
    expect([...state.selected]).toEqual(["main.py"]);
    expect(state.focused).toBe(".");
  });

  it("takes a moved directory's content, expansion and selection along", () => {
    const busy = { ...project, selected: new Set(["src/a.ts"]), focused: "src/a.ts" };
    const state = applyFiles(busy, { kind: "moved", path: "src", to: "lib" });
    expect(draw(state).slice(0, 4)).toEqual(["lib", "lib/lib", "lib/a.ts", "lib/b.ts"]);
    expect([...state.selected]).toEqual(["lib/a.ts"]);
    expect(state.focused).toBe("lib/a.ts");
  });

  it("replaces a file that another one is moved over", () => {
    const state = applyFiles(project, { kind: "moved", path: "main.py", to: "file2.txt" });
    expect(draw(state).filter((path) => path === "file2.txt")).toHaveLength(1);
    expect(draw(state)).not.toContain("main.py");
  });
});

describe("selection", () => {
  it("leaves out what goes along with its directory", () => {
    const state = { ...project, selected: new Set(["src", "src/a.ts", "main.py"]) };
    expect(topSelected(state)).toEqual(["src", "main.py"]);
  });

  it("creates beside a file and inside a directory", () => {
    expect(targetDirectory({ ...project, focused: "src/a.ts" })).toBe("src");
    expect(targetDirectory({ ...project, focused: "src/lib" })).toBe("src/lib");
    expect(targetDirectory(project)).toBe(".");
  });
});

describe("names", () => {
  it.each([
    ["", "A name is needed."],
    ["  ", "A name is needed."],
    ["..", "This name is not allowed."],
    ["a/../b", "This name is not allowed."],
    ["main.py", "main.py already exists here."],
    ["new.py", undefined],
    ["deep/new.py", undefined],
  ])("%j: %s", (name, problem) => expect(nameProblem(project, ".", name)).toBe(problem));

  it("may stay what it is", () => {
    expect(nameProblem(project, ".", "main.py", "main.py")).toBeUndefined();
  });
});

describe("paths", () => {
  it("have one spelling", () => {
    expect(["", "./", "."].map(normal)).toEqual([".", ".", "."]);
    expect(normal("./a//b/")).toBe("a/b");
  });

  it("know what is inside what", () => {
    expect(isInside("src/a", "src")).toBe(true);
    expect(isInside("src2", "src")).toBe(false);
    expect(isInside("any", ".")).toBe(true);
    expect(moved("src2/a", "src", "lib")).toBe("src2/a");
    expect(ancestors("a/b/c")).toEqual(["a", "a/b"]);
  });

  it("find a free name before the extension", () => {
    const taken = new Set(["a.txt", "a 2.txt", ".env", "bin"]);
    const free = (name: string) => freeName(name, (other) => taken.has(other));
    expect([free("b.txt"), free("a.txt"), free(".env"), free("bin")]).toEqual([
      "b.txt",
      "a 3.txt",
      ".env 2",
      "bin 2",
    ]);
  });
});
