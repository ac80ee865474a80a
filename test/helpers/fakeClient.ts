import { Emitter } from "#common/lib/emitter.ts";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { diff } from "#common/ot/diff.ts";
import type { Client, ClientEvent, KeptEdits, TerminalCalls } from "#protocol/client.ts";
import { DocumentAnchors } from "#protocol/document/anchors.ts";
import type { OpenDocument, RemoteCursor, TextChange } from "#protocol/document.ts";
import type { DirectoryEntry } from "#protocol/services/files.ts";
import type { DocumentState, OtPacket } from "#protocol/services/ot.ts";

interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

/** A client without a host: files in memory, and a test that says what the others do. */
export interface FakeClient extends Client {
  /** The room tells something. */
  emit(...events: readonly ClientEvent[]): void;
  /** The content of a file, or undefined when it is not there. */
  content(path: string): string | undefined;
  /** Output of a terminal's program, from which on it has `size`; resolves when it is drawn. */
  print(id: string, text: string, size?: TerminalSize): Promise<void>;
  document(path: string): FakeDocument | undefined;
  /** Every call that changes something, as `name(args)`. */
  readonly calls: readonly string[];
  /** What this browser has kept, and this page may not send. */
  keptEdits: readonly KeptEdits[];
  /** The next request fails with this. */
  failNext: RequestError | undefined;
}

/** Makes a client over files given as path → text; a path that ends in a slash is a directory. */
export function createFakeClient(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): FakeClient {
  const events = new Emitter<readonly ClientEvent[]>();
  const contents = new Map<string, Uint8Array>();
  const directories = new Set<string>(["."]);
  const documents = new Map<string, FakeDocument>();
  const calls: string[] = [];
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();

  function addParents(path: string): void {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      directories.add(parts.slice(0, depth).join("/"));
    }
  }
  for (const [path, content] of Object.entries(files)) {
    addParents(path);
    if (path.endsWith("/")) directories.add(path.slice(0, -1));
    else contents.set(path, typeof content === "string" ? encoder.encode(content) : content);
  }

  const parentOf = (path: string) => (path.includes("/") ? path.replace(/\/[^/]*$/, "") : ".");
  const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);

  function list(directory: string): readonly DirectoryEntry[] {
    const inside = (path: string) => path !== "." && parentOf(path) === directory;
    return [
      ...[...directories]
        .filter(inside)
        .map((path) => ({ name: nameOf(path), kind: "directory" as const })),
      ...[...contents.keys()]
        .filter(inside)
        .map((path) => ({ name: nameOf(path), kind: "file" as const })),
    ];
  }

  async function answer<T>(call: string, compute: () => T): Promise<Result<T, RequestError>> {
    calls.push(call);
    const { failNext } = client;
    client.failNext = undefined;
    if (failNext !== undefined) return fail(failNext);
    try {
      return ok(compute());
    } catch (error) {
      if (error instanceof RequestError) return fail(error);
      throw error;
    }
  }

  function rename(path: string, from: string, to: string): string | undefined {
    if (path === from) return to;
    return path.startsWith(`${from}/`) ? to + path.slice(from.length) : undefined;
  }

  function createTerminal(): TerminalCalls & Pick<FakeClient, "print"> {
    type Output = readonly [Uint8Array, () => void, TerminalSize | undefined];
    const outputs = new Map<string, Emitter<Output>>();
    const outputOf = (id: string) => {
      const found = outputs.get(id) ?? new Emitter<Output>();
      outputs.set(id, found);
      return found;
    };
    return {
      onOutput: (id, listener) => outputOf(id).on((output) => listener(...output)),
      print: (id, text, size) =>
        new Promise((resolve) => outputOf(id).emit([encoder.encode(text), resolve, size])),
      input: (id, text) => void calls.push(`input(${id}, ${JSON.stringify(text)})`),
      resize: (id, cols, rows) => void calls.push(`resize(${id}, ${cols}, ${rows})`),
      clear: (id) => void calls.push(`clear(${id})`),
      sane: (id) => void calls.push(`sane(${id})`),
    };
  }
  const shell = createTerminal();
  const run = createTerminal();

  const client: FakeClient = {
    calls,
    keptEdits: [],
    failNext: undefined,
    emit: (...batch) => events.emit(batch),
    content(path) {
      const bytes = contents.get(path);
      return bytes === undefined ? undefined : decoder.decode(bytes);
    },
    print: (id, text, size) => (id === "run" ? run : shell).print(id, text, size),
    document: (path) => documents.get(path),
    onEvents: (listener) => events.on(listener),
    connection: {
      retryNow: () => void calls.push("retryNow()"),
      wake: () => void calls.push("wake()"),
      rename: (name) => answer(`rename(${name})`, () => undefined),
      leave: () => void calls.push("leave()"),
    },
    files: {
      openDirectory: (path) =>
        answer(`openDirectory(${path})`, () => {
          if (!directories.has(path)) throw notFound(path);
          return list(path);
        }),
      read: (path) =>
        answer(`read(${path})`, () => {
          const bytes = contents.get(path);
          if (bytes === undefined) throw notFound(path);
          return bytes;
        }),
      write: (path, content) =>
        answer(`write(${path})`, () => {
          const known = contents.has(path);
          addParents(path);
          contents.set(path, content);
          if (known) return;
          client.emit({ slice: "files", event: { kind: "created", path, entry: "file" } });
        }),
      mkdir: (path) =>
        answer(`mkdir(${path})`, () => {
          if (directories.has(path) || contents.has(path)) {
            throw new RequestError("exists", `mkdir ${path}: file exists`);
          }
          addParents(path);
          directories.add(path);
          client.emit({ slice: "files", event: { kind: "created", path, entry: "directory" } });
        }),
      remove: (path) =>
        answer(`remove(${path})`, () => {
          const gone = (other: string) => other === path || other.startsWith(`${path}/`);
          for (const other of [...contents.keys()].filter(gone)) contents.delete(other);
          for (const other of [...directories].filter(gone)) directories.delete(other);
          client.emit({ slice: "files", event: { kind: "removed", path } });
        }),
      move: (from, to) =>
        answer(`move(${from}, ${to})`, () => {
          for (const [path, bytes] of [...contents]) {
            const renamed = rename(path, from, to);
            if (renamed === undefined) continue;
            contents.delete(path);
            contents.set(renamed, bytes);
          }
          for (const path of [...directories]) {
            const renamed = rename(path, from, to);
            if (renamed !== undefined) directories.delete(path);
            if (renamed !== undefined) directories.add(renamed);
          }
          client.emit({ slice: "files", event: { kind: "moved", path: from, to } });
        }),
      copy: (from, to) =>
        answer(`copy(${from}, ${to})`, () => {
          for (const [path, bytes] of [...contents]) {
            const copied = rename(path, from, to);
            if (copied !== undefined) contents.set(copied, bytes);
          }
          for (const path of [...directories]) {
            const copied = rename(path, from, to);
            if (copied !== undefined) directories.add(copied);
          }
          const entry = directories.has(to) ? "directory" : "file";
          client.emit({ slice: "files", event: { kind: "created", path: to, entry } });
        }),
      stat: (path) =>
        answer(`stat(${path})`, () => {
          const bytes = contents.get(path);
          if (bytes === undefined && !directories.has(path)) return undefined;
          const kind = bytes === undefined ? ("directory" as const) : ("file" as const);
          return { kind, sizeBytes: bytes?.byteLength ?? 0, modifiedMs: 0 };
        }),
      listAll: () => answer("listAll()", () => [...contents.keys()].toSorted()),
    },
    ot: {
      openDocument: (path) =>
        answer(`openDocument(${path})`, () => {
          const bytes = contents.get(path);
          if (bytes === undefined) throw notFound(path);
          if (bytes.includes(0)) throw new RequestError("not-text", `${path}: not UTF-8 text`);
          const open = documents.get(path);
          const document =
            open ??
            new FakeDocument(path, decoder.decode(bytes), (state) =>
              client.emit({ slice: "ot", event: { kind: "document", path, state } }),
            );
          documents.set(path, document);
          if (open?.state.kind !== "deleted") document.announce({ kind: "live", unsent: 0 });
          return document;
        }),
      history: (path, from) =>
        answer(`history(${path}, ${from})`, () => {
          const document = documents.get(path);
          if (document === undefined) throw notFound(path);
          return document.packets.slice(from - 1);
        }),
      unsavedTexts: (path) => {
        const document = documents.get(path);
        return document === undefined ? [] : [document.text()];
      },
      keptEdits: async () => client.keptEdits,
      discardEdits: (path) => void calls.push(`discardEdits(${path})`),
      followEdits: async (path, to) => {
        calls.push(`followEdits(${path}, ${to})`);
        return contents.has(to);
      },
      areEditsKept: () => true,
      anchors: (document) =>
        new DocumentAnchors(document, (from) => client.ot.history(document.path, from)),
    },
    shell: {
      ...shell,
      open(name) {
        calls.push(`open(${name})`);
        client.emit(
          { slice: "shell", event: { kind: "opened", name } },
          { slice: "shell", event: { kind: "running", name } },
        );
      },
      close(name, how) {
        calls.push(`close(${name}, ${how})`);
        client.emit({ slice: "shell", event: { kind: "closed", name } });
      },
    },
    run: {
      ...run,
      start: () =>
        answer("start()", () => client.emit({ slice: "run", event: { kind: "running" } })),
      stop: () => answer("stop()", () => client.emit({ slice: "run", event: { kind: "stopped" } })),
    },
    chat: {
      setTyping: (typing) => void calls.push(`setTyping(${typing})`),
    },
    presence: {
      openFile: (path) => void calls.push(`openFile(${path})`),
      follow: (session) => void calls.push(`follow(${session})`),
      unfollow: (session) => void calls.push(`unfollow(${session})`),
      touch: () => void calls.push("touch()"),
      setView: (view) => void calls.push(`setView(${JSON.stringify(view)})`),
      setColor: (color) => void calls.push(`setColor(${color})`),
      call: (view) => void calls.push(`call(${JSON.stringify(view)})`),
    },
    metadata: {
      watch: (key) => void calls.push(`watch(${key})`),
      read: (key) => answer(`readMeta(${key})`, () => undefined),
      write: (key, text) => answer(`writeMeta(${key}, ${text})`, () => undefined),
      append: (key, text) => answer(`appendMeta(${key}, ${text})`, () => undefined),
    },
    exec: {
      run: (args) => answer(`exec(${args.join(" ")})`, () => ({ output: "" })),
    },
  };
  return client;
}

function notFound(path: string): RequestError {
  return new RequestError("not-found", `open ${path}: no such file or directory`);
}

/** One text without a wire: what is edited is at once acknowledged. */
export class FakeDocument implements OpenDocument {
  readonly path: string;
  state: DocumentState = { kind: "live", unsent: 0 };
  readonly announce: (state: DocumentState) => void;
  readonly #remote = new Emitter<readonly [readonly TextChange[], { readonly userId: number }]>();
  readonly #cursorChanges = new Emitter<void>();
  readonly #versions = new Emitter<readonly [number, OtPacket]>();
  /** What made each version, the whole file first; a second apart. */
  readonly packets: OtPacket[] = [];
  #text = "";
  #cursors: readonly RemoteCursor[] = [];

  constructor(path: string, text: string, onState: (state: DocumentState) => void) {
    this.path = path;
    this.#become(text, 0);
    this.announce = (state) => {
      this.state = state;
      onState(state);
    };
  }

  text(): string {
    return this.#text;
  }

  get version(): number {
    return this.packets.length;
  }

  onVersion(listener: (version: number, packet?: OtPacket) => void): () => void {
    return this.#versions.on(([version, packet]) => listener(version, packet));
  }

  edit(changes: readonly TextChange[]): void {
    this.#apply(changes, 1);
  }

  replace(text: string): void {
    this.#become(text, 1);
  }

  /** Keeps no history: there is never anything to take back. */
  undo(): undefined {
    return undefined;
  }

  redo(): undefined {
    return undefined;
  }

  /** Someone else edits. */
  editRemotely(changes: readonly TextChange[], userId: number): void {
    this.#apply(changes, userId);
    this.#remote.emit([changes, { userId }]);
  }

  moveCursors(cursors: readonly RemoteCursor[]): void {
    this.#cursors = cursors;
    this.#cursorChanges.emit();
  }

  onRemoteChanges(
    listener: (changes: readonly TextChange[], author: { readonly userId: number }) => void,
  ): () => void {
    return this.#remote.on(([changes, author]) => listener(changes, author));
  }

  offsetOf(position: number): number {
    return Array.from(this.#text).slice(0, position).join("").length;
  }

  setSelections(): void {}

  cursors(): readonly RemoteCursor[] {
    return this.#cursors;
  }

  onCursors(listener: () => void): () => void {
    return this.#cursorChanges.on(listener);
  }

  async flush(): Promise<void> {}

  close(): void {}

  #apply(changes: readonly TextChange[], userId: number): void {
    let text = this.#text;
    for (const { offset, deleteLength, insert } of changes.toSorted(
      (a, b) => b.offset - a.offset,
    )) {
      text = text.slice(0, offset) + insert + text.slice(offset + deleteLength);
    }
    this.#become(text, userId);
  }

  #become(text: string, userId: number): void {
    const version = this.packets.length + 1;
    const op = diff(this.#text, text);
    const packet = { version, op, nonce: 0, crc32: 0, userId, committedMs: version * 1000 };
    this.#text = text;
    this.packets.push(packet);
    this.#versions.emit([version, packet]);
  }
}
