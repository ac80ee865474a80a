import { fromBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { BinaryReader, configureTextEncoding } from "@bufbuild/protobuf/wire";
import { CommandSchema, type Command } from "../gen/api_pb.ts";
import { ProtocolError } from "../lib/errors.ts";
import { decodeUtf8, encodeUtf8, Utf8Decoder } from "../lib/utf8.ts";
import { ByteWriter } from "./byteWriter.ts";
import { readMessage } from "./readMessage.ts";
import { writeMessage } from "./writeMessage.ts";

export type { Command } from "../gen/api_pb.ts";

// Left to itself the library drops U+FEFF at the start of any string, for it might be a byte order
// mark. In an inserted text it is a character, and its loss would put every later position wrong.
configureTextEncoding({
  encodeUtf8,
  decodeUtf8(bytes, isStrict) {
    const text = decodeUtf8(bytes);
    if (text !== undefined) return text;
    if (isStrict === true) throw new ProtocolError("CN4", "string is not UTF-8");
    const decoder = new Utf8Decoder();
    return decoder.push(bytes) + decoder.flush();
  },
  checkUtf8: (text) => !/\p{Surrogate}/u.test(text),
});

/** A command as written by a sender: plain literals, missing fields take their defaults. */
export type CommandInit = MessageInitShape<typeof CommandSchema>;

/** Largest frame that either end takes, in bytes (CN4). */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;

const writer = new ByteWriter();

/** Bytes of one frame. Lone surrogates in strings become U+FFFD, as UTF-8 has no place for them. */
export function encodeCommand(init: CommandInit): Uint8Array {
  return writer.collect(() => writeMessage(writer, CommandSchema, init));
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
    const reader = new BinaryReader(frame);
    const command = readMessage(reader, CommandSchema, reader.len) as Command | undefined;
    return command ?? fromBinary(CommandSchema, frame);
  } catch (cause) {
    throw new ProtocolError("CN4", `frame does not decode: ${String(cause)}`);
  }
}
