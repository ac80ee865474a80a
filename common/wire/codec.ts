import { create, fromBinary, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { CommandSchema, type Command } from "../gen/api_pb.ts";
import { ProtocolError } from "../lib/errors.ts";

export type { Command } from "../gen/api_pb.ts";

/** A command as written by a sender: plain literals, missing fields take their defaults. */
export type CommandInit = MessageInitShape<typeof CommandSchema>;

/** Largest frame that either end takes, in bytes (CN4). */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/** Bytes of one frame. Lone surrogates in strings become U+FFFD, as UTF-8 has no place for them. */
export function encodeCommand(init: CommandInit): Uint8Array {
  return toBinary(CommandSchema, create(CommandSchema, init));
}

/**
 * Bytes of one frame that carries two bodies. A reader takes the last one that its schema knows, so
 * a peer of the seed schema reads `init.body` and a newer one `later` (RE4).
 */
export function encodeWithLater(
  init: CommandInit,
  later: NonNullable<CommandInit["body"]>,
): Uint8Array {
  const first = encodeCommand(init);
  const second = encodeCommand({ body: later });
  const frame = new Uint8Array(first.byteLength + second.byteLength);
  frame.set(first);
  frame.set(second, first.byteLength);
  return frame;
}

/** Reads one frame; throws `ProtocolError` when it is too large or not a `Command` (CN4). */
export function decodeCommand(frame: Uint8Array, maxBytes = MAX_FRAME_BYTES): Command {
  if (frame.byteLength > maxBytes) {
    throw new ProtocolError("CN4", `frame of ${frame.byteLength} bytes exceeds ${maxBytes}`);
  }
  try {
    return fromBinary(CommandSchema, frame);
  } catch (cause) {
    throw new ProtocolError("CN4", `frame does not decode: ${String(cause)}`);
  }
}
