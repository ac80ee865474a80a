import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { parseReplPath } from "#container/paths.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { findProgram } from "./program.ts";

/** What is run in a folder of these files, as one line. */
async function lineFor(files: Readonly<Record<string, string>>, language = ""): Promise<string> {
  const { files: disk } = memoryPlatform();
  for (const [name, text] of Object.entries(files)) {
    await disk.write(parseReplPath(name), encodeUtf8(text));
  }
  const { command } = await findProgram(disk, language);
  return typeof command === "string" ? `$ ${command}` : command.join(" ");
}

const json = (value: unknown): string => JSON.stringify(value);

describe("[RU2] what is run", () => {
  it.each([
    ["$ make all && ./a.out", { ".replit": 'run = "make all && ./a.out"', "index.js": "" }],
    ["python3 -m app x y", { ".replit": 'run = ["python3", "-m", "app", "x y"]' }],
    ["python3 tool.py", { ".replit": 'entrypoint = "tool.py"', "index.js": "" }],
    ["npm run start", { "package.json": json({ scripts: { start: "x", dev: "y" } }) }],
    ["npm run dev", { "package.json": json({ scripts: { dev: "y" } }), "index.js": "" }],
    ["pnpm run start", { "package.json": json({ scripts: { start: "x" } }), "pnpm-lock.yaml": "" }],
    ["node lib/main.js", { "package.json": json({ main: "lib/main.js" }), "lib/main.js": "" }],
    ["node index.js", { "package.json": json({ main: "gone.js" }), "index.js": "" }],
    ["node index.js", { "index.js": "", "main.py": "" }],
    ["npx --yes tsx index.ts", { "index.ts": "" }],
    ["python3 main.py", { "main.py": "", "other.py": "" }],
    [".venv/bin/python main.py", { "main.py": "", ".venv/pyvenv.cfg": "" }],
    ["python3 fibonacci.py", { "fibonacci.py": "", "test_fibonacci.py": "" }],
    ["make run", { Makefile: "all:\n\ttrue\nrun: all\n\t./a.out\n" }],
    ["go run .", { "go.mod": "module x" }],
    ["cargo run", { "Cargo.toml": "" }],
    ["bash main.sh", { "main.sh": "" }],
    ["python3 -m http.server 8000", { "index.html": "" }],
  ])("is %s", async (line, files) => {
    expect(await lineFor(files as unknown as Record<string, string>)).toBe(line);
  });

  it("is of the repl's language first", async () => {
    expect(await lineFor({ "index.js": "", "main.py": "" }, "python3")).toBe("python3 main.py");
  });

  it.each([
    ["nothing to run", {}],
    ["nothing to run", { "a.py": "", "b.py": "" }],
    [".replit, line 2: ", { ".replit": 'language = "x"\nrun = "unfinished' }],
    [".replit: run must be text", { ".replit": "run = 3" }],
    ["package.json is not valid JSON", { "package.json": "{" }],
  ])("is told as %s… when there is none", async (why, files) => {
    await expect(lineFor(files as unknown as Record<string, string>)).rejects.toThrow(why);
  });
});
