import { messageOf, RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";
import { MAX_FRAME_BYTES } from "#common/wire/codec.ts";
import { File_Type } from "#common/wire/enums.ts";
import { PROTOCOL_VERSION } from "#common/wire/version.ts";
import { parseReplPath } from "../paths.ts";
import type { DirectoryEntry } from "../platform.ts";
import type {
  Moved,
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
} from "../service.ts";
import { changedSince } from "./files/changedSince.ts";
import { Visits } from "./files/visits.ts";

type Body = BodyFor<"files">;
type BodyInit = BodyInitFor<"files">;
type WireFile = Extract<BodyInit, { case: "file" }>["value"];

/** The repl's files: read, written and listed by path (FI1–FI12). */
export const files: ServiceDefinition<"files"> = {
  service: "files",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["read", "readdir", "stat", "checkChanges"]),
  lingerMs: 0,
  create: (context) => new Files(context),
};

/** Most that a reply carries besides its envelope and a path. */
const MAX_REPLY_BYTES = MAX_FRAME_BYTES - 64 * 1024;

/** No file: whoever reads it asks which server this is (FI8). */
const INFO_PATH = ".config/goval/info";

class Files implements Service<"files"> {
  readonly #context: ServiceContext<"files">;
  readonly #visits: Visits;

  constructor(context: ServiceContext<"files">) {
    this.#context = context;
    this.#visits = Visits.of(context.repl, context.platform.clock);
  }

  attach(session: Session): void {
    this.#visits.began(session);
  }

  detach(session: Session): void {
    this.#visits.ended(session);
  }

  async handle(body: Body, from: Session, reply: Reply<"files">): Promise<void> {
    switch (body.case) {
      case "read":
        return reply({ case: "file", value: await this.#read(body.value.path) });
      case "readdir":
        return reply({ case: "files", value: { files: await this.#list(body.value.path) } });
      case "stat":
        return reply({ case: "statRes", value: await this.#stat(body.value.path) });
      case "checkChanges":
        // Takes its time, and nothing that follows need wait for it. It does not reject.
        void this.#changes(from, reply);
        return undefined;
      case "write":
      case "mkdir":
      case "remove":
      case "tryRemove":
      case "move":
        await this.#change(body, from);
        return reply({ case: "ok", value: {} });
      case "input":
        await this.#copy(copyIn(body.value), from);
        return reply({ case: "ok", value: {} });
      case "persist":
      case "persistMirror":
      case "fileAuthReq":
      case "listObjects":
        throw new RequestError("unavailable", `${body.case}: not available on this host yet`);
      case "statRes":
      case "file":
      case "files":
      case "changedFiles":
      case "fileAuthRes":
      case "mutliFileAuthRes":
      case "listObjectsResp":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: files takes no ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  close(): void {}

  async #read(wirePath: string): Promise<WireFile> {
    const path = parseReplPath(wirePath);
    if (path === INFO_PATH) return { path: wirePath, content: this.#info() };
    const { files: disk } = this.#context.platform;
    // Before it is in memory; and after, should it have grown meanwhile.
    assertFits("open", path, (await disk.stat(path))?.sizeBytes ?? 0);
    const content = await disk.read(path);
    assertFits("open", path, content.byteLength);
    return { path: wirePath, content };
  }

  async #list(wirePath: string): Promise<WireFile[]> {
    const path = parseReplPath(wirePath);
    const entries = await this.#context.platform.files.readdir(path);
    const list = entries.map(({ name, kind }) => ({ path: name, type: wireType(kind) }));
    assertListFits(path, list);
    return list;
  }

  async #stat(wirePath: string): Promise<Extract<BodyInit, { case: "statRes" }>["value"]> {
    const stat = await this.#context.platform.files.stat(parseReplPath(wirePath));
    if (stat === undefined) return { exists: false };
    return {
      exists: true,
      type: wireType(stat.kind),
      size: BigInt(stat.sizeBytes),
      fileMode: stat.mode,
      modTime: BigInt(Math.floor(stat.modifiedMs / 1000)),
    };
  }

  async #change(
    body: Extract<Body, { case: "write" | "mkdir" | "remove" | "tryRemove" | "move" }>,
    by: Session,
  ): Promise<void> {
    const { files: disk } = this.#context.platform;
    const { fileOperations } = this.#context.repl;
    if (body.case === "move") {
      const from = parseReplPath(body.value.oldPath);
      const to = parseReplPath(body.value.newPath);
      await disk.move(from, to);
      return fileOperations.announce({ kind: "moved", from, to, by });
    }
    const path = parseReplPath(body.value.path);
    switch (body.case) {
      case "write":
        await disk.write(path, body.value.content);
        return fileOperations.announce({ kind: "wrote", path, by });
      case "mkdir":
        return disk.mkdir(path);
      case "remove":
        await disk.remove(path);
        return fileOperations.announce({ kind: "removed", path, by });
      case "tryRemove":
        try {
          await disk.remove(path);
        } catch (error) {
          if (error instanceof RequestError && error.code === "not-found") return undefined;
          throw error;
        }
        return fileOperations.announce({ kind: "removed", path, by });
      default:
        return body satisfies never;
    }
  }

  async #copy({ from, to }: Moved, by: Session): Promise<void> {
    const { platform, repl } = this.#context;
    await repl.documents.copy({ from, to }, () => platform.files.copy(from, to));
    repl.fileOperations.announce({ kind: "wrote", path: to, by });
  }

  async #changes(session: Session, reply: Reply<"files">): Promise<void> {
    const { files: disk, log } = this.#context.platform;
    try {
      const changed = await changedSince(disk, this.#visits.asked(session));
      const list = changed.map(({ path, kind }) => ({ path, type: wireType(kind) }));
      assertListFits(".", list);
      reply({ case: "changedFiles", value: { files: list } });
    } catch (error) {
      const isExpected = error instanceof RequestError;
      if (!isExpected) log.error(`no changes: ${messageOf(error)}`, { tag: "invariant" });
      reply({ case: "error", value: isExpected ? error.message : "internal error" });
    }
  }

  #info(): Uint8Array {
    const { id, slug, language } = this.#context.repl;
    return encodeUtf8(
      JSON.stringify({
        server: "tandem",
        license: "MIT",
        protocolVersion: PROTOCOL_VERSION,
        repl: { id, slug, language },
      }),
    );
  }
}

/** What `input` asks for (FI12). */
function copyIn(text: string): Moved {
  const { copy } = parsed(text) as { copy?: { from?: unknown; to?: unknown } | null };
  if (typeof copy?.from !== "string" || typeof copy.to !== "string") {
    throw new RequestError("bad-request", 'bad request: input is {"copy": {"from", "to"}}');
  }
  return { from: parseReplPath(copy.from), to: parseReplPath(copy.to) };
}

function parsed(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function wireType(kind: DirectoryEntry["kind"]): File_Type {
  return kind === "directory" ? File_Type.DIRECTORY : File_Type.REGULAR;
}

function assertFits(operation: string, path: string, bytes: number): void {
  if (bytes <= MAX_REPLY_BYTES) return;
  const text = `${operation} ${path}: too large: ${bytes} bytes, the limit is ${MAX_REPLY_BYTES}`;
  throw new RequestError("too-large", text);
}

function assertListFits(directory: string, list: readonly { readonly path: string }[]): void {
  // Never less than what is sent: three bytes a unit of UTF-16, and a few for each entry.
  const atMost = list.reduce((sum, { path }) => sum + 3 * path.length + 16, 0);
  assertFits("open", directory, atMost);
}
