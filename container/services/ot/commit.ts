import { assertNever } from "#common/lib/assertNever.ts";
import { RequestError } from "#common/lib/errors.ts";
import type { Component, Op } from "#common/ot/op.ts";
import type { BodyFor, BodyInitFor } from "#common/wire/body.ts";

/** User of the edits that nobody made here: programs that wrote the file (OT25). */
export const PROGRAM = 0;

/** One op that made one version of a text. */
export interface Commit {
  readonly version: number;
  readonly op: Op;
  /** Checksum of the text that it made. */
  readonly crc32: number;
  /** When it was accepted, in milliseconds since the epoch. */
  readonly committedMs: number;
  /** As the sender chose it; 0 for none. */
  readonly nonce: number;
  readonly userId: number;
}

/** The commit as a packet of the wire, which is also the form in which it is stored. */
export type Packet = BodyFor<"ot"> & { readonly case: "ot" };
export type PacketInit = (BodyInitFor<"ot"> & { readonly case: "ot" })["value"];

export function packetOf(commit: Commit): PacketInit {
  const { version, crc32, committedMs, nonce, userId } = commit;
  const seconds = Math.floor(committedMs / 1000);
  return {
    spookyVersion: version,
    version,
    ops: wireOps(commit.op),
    crc32,
    committed: {
      seconds: BigInt(seconds),
      nanos: Math.round(committedMs - seconds * 1000) * 1_000_000,
    },
    nonce,
    userId,
  };
}

export function commitOf(packet: Packet["value"]): Commit {
  const { version, crc32, committed, nonce, userId } = packet;
  return {
    version,
    op: componentsOf(packet.ops),
    crc32,
    committedMs:
      committed === undefined ? 0 : Number(committed.seconds) * 1000 + committed.nanos / 1_000_000,
    nonce,
    userId,
  };
}

export function wireOps(op: Op): PacketInit["ops"] & object {
  return op.map((component) => {
    if (typeof component === "string") return { op: { case: "insert", value: component } };
    if (component > 0) return { op: { case: "skip", value: component } };
    return { op: { case: "delete", value: -component } };
  });
}

/** The components as they were sent, which need not be in normal form. */
export function componentsOf(ops: Packet["value"]["ops"]): readonly Component[] {
  return ops.map(({ op }) => {
    switch (op.case) {
      case "insert":
      case "skip":
        return op.value;
      case "delete":
        return -op.value;
      case undefined:
        throw new RequestError("bad-request", "invalid op: a component says nothing");
      default:
        return assertNever(op);
    }
  });
}

/** The base that a sender means: the version before the wanted one, else the one it has (OT20). */
export function baseOf({ version, spookyVersion }: Packet["value"]): number {
  return version === 0 ? spookyVersion : version - 1;
}
