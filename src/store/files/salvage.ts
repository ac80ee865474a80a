import type { Client } from "#protocol/client.ts";
import { join } from "./paths.ts";

type Files = Client["files"];

/** Everything that was at a path, kept aside so that its removal can be taken back. */
export interface Salvage {
  readonly directories: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
}

/** More than this is not copied into the page only because it might be wanted back. */
const MAX_ENTRIES = 400;
const MAX_BYTES = 16 * 1024 * 1024;

/** Reads all that is at `path`, or gives undefined when that is too much or cannot be read. */
export async function salvage(
  files: Files,
  path: string,
  directory: boolean,
): Promise<Salvage | undefined> {
  const directories: string[] = [];
  const contents: { path: string; content: Uint8Array }[] = [];
  let bytes = 0;

  async function keep(at: string, isDirectory: boolean): Promise<boolean> {
    if (directories.length + contents.length >= MAX_ENTRIES) return false;
    if (isDirectory) {
      const listed = await files.openDirectory(at);
      if (!listed.ok) return false;
      directories.push(at);
      for (const { name, kind } of listed.value) {
        if (!(await keep(join(at, name), kind === "directory"))) return false;
      }
      return true;
    }
    const stat = await files.stat(at);
    if (!stat.ok || stat.value === undefined || bytes + stat.value.sizeBytes > MAX_BYTES) {
      return false;
    }
    const content = await files.read(at);
    if (!content.ok) return false;
    bytes += content.value.byteLength;
    contents.push({ path: at, content: content.value });
    return true;
  }

  return (await keep(path, directory)) ? { directories, files: contents } : undefined;
}

/** Puts everything back; the error's sentence when that fails. */
export async function restore(files: Files, salvaged: Salvage): Promise<string | undefined> {
  for (const path of salvaged.directories) {
    const result = await files.mkdir(path);
    if (!result.ok) return result.error.message;
  }
  for (const { path, content } of salvaged.files) {
    const result = await files.write(path, content);
    if (!result.ok) return result.error.message;
  }
  return undefined;
}
