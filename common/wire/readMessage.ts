import {
  create,
  ScalarType,
  type DescField,
  type DescMessage,
  type Message,
} from "@bufbuild/protobuf";
import { WireType, type BinaryReader } from "@bufbuild/protobuf/wire";

/**
 * Reads a message that ends at `end`, as the library does, which for each one makes a table of all
 * fields that there could be, and a mirror of it: that takes six times as long. What only others
 * write is left to the library, by undefined: unknown fields, a message that is told in two parts,
 * maps, and numbers that are packed though they need not be.
 */
export function readMessage(
  reader: BinaryReader,
  type: DescMessage,
  end: number,
): Message | undefined {
  const fields = fieldsOf(type);
  const message = create(type);
  while (reader.pos < end) {
    const read = fields.get(reader.uint32());
    if (read === undefined || !read(reader, message as unknown as Fields)) return undefined;
  }
  return reader.pos === end ? message : undefined;
}

type Fields = Record<string, unknown>;
/** Reads a value; undefined when that is left to the library. */
type Read = (reader: BinaryReader) => unknown;
/** Reads one field into a message; false when that is left to the library. */
type ReadField = (reader: BinaryReader, message: Fields) => boolean;

/** By their tags: number and wire type. */
const fieldsByType = new Map<DescMessage, ReadonlyMap<number, ReadField>>();

function fieldsOf(type: DescMessage): ReadonlyMap<number, ReadField> {
  let fields = fieldsByType.get(type);
  if (fields === undefined) {
    fields = new Map(
      type.fields.flatMap((field) => {
        const found = fieldReader(field);
        return found === undefined ? [] : [[(field.number << 3) | found.wireType, found.read]];
      }),
    );
    fieldsByType.set(type, fields);
  }
  return fields;
}

function fieldReader(
  field: DescField,
): { readonly wireType: WireType; readonly read: ReadField } | undefined {
  const { fieldKind, localName: name, oneof } = field;
  const readValue = valueReader(field.message ?? field.scalar ?? ScalarType.INT32);
  if (fieldKind === "map" || readValue === undefined) return undefined;
  const isMessage = field.message !== undefined;
  const hasLength = isMessage || hasLengthOf(field.scalar);
  const wireType = hasLength ? WireType.LengthDelimited : WireType.Varint;
  if (fieldKind === "list") {
    if (!field.packed) return { wireType, read: listReader(name, readValue) };
    return { wireType: WireType.LengthDelimited, read: packedReader(name, readValue) };
  }
  const read: ReadField =
    oneof === undefined
      ? (reader, message) => {
          if (isMessage && message[name] !== undefined) return false;
          const value = readValue(reader);
          message[name] = value;
          return value !== undefined;
        }
      : (reader, message) => {
          const chosen = message[oneof.localName] as { readonly case: string | undefined };
          if (isMessage && chosen.case === name) return false;
          const value = readValue(reader);
          message[oneof.localName] = { case: name, value };
          return value !== undefined;
        };
  return { wireType, read };
}

function listReader(name: string, readValue: Read): ReadField {
  return (reader, message) => {
    const value = readValue(reader);
    (message[name] as unknown[]).push(value);
    return value !== undefined;
  };
}

function packedReader(name: string, readValue: Read): ReadField {
  return (reader, message) => {
    const list = message[name] as unknown[];
    const end = reader.uint32() + reader.pos;
    while (reader.pos < end) list.push(readValue(reader));
    return true;
  };
}

function valueReader(type: DescMessage | ScalarType): Read | undefined {
  if (typeof type === "number") return scalars[type];
  return (reader) => {
    const length = reader.uint32();
    return readMessage(reader, type, reader.pos + length);
  };
}

function hasLengthOf(scalar: ScalarType | undefined): boolean {
  return scalar === ScalarType.STRING || scalar === ScalarType.BYTES;
}

/** The scalars that the schema has; enums are read as INT32. */
const scalars: Readonly<Partial<Record<ScalarType, Read>>> = {
  [ScalarType.BOOL]: (reader) => reader.bool(),
  [ScalarType.BYTES]: (reader) => reader.bytes(),
  [ScalarType.INT32]: (reader) => reader.int32(),
  [ScalarType.INT64]: (reader) => reader.int64(),
  [ScalarType.SINT32]: (reader) => reader.sint32(),
  [ScalarType.STRING]: (reader) => reader.string(true),
  [ScalarType.UINT32]: (reader) => reader.uint32(),
  [ScalarType.UINT64]: (reader) => reader.uint64(),
};
