import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "smol-toml";

/** What can be said about a folder without running anything. */
export interface Project {
  /** The language that most of it is probably about; `text` when nothing tells. */
  readonly language: string;
  /** The file to show first, relative to the folder; undefined when there is none. */
  readonly mainFile: string | undefined;
}

/** Files that tell a language, the surest first. */
const markers: readonly (readonly [pattern: RegExp, language: string])[] = [
  [/^tsconfig\.json$/, "typescript"],
  [/^package\.json$/, "nodejs"],
  [/^(pyproject\.toml|requirements\.txt)$/, "python3"],
  [/^Cargo\.toml$/, "rust"],
  [/^go\.mod$/, "go"],
  [/^Gemfile$/, "ruby"],
  [/\.ts$/, "typescript"],
  [/\.m?js$/, "nodejs"],
  [/\.py$/, "python3"],
  [/\.html$/, "html"],
  [/\.rs$/, "rust"],
  [/\.go$/, "go"],
  [/\.(c|h)$/, "c"],
  [/\.(cc|cpp)$/, "cpp"],
  [/\.java$/, "java"],
  [/\.rb$/, "ruby"],
  [/\.sh$/, "bash"],
];

/** Names of files that people start reading at, the likeliest first. */
const mainNames: readonly RegExp[] = [
  /^(main|index|app|server)\.(tsx?|m?js|jsx|py|rs|go|c|cc|cpp|java|rb|sh)$/i,
  /^src\/(main|index|app|lib)\.(tsx?|m?js|jsx|py|rs|go|c|cc|cpp|java|rb)$/i,
  /^index\.html$/i,
  /^readme(\.md|\.txt)?$/i,
  /\.(tsx?|m?js|py|rs|go|c|cc|cpp|java|rb|sh|html|md|txt)$/i,
];

/** Looks at `folder`; what cannot be read counts as not there. */
export async function describeProject(folder: string): Promise<Project> {
  const names = await filesIn(folder);
  const language = markers.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1];
  const inSource = (await filesIn(path.join(folder, "src"))).map((name) => `src/${name}`);
  const candidates = [...names, ...inSource];
  const chosen = await entrypointOf(folder);
  const mainFile =
    chosen !== undefined && candidates.includes(chosen)
      ? chosen
      : mainNames
          .map((pattern) => candidates.find((name) => pattern.test(name)))
          .find((name) => name !== undefined);
  return { language: language ?? "text", mainFile };
}

/** Plain files only: a link could lead out of the folder. */
async function filesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return [];
  }
}

/** What `.replit` calls the first file to show. */
async function entrypointOf(folder: string): Promise<string | undefined> {
  try {
    const { entrypoint } = parse(await readFile(path.join(folder, ".replit"), "utf8"));
    return typeof entrypoint === "string" ? entrypoint : undefined;
  } catch {
    return undefined;
  }
}
