import { open } from "node:fs/promises";
import path from "node:path";
import { describeProject } from "./project.ts";

/** A screen and a half of text, and never so much that it delays what follows. */
const MAX_LINES = 200;
const MAX_BYTES = 32 * 1024;

/** The beginning of the project's main file, to be read while the editor is still on its way. */
export interface Poster {
  readonly path: string | null;
  readonly text: string;
}

export async function readPoster(folder: string): Promise<Poster> {
  const { mainFile } = await describeProject(folder);
  if (mainFile === undefined) return { path: null, text: "" };
  return { path: mainFile, text: await readBeginning(path.join(folder, mainFile)) };
}

async function readBeginning(file: string): Promise<string> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
      return beginningOf(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return "";
  }
}

/** Empty for what is not text. */
function beginningOf(bytes: Buffer): string {
  if (bytes.includes(0)) return "";
  try {
    // `stream` leaves out a character that the cut has split.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return text.split("\n", MAX_LINES).join("\n");
  } catch {
    return "";
  }
}
