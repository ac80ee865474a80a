/** Who wrote a line, by the container's word. */
export interface Stamp {
  readonly userId: number;
  /** Whom the container knew them as at that time. */
  readonly name: string;
  readonly atMs: number;
}

/** A stretch of a file that a message speaks of; `label` is what stands for it in the text. */
export interface PlaceMark {
  readonly label: string;
  readonly path: string;
  /** `from` and `to` are code points of the text at this version. */
  readonly version: number;
  readonly from: number;
  readonly to: number;
  readonly quote: string;
}

/** What people and programs did in the room. */
export type Deed =
  | { readonly kind: "joined" | "left" }
  /** The new name is in the stamp. */
  | { readonly kind: "renamed"; readonly from: string }
  | { readonly kind: "ran"; readonly id: string; readonly command: string }
  | { readonly kind: "moved"; readonly from: string; readonly to: string }
  | { readonly kind: "restored"; readonly path: string; readonly version: number };

/** What an entry of the log `chat` says; PROTOCOL.md has the same table. */
export type ChatEntry =
  | {
      readonly kind: "said";
      readonly id: string;
      readonly text: string;
      readonly places?: readonly PlaceMark[];
    }
  | {
      readonly kind: "edited";
      readonly message: string;
      readonly text: string;
      readonly places?: readonly PlaceMark[];
    }
  | { readonly kind: "deleted"; readonly message: string }
  | Deed
  | {
      readonly kind: "ended";
      readonly run: string;
      readonly code: number;
      readonly durationMs: number;
    };

export interface ChatLine extends Stamp {
  readonly entry: ChatEntry;
}

export interface Message extends Stamp {
  readonly kind: "message";
  readonly id: string;
  readonly text: string;
  readonly places: readonly PlaceMark[];
  readonly isEdited: boolean;
}

export interface Activity extends Stamp {
  readonly kind: "activity";
  readonly id: string;
  readonly deed: Deed;
  /** How a program ended that was run, once it has. */
  readonly end: { readonly code: number; readonly durationMs: number } | undefined;
}

export type ChatItem = Message | Activity;

/** Longest text of one message: a long letter, not a file. */
export const MAX_MESSAGE_CHARS = 10_000;

/** The lines of the log; what makes no sense is left out. */
export function parseChatLines(text: string): readonly ChatLine[] {
  return text.split("\n").flatMap((line) => {
    const parsed = line === "" ? undefined : parseLine(line);
    return parsed === undefined ? [] : [parsed];
  });
}

function parseLine(line: string): ChatLine | undefined {
  try {
    const { userId, name, atMs, entry } = JSON.parse(line) as Stamp & { readonly entry: unknown };
    return isChatEntry(entry) ? { userId, name, atMs, entry } : undefined;
  } catch {
    return undefined;
  }
}

const fields: Readonly<Record<ChatEntry["kind"], Readonly<Record<string, "string" | "number">>>> = {
  said: { id: "string", text: "string" },
  edited: { message: "string", text: "string" },
  deleted: { message: "string" },
  joined: {},
  left: {},
  renamed: { from: "string" },
  ran: { id: "string", command: "string" },
  ended: { run: "string", code: "number", durationMs: "number" },
  moved: { from: "string", to: "string" },
  restored: { path: "string", version: "number" },
};

const placeFields = {
  label: "string",
  path: "string",
  version: "number",
  from: "number",
  to: "number",
  quote: "string",
} as const;

/** Whether a value that anybody may have written is an entry, with all that belongs to it. */
export function isChatEntry(value: unknown): value is ChatEntry {
  if (typeof value !== "object" || value === null) return false;
  const { kind, places = [], text = "-" } = value as Readonly<Record<string, unknown>>;
  return (
    Object.hasOwn(fields, String(kind)) &&
    hasFields(value, fields[kind as ChatEntry["kind"]]) &&
    Array.isArray(places) &&
    places.every((place: unknown) => hasFields(place, placeFields)) &&
    String(text).trim() !== "" &&
    String(text).length <= MAX_MESSAGE_CHARS
  );
}

function hasFields(value: unknown, types: Readonly<Record<string, "string" | "number">>): boolean {
  if (typeof value !== "object" || value === null) return false;
  const found = value as Readonly<Record<string, unknown>>;
  return Object.entries(types).every(([name, type]) =>
    type === "number"
      ? Number.isSafeInteger(found[name]) && Number(found[name]) >= 0
      : typeof found[name] === "string",
  );
}

/** What there is to show after one more line. A message is its author's alone. */
export function applyChatLine(
  items: readonly ChatItem[],
  { entry, ...stamp }: ChatLine,
): readonly ChatItem[] {
  const own = (id: string) => (item: ChatItem) =>
    item.kind === "message" && item.id === id && item.userId === stamp.userId;
  switch (entry.kind) {
    case "said": {
      const { id, text, places = [] } = entry;
      if (items.some((item) => item.id === id)) return items;
      return [...items, { ...stamp, kind: "message", id, text, places, isEdited: false }];
    }
    case "edited": {
      const isMeant = own(entry.message);
      const { text, places = [] } = entry;
      return items.map((item) =>
        isMeant(item) ? { ...item, text, places, isEdited: true } : item,
      );
    }
    case "deleted": {
      const isMeant = own(entry.message);
      return items.filter((item) => !isMeant(item));
    }
    case "ended": {
      const { run, code, durationMs } = entry;
      return items.map((item) =>
        item.kind === "activity" && item.deed.kind === "ran" && item.deed.id === run
          ? { ...item, end: { code, durationMs } }
          : item,
      );
    }
    case "moved": {
      const { from, to } = entry;
      return [...items.map((item) => withMovedPlaces(item, from, to)), activity(entry, stamp)];
    }
    case "joined":
    case "left":
    case "renamed":
    case "ran":
    case "restored":
      return [...items, activity(entry, stamp)];
    default:
      return entry satisfies never;
  }
}

function activity(deed: Deed, stamp: Stamp): Activity {
  const id = `${stamp.atMs} ${stamp.userId} ${deed.kind}`;
  return { ...stamp, kind: "activity", id, deed, end: undefined };
}

function withMovedPlaces(item: ChatItem, from: string, to: string): ChatItem {
  if (item.kind !== "message" || item.places.length === 0) return item;
  const places = item.places.map((place) => {
    if (place.path === from) return { ...place, path: to };
    if (!place.path.startsWith(`${from}/`)) return place;
    return { ...place, path: to + place.path.slice(from.length) };
  });
  return { ...item, places };
}
