import {
  create,
  equals,
  fromBinary,
  isFieldSet,
  toBinary,
  type DescField,
  type DescMessage,
  type Message,
} from "@bufbuild/protobuf";
import { api, google } from "@replit/protocol";
import { describe, expect, it } from "vitest";
import { fieldSample, variantsOf } from "#test/golden/sample.ts";
import { CommandSchema } from "../gen/api_pb.ts";
import { InvariantError, ProtocolError } from "../lib/errors.ts";
import { mulberry32, randomBelow } from "../lib/random.ts";
import { accepts, laterBodies, type BodyCase } from "./body.ts";
import { decodeCommand, encodeCommand, encodeWithLater, type CommandInit } from "./codec.ts";

/** The public library, which has exactly the seed's schema, by the names of its messages. */
const publicTypes: Readonly<Record<string, unknown>> = { api, google };

function publicTypeOf(message: DescMessage): { readonly prototype: object } | undefined {
  let found: unknown = publicTypes;
  for (const part of message.typeName.split(".")) {
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[part];
  }
  return found as { readonly prototype: object } | undefined;
}

function isOfSeed(message: DescMessage, field: DescField): boolean {
  return field.name in (publicTypeOf(message)?.prototype ?? {});
}

const envelope = { channel: 7, session: -3, ref: "réf" };
const bodyFields = CommandSchema.fields.filter(({ oneof }) => oneof?.name === "body");
const seedFields = bodyFields.filter((field) => isOfSeed(CommandSchema, field));
const laterFields = bodyFields.filter((field) => !isOfSeed(CommandSchema, field));

interface Golden {
  readonly title: string;
  readonly ours: CommandInit;
  readonly theirs: api.Command;
}

function goldenOf(
  field: DescField,
  includes: (message: DescMessage, field: DescField) => boolean,
): readonly Golden[] {
  const count = field.fieldKind === "message" ? variantsOf(field.message) : 1;
  return Array.from({ length: count }, (_, variant) => {
    const value = fieldSample(field, includes, variant);
    return {
      title: count === 1 ? field.name : `${field.name}, variant ${variant}`,
      ours: { ...envelope, body: { case: field.localName, value: value?.ours } } as CommandInit,
      theirs: { ...envelope, [field.name]: value?.theirs } as unknown as api.Command,
    };
  });
}

const seed = seedFields.flatMap((field) => goldenOf(field, isOfSeed));
const later = laterFields.flatMap((field) => goldenOf(field, () => true));

/** Undefined when it throws. */
function outcomeOf<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

function readPublicly(frame: Uint8Array): unknown {
  const command = api.Command.decode(frame) as api.Command;
  return api.Command.toObject(command, { longs: String, enums: Number, bytes: Array });
}

describe("the seed's bodies", () => {
  it("are all there, and none besides", () => {
    const known = Object.keys(api.Command.prototype).filter(
      (name) => !["channel", "session", "ref", "toJSON"].includes(name),
    );
    expect(seedFields.map(({ name }) => name)).toEqual(expect.arrayContaining(known));
    expect(seedFields).toHaveLength(104);
  });

  it.each(seed)("the public library's $title is ours, byte for byte", ({ ours, theirs }) => {
    const frame = api.Command.encode(theirs).finish();
    const decoded = decodeCommand(frame);
    expect(equals(CommandSchema, decoded, create(CommandSchema, ours))).toBe(true);
    const back = encodeCommand(ours);
    expect(Buffer.from(back).toString("hex")).toBe(Buffer.from(frame).toString("hex"));
    expect(readPublicly(back)).toEqual(readPublicly(frame));
  });

  it("have something in every field", () => {
    for (const field of seedFields) {
      if (field.fieldKind !== "message") continue;
      const wanted = field.message.fields.filter((inner) => isOfSeed(field.message, inner));
      const bodies = goldenOf(field, isOfSeed).map(({ ours }) => ours.body?.value as Message);
      const missing = wanted.filter(
        (inner) => !bodies.some((body) => isFieldSet(create(field.message, body), inner)),
      );
      expect(missing.map(({ parent, name }) => `${parent.name}.${name}`)).toEqual([]);
    }
  });

  it("stay readable as they were recorded", async () => {
    const lines = [...seed, ...later].map(
      ({ title, ours }) => `${title}: ${Buffer.from(encodeCommand(ours)).toString("hex")}`,
    );
    await expect(lines.join("\n") + "\n").toMatchFileSnapshot("../../test/golden/frames.txt");
  });
});

describe("the later bodies", () => {
  it("are those that go only to who asks for them", () => {
    expect(new Set(laterFields.map(({ localName }) => localName))).toEqual(laterBodies);
  });

  it.each(later)("$title comes back as it went", ({ ours }) => {
    const decoded = decodeCommand(encodeCommand(ours));
    expect(equals(CommandSchema, decoded, create(CommandSchema, ours))).toBe(true);
  });

  it.each(later)("a client of the seed reads $title as a command without a body", ({ ours }) => {
    const command = api.Command.decode(encodeCommand(ours));
    expect(command.body).toBeUndefined();
    expect(command.ref).toBe(envelope.ref);
  });

  it("[RE4] hide behind a body of the seed from those who do not know them", () => {
    const frame = encodeWithLater(
      { ...envelope, body: { case: "ok", value: {} } },
      { case: "otLinkFileResponse", value: { version: 3 } },
    );
    expect(api.Command.decode(frame).body).toBe("ok");
    expect(decodeCommand(frame)).toMatchObject({
      ...envelope,
      body: { case: "otLinkFileResponse", value: { version: 3 } },
    });
  });
});

describe("a large frame", () => {
  // Lengths take one byte more from each of these on, also around what is inside.
  it.each([0, 63, 64, 65, 100, 127, 128, 16_370, 16_384, 2_097_140, 2_097_152])(
    "of some %i bytes is written as the library does",
    (size) => {
      const text = "x".repeat(Math.max(size - 3, 0)) + "é🙂";
      const file = { path: text, content: new TextEncoder().encode(text) };
      const files = { files: [{ path: "a" }, file, { path: "b" }] };
      const body = { case: "files", value: files } as const;
      const init: CommandInit = { channel: 2 ** 31 - 1, session: -(2 ** 31), body, ref: text };
      const frame = encodeCommand(init);
      const bytes = toBinary(CommandSchema, create(CommandSchema, init));
      expect(Buffer.compare(frame, bytes)).toBe(0);
      const decoded = fromBinary(CommandSchema, frame);
      expect(equals(CommandSchema, decodeCommand(frame), decoded)).toBe(true);
    },
  );

  it("that cannot be written leaves nothing in the next one", () => {
    const body = { case: "otFetchRequest", value: { versionFrom: 1, versionTo: -1 } } as const;
    expect(() => encodeCommand({ channel: 1, body })).toThrow(InvariantError);
    expect([...encodeCommand({ channel: 1 })]).toEqual([8, 1]);
  });
});

describe("accepts", () => {
  it("has a place for every body", () => {
    const placed = new Set<BodyCase>(Object.values(accepts).flat());
    expect([...placed].sort()).toEqual(bodyFields.map(({ localName }) => localName).sort());
  });
});

describe("a frame", () => {
  it("keeps U+FEFF wherever it stands in a text", () => {
    const insert = "\uFEFFa\uFEFF";
    const frame = encodeCommand({ ref: insert, body: { case: "input", value: insert } });
    expect(decodeCommand(frame)).toMatchObject({ ref: insert, body: { value: insert } });
  });

  it("[CN4] that is too large or not a command is a ProtocolError", () => {
    expect(() => decodeCommand(new Uint8Array(11), 10)).toThrow(ProtocolError);
    expect(() => decodeCommand(Uint8Array.of(0x0a, 0x05, 0x01))).toThrow(ProtocolError);
    expect(() => decodeCommand(Uint8Array.of(0xff, 0xff, 0xff))).toThrow(ProtocolError);
  });

  it("[CN16] may be empty, or hold fields nobody knows", () => {
    expect(decodeCommand(new Uint8Array()).body.case).toBeUndefined();
    // Field 900, a varint.
    expect(decodeCommand(Uint8Array.of(0xa0, 0x38, 0x01)).body.case).toBeUndefined();
  });

  it("is read and written as the library does, with several bodies and unknown fields too", () => {
    const frames = [...seed, ...later].map(({ ours }) => encodeCommand(ours));
    frames.push(Uint8Array.of(0xa0, 0x38, 0x01), encodeCommand({}));
    for (const [index, frame] of frames.entries()) {
      const both = Buffer.concat([frame, frames[(index * 31) % frames.length] ?? frame]);
      for (const bytes of [frame, both]) {
        expect(decodeCommand(bytes)).toEqual(fromBinary(CommandSchema, bytes));
      }
    }
    for (const { ours } of [...seed, ...later]) {
      const bytes = toBinary(CommandSchema, create(CommandSchema, ours));
      expect(Buffer.compare(encodeCommand(ours), bytes)).toBe(0);
    }
  });

  it("that was damaged is read as the library reads it, or not at all", () => {
    const random = mulberry32(1);
    let read = 0;
    for (const { ours } of [...seed, ...later]) {
      for (let i = 0; i < 50; i++) {
        const frame = encodeCommand(ours);
        frame[randomBelow(random, frame.length)] = randomBelow(random, 256);
        const damaged = frame.subarray(0, frame.length - (i % 3));
        const theirs = outcomeOf(() => fromBinary(CommandSchema, damaged));
        expect(outcomeOf(() => decodeCommand(damaged))).toEqual(theirs);
        if (theirs !== undefined) read++;
      }
    }
    expect(read).toBeGreaterThan(500);
  });

  it("writes U+FFFD for a lone surrogate", () => {
    const frame = encodeCommand({ body: { case: "input", value: "a\ud83d" } });
    expect(decodeCommand(frame).body.value).toBe("a\ufffd");
  });
});
