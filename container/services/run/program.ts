import { parse, TomlError } from "smol-toml";
import { RequestError } from "#common/lib/errors.ts";
import { decodeUtf8 } from "#common/lib/utf8.ts";
import { parseReplPath, ROOT } from "../../paths.ts";
import type { FileSystem } from "../../platform.ts";

/** What Run runs. */
export interface Program {
  /** A line for a shell, or a program and its arguments. */
  readonly command: string | readonly [string, ...string[]];
  /** Why this one, for people. */
  readonly reason: string;
}

/**
 * Finds what to run: what `.replit` says, else what a project of this kind is started by (RU2).
 * Rejects with a sentence that says what to do when there is nothing.
 */
export async function findProgram(files: FileSystem, language: string): Promise<Program> {
  const configured = await fromConfig(files);
  if (configured !== undefined) return configured;
  const names = (await files.readdir(ROOT)).flatMap(({ name, kind }) => {
    return kind === "file" ? [name] : [];
  });
  const project: Project = { files, names: new Set(names) };
  const finders = isPython(language) ? [python, node, others] : [node, python, others];
  for (const find of finders) {
    const program = await find(project);
    if (program !== undefined) return program;
  }
  throw new RequestError(
    "not-found",
    'nothing to run: add a file .replit with a line such as run = "node index.js"',
  );
}

interface Project {
  readonly files: FileSystem;
  /** Names of the files in the project's folder. */
  readonly names: ReadonlySet<string>;
}

const CONFIG = ".replit";

async function fromConfig(files: FileSystem): Promise<Program | undefined> {
  const text = await readText(files, CONFIG);
  if (text === undefined) return undefined;
  let config: Record<string, unknown>;
  try {
    config = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const why = error.message.split("\n")[0]?.replace("Invalid TOML document: ", "") ?? "";
    throw new RequestError("bad-request", `${CONFIG}, line ${error.line}: ${why}`);
  }
  const run = config["run"];
  const reason = `the run line of ${CONFIG}`;
  if (typeof run === "string" && run.trim() !== "") return { command: run, reason };
  if (Array.isArray(run) && run.every((part) => typeof part === "string")) {
    const [program, ...args] = run as string[];
    if (program !== undefined) return { command: [program, ...args], reason };
  } else if (run !== undefined && typeof run !== "string") {
    throw new RequestError("bad-request", `${CONFIG}: run must be text, or a list of texts`);
  }
  const entrypoint = config["entrypoint"];
  if (typeof entrypoint !== "string") return undefined;
  const command = await commandFor(files, entrypoint);
  return command && { command, reason: `the entrypoint of ${CONFIG}` };
}

async function node({ files, names }: Project): Promise<Program | undefined> {
  const manifest = await packageManifest(files);
  for (const script of ["start", "dev"]) {
    if (typeof manifest?.scripts?.[script] !== "string") continue;
    const command = [packageManager(names), "run", script] as const;
    return { command, reason: `the ${script} script of package.json` };
  }
  const main = manifest?.main;
  if (typeof main === "string" && (await files.stat(parseReplPath(main)))?.kind === "file") {
    return { command: ["node", main], reason: "the main file of package.json" };
  }
  const stems = ["index", "main", "app", "server"];
  const extensions = ["js", "mjs", "cjs", "ts", "mts"];
  const usual = extensions.flatMap((extension) => stems.map((stem) => `${stem}.${extension}`));
  return byName(files, names, usual, /\.([cm]?js|m?ts)$/);
}

async function python({ files, names }: Project): Promise<Program | undefined> {
  return byName(files, names, ["main.py", "app.py", "__main__.py", "server.py"], /\.py$/);
}

async function others({ files, names }: Project): Promise<Program | undefined> {
  const makefile = names.has("Makefile") ? await readText(files, "Makefile") : undefined;
  if (makefile !== undefined && /^run\s*:(?!=)/m.test(makefile)) {
    return { command: ["make", "run"], reason: "the run target of the Makefile" };
  }
  if (names.has("go.mod")) return { command: ["go", "run", "."], reason: "go.mod" };
  if (names.has("Cargo.toml")) return { command: ["cargo", "run"], reason: "Cargo.toml" };
  const usual = ["main.sh", "main.rb", "main.go", "Main.java", "main.lua", "main.php", "main.pl"];
  const program = await byName(files, names, usual, /\.(sh|rb|go|java|lua|php|pl)$/);
  if (program !== undefined || !names.has("index.html")) return program;
  const command = ["python3", "-m", "http.server", "8000"] as const;
  return { command, reason: "index.html: its folder is served on port 8000" };
}

/** A file of a usual name, else the only one of its kind. */
async function byName(
  files: FileSystem,
  names: ReadonlySet<string>,
  usual: readonly string[],
  kind: RegExp,
): Promise<Program | undefined> {
  const known = usual.find((name) => names.has(name));
  const all = [...names].filter((name) => kind.test(name) && !isTool(name));
  const name = known ?? (all.length === 1 ? all[0] : undefined);
  const command = name === undefined ? undefined : await commandFor(files, name);
  if (name === undefined || command === undefined) return undefined;
  return { command, reason: known === undefined ? `${name}, the only program here` : name };
}

/** Files of tools and tests, which nobody means by "the program". */
function isTool(name: string): boolean {
  return /(\.config\.|\.test\.|\.spec\.|\.d\.ts$|^\.|^test_|^setup\.py$|^conftest\.py$)/.test(name);
}

const interpreters: Readonly<Record<string, readonly [string, ...string[]]>> = {
  js: ["node"],
  mjs: ["node"],
  cjs: ["node"],
  sh: ["bash"],
  rb: ["ruby"],
  go: ["go", "run"],
  java: ["java"],
  lua: ["lua"],
  php: ["php"],
  pl: ["perl"],
};

async function commandFor(
  files: FileSystem,
  name: string,
): Promise<readonly [string, ...string[]] | undefined> {
  const extension = name.slice(name.lastIndexOf(".") + 1);
  if (extension === "py") {
    // The interpreter itself is a link to somewhere else.
    for (const folder of [".venv", "venv"]) {
      const found = await files.stat(parseReplPath(`${folder}/pyvenv.cfg`));
      if (found !== undefined) return [`${folder}/bin/python`, name];
    }
    return ["python3", name];
  }
  // Node itself runs TypeScript only from version 22 on.
  if (extension === "ts" || extension === "mts") return ["npx", "--yes", "tsx", name];
  const interpreter = interpreters[extension];
  return interpreter && [...interpreter, name];
}

interface Manifest {
  readonly scripts?: Readonly<Record<string, unknown>>;
  readonly main?: unknown;
}

async function packageManifest(files: FileSystem): Promise<Manifest | undefined> {
  const text = await readText(files, "package.json");
  if (text === undefined) return undefined;
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === "object" && manifest !== null ? manifest : undefined;
  } catch {
    throw new RequestError("bad-request", "package.json is not valid JSON");
  }
}

function packageManager(names: ReadonlySet<string>): string {
  if (names.has("pnpm-lock.yaml")) return "pnpm";
  if (names.has("yarn.lock")) return "yarn";
  if (names.has("bun.lock") || names.has("bun.lockb")) return "bun";
  return "npm";
}

function isPython(language: string): boolean {
  return language.startsWith("python");
}

async function readText(files: FileSystem, name: string): Promise<string | undefined> {
  const path = parseReplPath(name);
  if ((await files.stat(path))?.kind !== "file") return undefined;
  return decodeUtf8(await files.read(path));
}
