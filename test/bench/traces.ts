import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

/** One replacement, in code points. */
export interface Patch {
  readonly position: number;
  readonly deleted: number;
  readonly inserted: string;
}

export interface Trace {
  readonly name: string;
  readonly start: string;
  readonly end: string;
  readonly patches: readonly Patch[];
}

export type TraceName = "automerge-paper" | "sveltecomponent" | "json-crdt-blog-post";

interface TraceFile {
  readonly startContent: string;
  readonly endContent: string;
  readonly txns: readonly { readonly patches: readonly (readonly [number, number, string])[] }[];
}

/** The recorded trace, or its first `limit` patches. */
export function loadTrace(name: TraceName, limit = Infinity): Trace {
  const zipped = readFileSync(`test/traces/${name}.json.gz`);
  const { startContent, endContent, txns } = JSON.parse(gunzipSync(zipped).toString()) as TraceFile;
  const all = txns.flatMap(({ patches }) =>
    patches.map(([position, deleted, inserted]) => ({ position, deleted, inserted })),
  );
  const patches = all.slice(0, limit);
  const end = patches.length === all.length ? endContent : replay(startContent, patches);
  return { name, start: startContent, end, patches };
}

/** What the patches make of `start`, by means too simple to be wrong. */
function replay(start: string, patches: readonly Patch[]): string {
  const characters = Array.from(start);
  for (const { position, deleted, inserted } of patches) {
    characters.splice(position, deleted, ...Array.from(inserted));
  }
  return characters.join("");
}
