import { ScalarType, type DescField, type DescMessage } from "@bufbuild/protobuf";

/** One value of a message as either library writes it. */
export interface Sample {
  readonly ours: Readonly<Record<string, unknown>>;
  readonly theirs: Readonly<Record<string, unknown>>;
}

/** Which fields take part: the public library knows only those of the seed. */
export type Includes = (message: DescMessage, field: DescField) => boolean;

/** Deep enough for a command inside a log entry, and for packages that depend on packages. */
const MAX_DEPTH = 4;

/**
 * A value of `message` with something other than the default in every field. Where a oneof has
 * several members, `variant` says which one is set; lists hold three elements of different variants.
 */
export function sampleOf(message: DescMessage, includes: Includes, variant = 0, depth = 0): Sample {
  const ours: Record<string, unknown> = {};
  const theirs: Record<string, unknown> = {};
  for (const member of message.members) {
    if (member.kind === "oneof") {
      const fields = member.fields.filter((field) => includes(message, field));
      const field = fields[variant % fields.length];
      if (field === undefined) continue;
      const value = fieldSample(field, includes, 0, depth);
      if (value === undefined) continue;
      ours[member.localName] = { case: field.localName, value: value.ours };
      theirs[field.name] = value.theirs;
    } else if (includes(message, member)) {
      const value = fieldSample(member, includes, variant, depth);
      if (value === undefined) continue;
      ours[member.localName] = value.ours;
      theirs[member.name] = value.theirs;
    }
  }
  return { ours, theirs };
}

/** How many variants it takes to set every member of every oneof of the message itself. */
export function variantsOf(message: DescMessage): number {
  return Math.max(1, ...message.oneofs.map(({ fields }) => fields.length));
}

interface Value {
  readonly ours: unknown;
  readonly theirs: unknown;
}

/** A value for one field; undefined where it would nest too deeply. */
export function fieldSample(
  field: DescField,
  includes: Includes,
  variant = 0,
  depth = 0,
): Value | undefined {
  const nested = (message: DescMessage, which: number): Value | undefined =>
    depth >= MAX_DEPTH ? undefined : sampleOf(message, includes, which, depth + 1);
  switch (field.fieldKind) {
    case "scalar":
      return scalarSample(field.scalar, field.name, field.number + variant);
    case "enum":
      return same(field.enum.values.at(-1)?.number);
    case "message":
      return nested(field.message, variant);
    case "map":
      return same({ [`${field.name} key`]: "value ✓", "": "empty key" });
    case "list": {
      const items = [0, 1, 2].map((which) => {
        if (field.listKind === "message") return nested(field.message, which);
        if (field.listKind === "enum") return same(field.enum.values[which]?.number);
        return scalarSample(field.scalar, field.name, field.number + which);
      });
      const values = items.filter((item) => item !== undefined);
      return {
        ours: values.map((item) => item.ours),
        theirs: values.map((item) => item.theirs),
      };
    }
    default:
      return field satisfies never;
  }
}

function scalarSample(type: ScalarType, name: string, n: number): Value {
  switch (type) {
    case ScalarType.STRING:
      return same(`${name} ${n} é🙂\r\n`);
    case ScalarType.BYTES:
      return same(Uint8Array.of(0, 255, n & 255));
    case ScalarType.BOOL:
      return same(true);
    case ScalarType.UINT32:
      return same(4_294_967_295 - n);
    case ScalarType.INT32:
    case ScalarType.SINT32:
      return same(n % 2 === 0 ? n - 2_147_483_648 : n);
    case ScalarType.DOUBLE:
      return same(n + 0.5);
    case ScalarType.INT64:
      return { ours: -1n - BigInt(n), theirs: { low: ~n, high: -1, unsigned: false } };
    case ScalarType.UINT64:
      return { ours: 2n ** 63n + BigInt(n), theirs: { low: n, high: -(2 ** 31), unsigned: true } };
    case ScalarType.FLOAT:
    case ScalarType.FIXED32:
    case ScalarType.FIXED64:
    case ScalarType.SFIXED32:
    case ScalarType.SFIXED64:
    case ScalarType.SINT64:
      throw new Error(`the schema had no field like ${name} so far: add a sample for its type`);
    default:
      return type satisfies never;
  }
}

function same(value: unknown): Value {
  return { ours: value, theirs: value };
}
