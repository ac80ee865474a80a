import { RequestError } from "#common/lib/errors.ts";
import type { ReplPath } from "./platform.ts";

/** The repl's root folder. */
export const ROOT = "." as ReplPath;

/** Longest path that common file systems take. */
const MAX_PATH_CHARS = 4096;

/**
 * Turns a path of the wire into one that is lexically inside the repl, or throws `RequestError`
 * (FI1). Links on disk are the file system's to check. Backslashes are ordinary characters here, as
 * they are on the container's disk.
 */
export function parseReplPath(path: string): ReplPath {
  if (path.length > MAX_PATH_CHARS) throw refused(path.slice(0, 60) + "…", "file name too long");
  if (path.includes("\0")) throw refused(path.replaceAll("\0", "␀"), "invalid argument");
  if (path.startsWith("/")) throw refused(path, "permission denied: path is not inside the repl");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") {
      parts.push(part);
    } else if (parts.pop() === undefined) {
      throw refused(path, "permission denied: path is not inside the repl");
    }
  }
  return (parts.length === 0 ? "." : parts.join("/")) as ReplPath;
}

/** The path of `name` inside the directory `path`. */
export function joinPath(path: ReplPath, name: string): ReplPath {
  return (path === "." ? name : `${path}/${name}`) as ReplPath;
}

/** The directory that holds `path`; the root holds itself. */
export function parentOf(path: ReplPath): ReplPath {
  const slash = path.lastIndexOf("/");
  return (slash < 0 ? "." : path.slice(0, slash)) as ReplPath;
}

function refused(path: string, why: string): RequestError {
  return new RequestError("denied", `${path}: ${why}`);
}
