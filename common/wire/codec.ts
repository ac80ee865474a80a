import {
  create,
  fromBinary,
  ScalarType,
  toBinary,
  type DescField,
  type Message,
  type MessageInitShape,
} from "@bufbuild/protobuf";
import {
  BinaryReader,
  BinaryWriter,
  configureTextEncoding,
  WireType,
} from "@bufbuild/protobuf/wire";
import { CommandSchema, type Command } from "../gen/api_pb.ts";
import { ProtocolError } from "../lib/errors.ts";
import { decodeUtf8, encodeUtf8, Utf8Decoder } from "../lib/utf8.ts";

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

/** Bytes of one frame. Lone surrogates in strings become U+FFFD, as UTF-8 has no place for them. */
export function encodeCommand(init: CommandInit): Uint8Array {
  return writeCommand(init) ?? toBinary(CommandSchema, create(CommandSchema, init));
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
    return readCommand(frame) ?? fromBinary(CommandSchema, frame);
  } catch (cause) {
    throw new ProtocolError("CN4", `frame does not decode: ${String(cause)}`);
  }
}

// The library looks at each of a hundred possible bodies for each frame, which takes three times as
// long as all else. So the envelope is written and read here, and the library does what is in it.

const { channel, session, ref } = CommandSchema.field;
const bodies = CommandSchema.fields.filter(({ oneof }) => oneof?.localName === "body");
const bodiesByCase = new Map<string, DescField>(bodies.map((field) => [field.localName, field]));
const bodiesByNumber = new Map(bodies.map((field) => [field.number, field]));

/** Undefined for the few bodies that are neither messages nor strings. */
function writeCommand(init: CommandInit): Uint8Array | undefined {
  const writer = new BinaryWriter();
  if (init.channel) writer.tag(channel.number, WireType.Varint).int32(init.channel);
  if (init.session) writer.tag(session.number, WireType.Varint).int32(init.session);
  const { case: name, value } = init.body ?? {};
  if (name !== undefined) {
    const field = bodiesByCase.get(name);
    if (field?.fieldKind === "message") {
      const body = toBinary(field.message, create(field.message, value as Record<string, unknown>));
      writer.tag(field.number, WireType.LengthDelimited).bytes(body);
    } else if (typeof value === "string" && field !== undefined) {
      writer.tag(field.number, WireType.LengthDelimited).string(value);
    } else {
      return undefined;
    }
  }
  if (init.ref) writer.tag(ref.number, WireType.LengthDelimited).string(init.ref);
  return writer.finish();
}

/** Undefined for what is not as we write it: those few bodies, unknown fields, a second body. */
function readCommand(frame: Uint8Array): Command | undefined {
  const reader = new BinaryReader(frame);
  const command = create(CommandSchema);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (wireType === WireType.Varint && number === channel.number) {
      command.channel = reader.int32();
    } else if (wireType === WireType.Varint && number === session.number) {
      command.session = reader.int32();
    } else if (wireType !== WireType.LengthDelimited) {
      return undefined;
    } else if (number === ref.number) {
      command.ref = reader.string(true);
    } else {
      const field = bodiesByNumber.get(number);
      if (field === undefined || command.body.case !== undefined) return undefined;
      const value = readBody(reader, field);
      if (value === undefined) return undefined;
      // That a value is of its field's type only the schema knows.
      command.body = { case: field.localName, value } as Command["body"];
    }
  }
  return command;
}

function readBody(reader: BinaryReader, field: DescField): Message | string | undefined {
  if (field.fieldKind === "message") return fromBinary(field.message, reader.bytes());
  return field.scalar === ScalarType.STRING ? reader.string(true) : undefined;
}
