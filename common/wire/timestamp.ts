import type { Timestamp } from "@bufbuild/protobuf/wkt";

/** A point in time as the wire writes it, from milliseconds since the epoch. */
export function toTimestamp(ms: number): { readonly seconds: bigint; readonly nanos: number } {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round((ms - seconds * 1000) * 1e6) };
}

/** Milliseconds since the epoch; a missing timestamp is the epoch itself. */
export function fromTimestamp(timestamp: Timestamp | undefined): number {
  return timestamp === undefined ? 0 : Number(timestamp.seconds) * 1000 + timestamp.nanos / 1e6;
}
