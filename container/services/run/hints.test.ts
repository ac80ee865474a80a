import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { HintFinder } from "./hints.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-hints-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a real tool says. */
function outputOf(command: string, file?: readonly [name: string, text: string]): string {
  if (file !== undefined) writeFileSync(join(folder, file[0]), file[1]);
  const env = { ...process.env, FORCE_COLOR: "1" };
  const { stdout, stderr } = spawnSync("bash", ["-c", command], { cwd: folder, env });
  return `${String(stdout)}${String(stderr)}`;
}

function hintsOn(output: string): string[] {
  return new HintFinder().find(output);
}

describe("[RU7] hints on what tools say", () => {
  it.each([
    [
      "node a.js",
      ["a.js", "require('express/lib')"],
      "The package express is not installed. Try: npm install express",
    ],
    [
      "node b.mjs",
      ["b.mjs", "import '@scope/name/x'"],
      "The package @scope/name is not installed. Try: npm install @scope/name",
    ],
    [
      "node c.js",
      ["c.js", "require('./gone')"],
      "There is no file ./gone. Check its name and folder.",
    ],
    [
      "python3 d.py",
      ["d.py", "import cv2.x"],
      "The module cv2 is not installed. Try: pip install opencv-python",
    ],
    [
      "no_such_tool --version",
      undefined,
      "The command no_such_tool is not installed, or its name is misspelt.",
    ],
    [
      "sh -c no_such_tool",
      undefined,
      "The command no_such_tool is not installed, or its name is misspelt.",
    ],
    ["./e.sh", ["e.sh", "echo"], "./e.sh may not be run. Try: chmod +x ./e.sh"],
    [
      "npm run nothing",
      ["package.json", "{}"],
      'package.json has no script "nothing". npm run lists those it has.',
    ],
    [
      "node f.cjs",
      ["f.cjs", "import 'fs'"],
      'import needs "type": "module" in package.json, or a file name that ends with .mjs.',
    ],
    [
      "node g.mjs",
      ["g.mjs", "require('fs')"],
      "In a module write import instead of require, or name the file .cjs.",
    ],
  ] as const)("%s", (command, file, hint) => {
    expect(hintsOn(outputOf(command, file))).toEqual([hint]);
  });

  it.each([
    ["python3 h.py", ["h.py", "x = (\nprint(1"], /^Python cannot read .*h\.py, line \d: /],
    [
      "python3 i.py",
      ["i.py", "if True:\nprint(1)"],
      /^The indentation is wrong in .*i\.py, line 2\.$/,
    ],
    [
      "node j.js",
      ["j.js", "const x = ;"],
      /^JavaScript cannot read .*j\.js, line 1: Unexpected token/,
    ],
    ["python3 gone.py", undefined, /^There is no file .*gone\.py\./],
    ["node gone.js", undefined, /^There is no file \/.*gone\.js\./],
  ] as const)("%s, wherever it is", (command, file, hint) => {
    const hints = hintsOn(outputOf(command, file));
    expect(hints).toHaveLength(1);
    expect(hints[0]).toMatch(hint);
  });

  it("ports in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const node = outputOf(`node -e 'require("http").createServer().listen(${port}, "127.0.0.1")'`);
    const python = outputOf(`python3 -m http.server ${port} --bind 127.0.0.1`);
    server.close();
    const what = "Stop the other program, or choose another port.";
    expect(hintsOn(node)).toEqual([`Port ${port} is in use. ${what}`]);
    expect(hintsOn(python)).toEqual([`The port is in use. ${what}`]);
  });

  it("once each, in parts and with colours", () => {
    const finder = new HintFinder();
    expect(finder.find("ModuleNotFoundError: No mod")).toEqual([]);
    expect(finder.find("ule named \x1b[31m'flask'\x1b[0m\r\n")).toHaveLength(1);
    expect(finder.find("ModuleNotFoundError: No module named 'flask'\r\n")).toEqual([]);
    expect(finder.find("all is well\r\n")).toEqual([]);
  });
});
