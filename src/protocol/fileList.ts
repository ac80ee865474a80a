import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";

interface Entry {
  readonly name: string;
  readonly kind: "file" | "directory";
}

/** How a list of files can be had: by running a program, or by asking for directories. */
export interface FileListSources {
  run(
    args: readonly string[],
  ): Promise<Result<{ readonly output: string; readonly failed?: string }, RequestError>>;
  readdir(path: string): Promise<Result<readonly Entry[], RequestError>>;
}

/** Longer lists are cut: nobody finds a file by its name among more. */
const MAX_FILES = 100_000;

/** A walk asks for at most this many directories, and this many at once. */
const MAX_DIRECTORIES = 5_000;
const CONCURRENT_DIRECTORIES = 32;

/** Not looked into where git does not say what to ignore. */
const ignoredNames: ReadonlySet<string> = new Set([
  ".git",
  ".hg",
  ".svn",
  "node_modules",
  "__pycache__",
  ".venv",
  ".cache",
]);

const gitArgs = ["git", "ls-files", "-z", "-t", "-c", "-o", "-d", "--exclude-standard"];

const findArgs = [
  ...["find", ".", "("],
  ...[...ignoredNames].flatMap((name, index) => [...(index === 0 ? [] : ["-o"]), "-name", name]),
  ...[")", "-prune", "-o", "-type", "f", "-print0"],
];

/**
 * The files of the repl without the ignored ones, sorted: as git has them; else as `find` does; else,
 * where nothing may be run (a viewer) or there is no such tool, by walking the directories.
 */
export async function listAllFiles(
  sources: FileListSources,
): Promise<Result<readonly string[], RequestError>> {
  const git = await sources.run(gitArgs);
  if (git.ok && git.value.failed === undefined) {
    const files = parseGitFiles(git.value.output);
    // Empty is what git says of a folder that a repository around it ignores.
    if (files.length > 0) return ok(arrange(files));
  }
  if (git.ok) {
    const find = await sources.run(findArgs);
    const files = find.ok ? parseFoundFiles(find.value.output) : [];
    // It also fails for one directory that it may not read, and has found the others.
    if (files.length > 0) return ok(arrange(files));
  }
  const walked = await walk(sources);
  return walked.ok ? ok(arrange(walked.value)) : walked;
}

/** `-t` marks each file with a letter; a deleted one comes once as known and once as removed. */
function parseGitFiles(output: string): readonly string[] {
  const files = new Set<string>();
  const removed: string[] = [];
  for (const line of output.split("\0")) {
    const path = line.slice(2);
    if (path === "") continue;
    if (line.startsWith("R ")) removed.push(path);
    else files.add(path);
  }
  for (const path of removed) files.delete(path);
  return [...files];
}

function parseFoundFiles(output: string): readonly string[] {
  return output
    .split("\0")
    .filter((path) => path.startsWith("./"))
    .map((path) => path.slice(2));
}

async function walk(sources: FileListSources): Promise<Result<readonly string[], RequestError>> {
  const files: string[] = [];
  let level: readonly string[] = ["."];
  let directories = 0;
  const mayGoOn = (): boolean => files.length < MAX_FILES && directories < MAX_DIRECTORIES;
  while (level.length > 0 && mayGoOn()) {
    const next: string[] = [];
    for (let from = 0; from < level.length && mayGoOn(); from += CONCURRENT_DIRECTORIES) {
      const some = level.slice(from, from + CONCURRENT_DIRECTORIES);
      const listings = await Promise.all(some.map((path) => sources.readdir(path)));
      directories += some.length;
      for (const [index, listing] of listings.entries()) {
        const path = some[index] ?? ".";
        // A directory that cannot be read is left out, but the root must be there.
        if (!listing.ok && path === ".") return listing;
        for (const { name, kind } of listing.ok ? listing.value : []) {
          const entry = path === "." ? name : `${path}/${name}`;
          if (kind === "file") files.push(entry);
          else if (!ignoredNames.has(name)) next.push(entry);
        }
      }
    }
    level = next;
  }
  return ok(files);
}

function arrange(files: readonly string[]): readonly string[] {
  return files.toSorted().slice(0, MAX_FILES);
}
