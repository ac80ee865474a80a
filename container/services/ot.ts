import { assertNever } from "#common/lib/assertNever.ts";
import { assert, messageOf, RequestError } from "#common/lib/errors.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";
import { pathOfHistoryChannel } from "#common/wire/services.ts";
import { parseReplPath } from "../paths.ts";
import type { ReplPath } from "../platform.ts";
import type {
  Repl,
  Reply,
  Service,
  ServiceContext,
  ServiceDefinition,
  Session,
} from "../service.ts";
import {
  baseOf,
  componentsOf,
  packetOf,
  PROGRAM,
  type Commit,
  type PacketInit,
} from "./ot/commit.ts";
import { Cursors, type Cursor } from "./ot/cursors.ts";
import type { Snapshot, TextDocument, View } from "./ot/document.ts";
import { Library } from "./ot/library.ts";

/** Largest file that can be edited: it travels as one frame, and an editor has to bear it. */
const MAX_BYTES = 10 * 1024 * 1024;

/** Long enough that a reload finds its texts open; what was typed is safe without it. */
const LINGER_MS = 60_000;

/** The author of an edit that a program had made, when a client gives it back. */
const PROGRAM_AGAIN = 0xffffffff;

const libraries = new WeakMap<Repl, Library>();

/** Collaborative editing of text files (OT). */
export const ot: ServiceDefinition<"ot"> = {
  service: "ot",
  mayOpen: ["owner", "editor", "viewer"],
  viewerMay: new Set(["otLinkFile", "otFetchRequest", "otNewCursor", "otDeleteCursor"]),
  lingerMs: LINGER_MS,
  start(start) {
    const library = new Library(start, MAX_BYTES);
    libraries.set(start.repl, library);
    return () => library.close();
  },
  create(context) {
    const library = libraries.get(context.repl);
    assert(library !== undefined, "the ot service was not started");
    return new OtChannel(context, library);
  },
};

type ValueOf<C extends BodyFor<"ot">["case"]> = Extract<BodyFor<"ot">, { case: C }>["value"];

interface Linked {
  readonly document: TextDocument;
  /** What the link asked for. The file may have another name by now. */
  readonly path: ReplPath;
}

/** One channel: the sessions that look at a text, and their carets in it. */
class OtChannel implements Service<"ot">, View {
  readonly #context: ServiceContext<"ot">;
  readonly #library: Library;
  readonly #cursors = new Cursors();
  #linked: Linked | undefined;

  constructor(context: ServiceContext<"ot">, library: Library) {
    this.#context = context;
    this.#library = library;
  }

  attach(session: Session): void {
    const { channel } = this.#context;
    // A file that has another name by now is not what somebody new expects under the old one.
    if (this.#linked?.document.path !== this.#linked?.path && channel.sessions.size === 1) {
      void this.#unlink();
    }
    const linked = this.#linked;
    if (linked === undefined) return channel.send(session, { case: "otstatus", value: {} });
    void linked.document.look((text) => {
      channel.send(session, { case: "otstatus", value: this.#status(text, linked) });
    });
  }

  detach(session: Session): void {
    for (const cursor of this.#cursors.clear(session)) this.#tellDeleted(cursor);
  }

  handle(body: BodyFor<"ot">, from: Session, reply: Reply<"ot">): void | Promise<void> {
    switch (body.case) {
      case "otLinkFile":
        return this.#link(body.value, from, reply);
      case "ot":
        return this.#submit(body.value, from, reply);
      case "otFetchRequest":
        return this.#settle(this.#fetch(body.value), reply);
      case "flush":
        return this.#settle(
          this.#document()
            .save()
            .then(() => ({ case: "ok", value: {} })),
          reply,
        );
      case "otNewCursor":
        return this.#newCursor(body.value, from);
      case "otDeleteCursor":
        return this.#deleteCursor(body.value, from);
      case "otstatus":
      case "otLinkFileResponse":
      case "otFetchResponse":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: ${body.case} is an answer`);
      default:
        return assertNever(body);
    }
  }

  async close(): Promise<void> {
    await this.#unlink();
  }

  committed(commits: readonly Commit[]): void {
    const bodies = commits.map((commit) => ({ case: "ot", value: packetOf(commit) }) as const);
    this.#context.channel.broadcastAll(bodies);
  }

  /** Awaited by the channel: whatever comes behind it finds the text linked. */
  async #link(
    { file, highConsistency }: ValueOf<"otLinkFile">,
    from: Session,
    reply: Reply<"ot">,
  ): Promise<void> {
    const path = parseReplPath(file?.path ?? "");
    const known = this.#linked;
    if (known !== undefined && path !== known.path && path !== known.document.path) {
      throw new RequestError("conflict", `the channel is linked to ${known.document.path} already`);
    }
    const document = known?.document ?? (await this.#library.open(path));
    this.#linked ??= { document, path };
    if (highConsistency) document.highConsistency = true;
    await document.look((text) => {
      const packet = { case: "ot", value: wholePacket(text) } as const;
      if (known === undefined) {
        document.views.add(this);
        this.#context.channel.broadcast(packet);
      } else {
        this.#context.channel.send(from, packet);
      }
      const linkedFile = { path: document.path, content: encodeUtf8(text.text) };
      const response = { version: text.version, linkedFile };
      reply({ case: "ok", value: {} }, { case: "otLinkFileResponse", value: response });
    });
  }

  async #unlink(): Promise<void> {
    const document = this.#linked?.document;
    if (document === undefined) return;
    this.#linked = undefined;
    document.views.delete(this);
    await this.#library.release(document);
  }

  #document(): TextDocument {
    if (this.#linked === undefined) throw new RequestError("bad-request", "no file is linked yet");
    return this.#linked.document;
  }

  #submit(packet: ValueOf<"ot">, from: Session, reply: Reply<"ot">): void {
    const edit = {
      base: baseOf(packet),
      components: componentsOf(packet.ops),
      nonce: packet.nonce,
      userId: authorOf(packet, from),
    };
    this.#document().submit(edit, (error) => {
      if (error === undefined) reply({ case: "ok", value: {} });
      else this.#refuse(error, reply);
    });
  }

  async #fetch({ versionFrom, versionTo }: ValueOf<"otFetchRequest">): Promise<BodyInitFor<"ot">> {
    const path = pathOfHistoryChannel(this.#context.channel.name);
    if (path === "") return fetched((await this.#library.removed()).map(removedPacket));
    const commits =
      path === undefined || this.#linked !== undefined
        ? await this.#document().fetch(versionFrom, versionTo)
        : await this.#library.history(parseReplPath(path), versionFrom, versionTo);
    return fetched(commits.map(packetOf));
  }

  /** Answers later, while the channel goes on. */
  #settle(answer: Promise<BodyInitFor<"ot">>, reply: Reply<"ot">): void {
    answer.then(reply, (error: unknown) => this.#refuse(error, reply));
  }

  #refuse(error: unknown, reply: Reply<"ot">): void {
    if (error instanceof RequestError) return reply({ case: "error", value: error.message });
    const { log } = this.#context.platform;
    log.error(`edit failed: ${messageOf(error)}`, { tag: "invariant", service: "ot" });
    reply({ case: "error", value: "internal error" });
  }

  // Carets are no requests and get no answers: the next one says more than an answer would.

  #newCursor(value: ValueOf<"otNewCursor">, session: Session): void {
    const document = this.#linked?.document;
    if (document === undefined) return;
    const { length, version } = document;
    const inside = (position: number): number => Math.min(position, length);
    const cursor = {
      id: value.id,
      session,
      version,
      position: inside(value.position),
      selectionStart: inside(value.selectionStart),
      selectionEnd: inside(value.selectionEnd),
    };
    const dropped = this.#cursors.put(cursor);
    if (dropped !== undefined) this.#tellDeleted(dropped);
    this.#context.channel.broadcast(
      { case: "otNewCursor", value: wireCursor(cursor) },
      { except: session },
    );
  }

  #deleteCursor({ id }: ValueOf<"otDeleteCursor">, session: Session): void {
    const cursor = this.#cursors.delete(session, id);
    if (cursor !== undefined) this.#tellDeleted(cursor);
  }

  #tellDeleted({ id, session }: Cursor): void {
    this.#context.channel.broadcast({ case: "otDeleteCursor", value: { id } }, { except: session });
  }

  #status({ version, text }: Snapshot, { document }: Linked): StatusInit {
    const carried = this.#cursors.all.map((cursor) =>
      wireCursor(document.carry(cursor, cursor.session.userId, cursor.version)),
    );
    return { contents: text, version, linkedFile: { path: document.path }, cursors: carried };
  }
}

/**
 * Whose edit it is: the sender's, unless it says that it gives back what we have committed and lost
 * (OT36). An editor could do worse than to lie about that: the log lies in reach of any shell.
 */
function authorOf({ userId }: ValueOf<"ot">, from: Session): number {
  if (userId === 0) return from.userId;
  return userId === PROGRAM_AGAIN ? PROGRAM : userId;
}

type StatusInit = (BodyInitFor<"ot"> & { readonly case: "otstatus" })["value"];

function wireCursor({ id, session, position, selectionStart, selectionEnd }: Cursor) {
  const user = { id: session.userId, name: session.name, session: session.id };
  return { id, position, selectionStart, selectionEnd, user };
}

function fetched(packets: PacketInit[]): BodyInitFor<"ot"> {
  return { case: "otFetchResponse", value: { packets } };
}

/** A removed file, as the packet of its newest version with the path in place of the edit (OT34). */
function removedPacket({ path, commit }: { path: string; commit: Commit }): PacketInit {
  return packetOf({ ...commit, op: [path] });
}

/** The whole text as one insert: how a client of the seed schema learns it (OT21). */
function wholePacket({ version, text, crc32, committedMs }: Snapshot): PacketInit {
  const op = text === "" ? [] : [text];
  return packetOf({ version, op, crc32, committedMs, nonce: 0, userId: PROGRAM });
}
