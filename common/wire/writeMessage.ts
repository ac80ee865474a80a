import { ScalarType, type DescField, type DescMessage, type DescOneof } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { assert } from "../lib/errors.ts";
import type { ByteWriter } from "./byteWriter.ts";

/** A message as a plain literal: missing fields are as good as those that have their default. */
export type Literal = Readonly<Record<string, unknown>>;

/**
 * Writes a literal as the message that a descriptor tells of, with the bytes that the library makes
 * of it in several steps: a message, a mirror of it, and a look at each field that there could be.
 * That takes four times as long, and leaves thirty times as much to collect.
 */
export function writeMessage(writer: ByteWriter, type: DescMessage, message: Literal): void {
  for (const write of membersOf(type)) write(writer, message);
}

type Write = (writer: ByteWriter, value: unknown) => void;
type WriteMember = (writer: ByteWriter, message: Literal) => void;

const membersByType = new Map<DescMessage, readonly WriteMember[]>();

function membersOf(type: DescMessage): readonly WriteMember[] {
  let members = membersByType.get(type);
  if (members === undefined) {
    const first = (member: DescField | DescOneof): number =>
      member.kind === "oneof"
        ? Math.min(...member.fields.map(({ number }) => number))
        : member.number;
    members = type.members.toSorted((a, b) => first(a) - first(b)).map(memberWriter);
    membersByType.set(type, members);
  }
  return members;
}

function memberWriter(member: DescField | DescOneof): WriteMember {
  const { localName: name } = member;
  if (member.kind === "oneof") {
    const writes = new Map(member.fields.map((field) => [field.localName, fieldWriter(field)]));
    return (writer, message) => {
      const chosen = message[name] as { readonly case?: string; readonly value?: unknown };
      if (chosen?.case !== undefined) writes.get(chosen.case)?.(writer, chosen.value);
    };
  }
  const write = fieldWriter(member);
  return (writer, message) => {
    const value = message[name];
    if (value !== undefined && !isDefault(value)) write(writer, value);
  };
}

function isDefault(value: unknown): boolean {
  if (typeof value === "object") return value instanceof Uint8Array && value.byteLength === 0;
  return value === 0 || value === "" || value === false || value === 0n;
}

function fieldWriter(field: DescField): Write {
  const { number } = field;
  if (field.fieldKind === "map") return mapWriter(field);
  const { wireType, write } = valueWriter(field.message ?? field.scalar ?? ScalarType.INT32);
  const tag = tagOf(number, wireType);
  const writeOne: Write = (writer, value) => {
    writer.uint32(tag);
    write(writer, value);
  };
  if (field.fieldKind !== "list") return writeOne;
  if (!field.packed) {
    return (writer, list) => {
      for (const value of list as readonly unknown[]) writeOne(writer, value);
    };
  }
  const packed = tagOf(number, WireType.LengthDelimited);
  return (writer, list) => {
    if ((list as readonly unknown[]).length === 0) return;
    writer.uint32(packed);
    const mark = writer.begin();
    for (const value of list as readonly unknown[]) write(writer, value);
    writer.end(mark);
  };
}

function mapWriter(field: DescField & { readonly fieldKind: "map" }): Write {
  assert(field.mapKey === ScalarType.STRING, "keys of an object are strings");
  const { wireType, write } = valueWriter(field.message ?? field.scalar ?? ScalarType.INT32);
  const tag = tagOf(field.number, WireType.LengthDelimited);
  const keyTag = tagOf(1, WireType.LengthDelimited);
  const valueTag = tagOf(2, wireType);
  return (writer, entries) => {
    for (const [key, value] of Object.entries(entries as object)) {
      writer.uint32(tag);
      const mark = writer.begin();
      writer.uint32(keyTag);
      writer.string(key);
      writer.uint32(valueTag);
      write(writer, value);
      writer.end(mark);
    }
  };
}

function tagOf(number: number, wireType: WireType): number {
  return ((number << 3) | wireType) >>> 0;
}

/** How a value is written behind its tag, and the wire type that the tag tells. */
function valueWriter(type: DescMessage | ScalarType): {
  readonly wireType: WireType;
  readonly write: Write;
} {
  if (typeof type === "object") {
    const write: Write = (writer, value) => {
      const mark = writer.begin();
      writeMessage(writer, type, value as Literal);
      writer.end(mark);
    };
    return { wireType: WireType.LengthDelimited, write };
  }
  const write = scalars[type];
  assert(write, `the schema has no ${ScalarType[type]}`);
  const hasLength = type === ScalarType.STRING || type === ScalarType.BYTES;
  return { wireType: hasLength ? WireType.LengthDelimited : WireType.Varint, write };
}

/** The scalars that the schema has; enums are written as INT32. */
const scalars: Readonly<Partial<Record<ScalarType, Write>>> = {
  [ScalarType.BOOL]: (writer, value) => writer.uint32(value === true ? 1 : 0),
  [ScalarType.BYTES]: (writer, value) => writer.bytes(value as Uint8Array),
  [ScalarType.INT32]: (writer, value) => writer.int32(value as number),
  [ScalarType.INT64]: (writer, value) => writer.int64(BigInt(value as bigint)),
  [ScalarType.SINT32]: (writer, value) => writer.sint32(value as number),
  [ScalarType.STRING]: (writer, value) => writer.string(value as string),
  [ScalarType.UINT32]: (writer, value) => writer.uint32(value as number),
  [ScalarType.UINT64]: (writer, value) => writer.int64(BigInt(value as bigint)),
};
