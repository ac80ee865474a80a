import { assertNever } from "#common/lib/assertNever.ts";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { Utf8Decoder } from "#common/lib/utf8.ts";
import type { Pending } from "#common/ot/client.ts";
import type { Component, Op } from "#common/ot/op.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { historyChannelName, otChannelName } from "#common/wire/services.ts";
import { fromTimestamp } from "#common/wire/timestamp.ts";
import type { Channel, OpenChannel } from "../channel.ts";
import { errorCodeOf } from "../errorCodes.ts";

/** How far the text of one open file is saved. */
export type DocumentState =
  | { readonly kind: "opening" }
  /** `unsent`: edits not yet acknowledged. Zero means that the container has them durably. */
  | { readonly kind: "live"; readonly unsent: number }
  /** Editing goes on; `unsent` edits wait for the connection. */
  | { readonly kind: "offline"; readonly unsent: number }
  /** Editing goes on; the container cannot store it for now, as `message` says, and is asked again. */
  | { readonly kind: "stuck"; readonly unsent: number; readonly message: string }
  /** The file is gone. Without a text in the container `unsent` edits wait for one to be there. */
  | { readonly kind: "deleted"; readonly unsent: number }
  /** It cannot be edited any more, as `message` says; `unsent` edits are in this browser only. */
  | { readonly kind: "failed"; readonly unsent: number; readonly message: string };

export type OtEvent =
  | { readonly kind: "document"; readonly path: string; readonly state: DocumentState }
  | { readonly kind: "closed"; readonly path: string }
  /**
   * The container came back with another text than it had, and the two were merged. Nothing of either
   * is lost; what was made of them may not be what somebody wants.
   */
  | ({ readonly kind: "merged"; readonly path: string } & Merged)
  /** Why this browser cannot keep what is typed until it is saved; undefined when it can again. */
  | { readonly kind: "journal"; readonly problem: string | undefined };

export interface Merged {
  /** What was on the screen, what the container had, and what is there now. */
  readonly ours: string;
  readonly theirs: string;
  readonly merged: string;
}

/** One edit as the container has committed it; it made `version`. */
export interface OtPacket {
  readonly version: number;
  readonly op: Op;
  /** The sender's own number for it; 0 when it gave none. */
  readonly nonce: number;
  /** Of the whole text after the edit, as UTF-8. */
  readonly crc32: number;
  /** 0 for a program. */
  readonly userId: number;
  /** When it was accepted, in milliseconds since the epoch; 0 when that is not known. */
  readonly committedMs: number;
}

/** A caret on the wire: positions are code points of the text as the container has it. */
export interface OtCursor {
  readonly id: string;
  readonly session: number;
  readonly userId: number;
  readonly name: string;
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

/** The text of a file and everybody's carets at one version. */
export interface OtSnapshot {
  readonly contents: string;
  readonly version: number;
  readonly cursors: readonly OtCursor[];
}

/** What an open document is told, in the order of the wire. */
export type OtMessage =
  /** A life of the channel begins; packets and cursors that follow are later than `snapshot`. */
  | { readonly kind: "attached"; readonly snapshot: OtSnapshot; readonly life: number }
  | { readonly kind: "packet"; readonly packet: OtPacket }
  | { readonly kind: "cursor"; readonly cursor: OtCursor }
  | { readonly kind: "cursor-gone"; readonly id: string }
  /** The connection is lost; another life follows when there is one. */
  | { readonly kind: "detached" }
  /** The file is gone from the disk, or is there again. */
  | { readonly kind: "removed" }
  | { readonly kind: "restored" }
  /** It cannot be edited (any more). */
  | { readonly kind: "failed"; readonly error: RequestFailure };

/** A `RequestError` as plain data. */
export interface RequestFailure {
  readonly code: RequestError["code"];
  readonly message: string;
}

/** A caret of our own, in code points of the text at the newest version that we have. */
export interface OwnCursor {
  readonly position: number;
  readonly selectionStart: number;
  readonly selectionEnd: number;
}

/** Names a program as the author of an edit that is given back to the container (OT36). */
const PROGRAM_AGAIN = 0xffffffff;

type Answer<T> = Promise<Result<T, RequestError>>;

export interface OtChannelInit {
  readonly open: OpenChannel;
  readonly path: string;
  /** A new id for a cursor, unlike any other in the room. */
  readonly createId: () => string;
  readonly emit: (message: OtMessage) => void;
}

/**
 * The packets of a file's history from version `from` on, as many as one answer holds; none behind
 * the newest. The file need neither be open nor be there (OT33).
 */
export async function fetchHistory(
  open: OpenChannel,
  path: string,
  from: number,
): Answer<readonly OtPacket[]> {
  const channel = open("ot", historyChannelName(path), { handle: () => {} });
  const answer = await channel.request(
    { case: "otFetchRequest", value: { versionFrom: from, versionTo: 0 } },
    { repeatable: true },
  );
  channel.close("leave");
  return answer.ok ? ok(answer.value.value.packets.map(toPacket)) : answer;
}

/**
 * The channel of one file's text. It carries packets and cursors between the wire and the document
 * on the main thread, which holds the text and all that must be beside it.
 */
export class OtChannel {
  readonly #path: string;
  readonly #createId: () => string;
  readonly #emit: (message: OtMessage) => void;
  readonly #channel: Channel<"ot">;
  /** What came in this life before its snapshot; undefined once that has been told. */
  #early: OtMessage[] | undefined = [];
  /** The container has said `ok` to our link, and sends the file as a packet (OT21). */
  #awaitsWholeFile = false;
  /** Answers of a life that is over are of no use any more. */
  #life = 0;
  #ownIds: readonly string[] = [];

  constructor({ open, path, createId, emit }: OtChannelInit) {
    this.#path = path;
    this.#createId = createId;
    this.#emit = emit;
    this.#channel = open("ot", otChannelName(path), {
      attached: () => this.#startLife(),
      handle: (body) => this.#handle(body),
      detached: () => {
        this.#life += 1;
        this.#early = [];
        emit({ kind: "detached" });
      },
      failed: (error) => this.#fail(error),
      ended: () => this.#fail(new RequestError("closed", "Someone has closed this text.")),
    });
  }

  /** Submits an edit that was made on version `base`. Its packet comes back among the others. */
  async send(life: number, base: number, { op, nonce, lostFrom }: Pending): Answer<void> {
    // It was made for a life that is over. The document sends it again when it knows the new one.
    if (this.#early !== undefined || life !== this.#life) return fail(betweenLives());
    const userId = lostFrom === undefined ? 0 : lostFrom || PROGRAM_AGAIN;
    const answer = await this.#channel.request(
      { case: "ot", value: { spookyVersion: base, ops: op.map(toWireComponent), nonce, userId } },
      { timeoutMs: "none" },
    );
    return answer.ok ? ok(undefined) : answer;
  }

  /** The packets that made versions `from` to `to`, both included. */
  async fetch(life: number, from: number, to: number): Answer<readonly OtPacket[]> {
    if (this.#early !== undefined || life !== this.#life) return fail(betweenLives());
    const answer = await this.#channel.request({
      case: "otFetchRequest",
      value: { versionFrom: from, versionTo: to },
    });
    if (!answer.ok) return answer;
    const packets = answer.value.value.packets.map(toPacket);
    // Some containers answer with more than was asked for.
    return ok(packets.filter(({ version }) => version >= from && version <= to));
  }

  /** Resolves when everything committed so far is on disk. */
  async flush(): Answer<void> {
    const answer = await this.#channel.request({ case: "flush", value: {} });
    return answer.ok ? ok(undefined) : answer;
  }

  /** Moves our carets. A caret has no identity on the wire: old ones go, new ones come (CL28). */
  setCursors(cursors: readonly OwnCursor[]): void {
    const before = this.#ownIds;
    this.#ownIds = cursors.map(() => this.#createId());
    for (const [index, cursor] of cursors.entries()) {
      const id = this.#ownIds[index] ?? "";
      this.#channel.send({ case: "otNewCursor", value: { id, ...cursor } });
    }
    for (const id of before) this.#channel.send({ case: "otDeleteCursor", value: { id } });
  }

  /** Asks for the snapshot once more, as a new life. */
  reopen(): void {
    this.#channel.reopen();
  }

  close(): void {
    this.#channel.close("leave");
  }

  #startLife(): void {
    this.#life += 1;
    this.#early = [];
    this.#awaitsWholeFile = false;
    this.#ownIds = [];
  }

  #handle(body: BodyFor<"ot">): void {
    switch (body.case) {
      case "otstatus": {
        const { contents, version, linkedFile, cursors } = body.value;
        if (this.#early === undefined) break;
        if (linkedFile === undefined) void this.#link();
        else this.#begin({ contents, version, cursors: cursors.map(toCursor) });
        break;
      }
      case "ot":
        this.#tell({ kind: "packet", packet: toPacket(body.value) });
        this.#beginWithWholeFile();
        break;
      case "otNewCursor":
        this.#tell({ kind: "cursor", cursor: toCursor(body.value) });
        break;
      case "otDeleteCursor":
        this.#tell({ kind: "cursor-gone", id: body.value.id });
        break;
      case "error":
        this.#fail(new RequestError(errorCodeOf(body.value), body.value));
        break;
      // Only clients send these, or they answer what nobody waits for any more.
      case "otLinkFile":
      case "otLinkFileResponse":
      case "otFetchRequest":
      case "otFetchResponse":
      case "flush":
      case "ok":
        break;
      default:
        assertNever(body);
    }
  }

  /** Nobody has linked the channel to its file yet. */
  async #link(): Promise<void> {
    const life = this.#life;
    const answer = await this.#channel.request({
      case: "otLinkFile",
      value: { file: { path: this.#path } },
    });
    if (life !== this.#life) return;
    if (!answer.ok) {
      // A slow answer says nothing about the file.
      if (answer.error.code === "timeout") this.reopen();
      else this.#fail(answer.error);
      return;
    }
    const body = answer.value;
    if (body.case === "otLinkFileResponse") {
      const content = body.value.linkedFile?.content ?? new Uint8Array();
      const decoder = new Utf8Decoder();
      const contents = decoder.push(content) + decoder.flush();
      this.#begin({ contents, version: body.value.version, cursors: [] });
    } else {
      this.#awaitsWholeFile = true;
      this.#beginWithWholeFile();
    }
  }

  /** The first packet after a link holds the whole file; it and the `ok` come in either order. */
  #beginWithWholeFile(): void {
    if (!this.#awaitsWholeFile) return;
    const first = this.#early?.find((message) => message.kind === "packet");
    if (first === undefined) return;
    const { op, version } = first.packet;
    const contents = op.filter((component) => typeof component === "string").join("");
    this.#begin({ contents, version, cursors: [] });
  }

  #begin(snapshot: OtSnapshot): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    this.#awaitsWholeFile = false;
    this.#emit({ kind: "attached", snapshot, life: this.#life });
    for (const message of early) {
      // The container may have sent packets that its snapshot holds already.
      const isOld = message.kind === "packet" && message.packet.version <= snapshot.version;
      if (!isOld) this.#emit(message);
    }
  }

  #tell(message: OtMessage): void {
    if (this.#early === undefined) this.#emit(message);
    else this.#early.push(message);
  }

  #fail({ code, message }: RequestError): void {
    this.#emit({ kind: "failed", error: { code, message } });
  }
}

type WirePacket = Extract<BodyFor<"ot">, { case: "ot" }>["value"];
type WireComponent = WirePacket["ops"][number]["op"];
type WireCursor = Extract<BodyFor<"ot">, { case: "otNewCursor" }>["value"];

function toPacket(packet: WirePacket): OtPacket {
  const { ops, version, spookyVersion, crc32, nonce, userId, committed } = packet;
  // Live packets of old containers name their version in the older field only.
  const made = version === 0 ? spookyVersion : version;
  return {
    version: made,
    op: ops.flatMap(({ op }) => fromWireComponent(op)),
    crc32,
    nonce,
    userId,
    committedMs: fromTimestamp(committed),
  };
}

function fromWireComponent(op: WireComponent): readonly Component[] {
  switch (op.case) {
    case "skip":
      return [op.value];
    case "delete":
      return [-op.value];
    case "insert":
      return [op.value];
    // A component of a later schema; the checksum will show that something is missing.
    case undefined:
      return [];
    default:
      return assertNever(op);
  }
}

function toWireComponent(component: Component): {
  readonly op: Exclude<WireComponent, { case: undefined }>;
} {
  if (typeof component === "string") return { op: { case: "insert", value: component } };
  return component > 0
    ? { op: { case: "skip", value: component } }
    : { op: { case: "delete", value: -component } };
}

function toCursor({ id, position, selectionStart, selectionEnd, user }: WireCursor): OtCursor {
  return {
    id,
    session: user?.session ?? 0,
    userId: user?.id ?? 0,
    name: user?.name ?? "",
    position,
    selectionStart,
    selectionEnd,
  };
}

function betweenLives(): RequestError {
  return new RequestError("unavailable", "The text is not attached yet.");
}
