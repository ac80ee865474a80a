import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok } from "#common/lib/result.ts";
import { listAllFiles, type FileListSources } from "./fileList.ts";

const denied = () => Promise.resolve(fail(new RequestError("denied", "no")));

function sources(init: Partial<FileListSources>): FileListSources {
  return { run: denied, readdir: denied, ...init };
}

describe("the list of all files", () => {
  it("is what git says, without what is deleted", async () => {
    const output = "H src/a.ts\0H gone\0? new file\0R gone\0H 0\0";
    const ran: string[] = [];
    const run = (args: readonly string[]) => {
      ran.push(args[0] ?? "");
      return Promise.resolve(ok({ output }));
    };
    expect(await listAllFiles(sources({ run }))).toEqual(ok(["0", "new file", "src/a.ts"]));
    expect(ran).toEqual(["git"]);
  });

  it("is what find says where git knows nothing", async () => {
    const run = ([program]: readonly string[]) =>
      Promise.resolve(
        program === "git"
          ? ok({ output: "fatal: not a git repository", failed: "exit status 128" })
          : ok({ output: "./b\0./a/c\0find: permission denied\n", failed: "exit status 1" }),
      );
    expect(await listAllFiles(sources({ run }))).toEqual(ok(["a/c", "b"]));
  });

  it("is found by walking where nothing may be run, without the usual ballast", async () => {
    const tree: Record<string, readonly string[]> = {
      ".": ["a", "src/", "node_modules/", ".git/", "locked/"],
      src: ["b", "deep/"],
      "src/deep": ["c"],
      node_modules: ["x"],
      ".git": ["config"],
    };
    const asked: string[] = [];
    const readdir = (path: string) => {
      asked.push(path);
      const names = tree[path];
      if (names === undefined) return denied();
      return Promise.resolve(
        ok(
          names.map((name) => ({
            name: name.replace("/", ""),
            kind: name.endsWith("/") ? ("directory" as const) : ("file" as const),
          })),
        ),
      );
    };
    expect(await listAllFiles(sources({ readdir }))).toEqual(ok(["a", "src/b", "src/deep/c"]));
    expect(asked.toSorted()).toEqual([".", "locked", "src", "src/deep"]);
  });

  it("ends, however large the tree is", async () => {
    let asked = 0;
    const readdir = () => {
      asked += 1;
      const kind = "directory" as const;
      return Promise.resolve(ok(Array.from({ length: 100 }, (_, i) => ({ name: `${i}`, kind }))));
    };
    expect(await listAllFiles(sources({ readdir }))).toEqual(ok([]));
    expect(asked).toBeLessThan(10_000);
  });

  it("fails when not even the root can be read", async () => {
    expect(await listAllFiles(sources({}))).toMatchObject({ error: { code: "denied" } });
  });
});
