import type { PlaceMark } from "#common/chat/log.ts";
import type { Clock } from "#common/lib/clock.ts";
import type { Client } from "#protocol/client.ts";
import type { Anchor, Anchors, OpenDocument } from "#protocol/document.ts";
import type { TextSpan } from "../ui/editors.ts";

/** `src/main.ts:12` or `src/main.ts:12:3`, as people write places. */
export const placePattern =
  /(?<![\w/.:-])(?<path>(?:[\w@+-][\w.@+-]*\/)*[\w.@+-]*\.\w+):(?<line>\d+)(?::(?<column>\d+))?/;

/** So many places of one message are followed. */
const MAX_MARKS = 8;
/** A quote tells a line again, and need not be a page. */
const MAX_QUOTE_CHARS = 2_000;
/** Longer than this nobody waits for a text to be opened. */
const PATIENCE_MS = 3_000;

/** Where a mark leads to now. */
export interface FoundPlace {
  readonly line: number;
  readonly column: number;
  /** The words are gone; this is where they were. */
  readonly isRemoved: boolean;
}

/** Makes marks of places and finds them again, through all edits since. */
export interface Places {
  /** Marks for the places in a message that are there, but for those that it has already. */
  marksIn(text: string, known: readonly PlaceMark[]): Promise<readonly PlaceMark[]>;
  /** A mark for a stretch of a file, which is asked for when everything typed has arrived. */
  mark(path: string, span: () => TextSpan): Promise<PlaceMark | undefined>;
  /** Undefined when the text cannot be had. */
  find(mark: PlaceMark): Promise<FoundPlace | undefined>;
}

export function createPlaces({ ot }: Client, clock: Clock): Places {
  /** Does something with an open text and its anchors, within the patience that there is. */
  async function withText<T>(
    path: string,
    work: (document: OpenDocument, anchors: Anchors) => Promise<T>,
  ): Promise<T | undefined> {
    const opened = await ot.openDocument(path);
    if (!opened.ok) return undefined;
    const document = opened.value;
    const anchors = ot.anchors(document);
    const tired = new Promise<undefined>((resolve) => {
      clock.after(PATIENCE_MS, () => resolve(undefined));
    });
    try {
      return await Promise.race([work(document, anchors), tired]);
    } finally {
      anchors.dispose();
      document.close();
    }
  }

  async function mark(path: string, span: () => TextSpan): Promise<PlaceMark | undefined> {
    let line = 1;
    const anchor = await withText(path, (document, anchors) =>
      anchors.make(() => {
        const wanted = span();
        line = wanted.line;
        return rangeOf(document.text(), wanted);
      }),
    );
    if (anchor === undefined || anchor.quote === "") return undefined;
    const { version, from } = anchor;
    const label = `${path}:${line}`;
    const quote = anchor.quote.slice(0, MAX_QUOTE_CHARS).replace(/[\uD800-\uDBFF]$/, "");
    return { label, path, version, from, to: from + Array.from(quote).length, quote };
  }

  return {
    mark,
    async marksIn(text, known) {
      const all = [...text.matchAll(new RegExp(placePattern, "gu"))];
      const labels = new Map(all.map((match) => [match[0], match.groups ?? {}]));
      for (const { label } of known) labels.delete(label);
      const marks = await Promise.all(
        [...labels].slice(0, MAX_MARKS).map(async ([label, { path = "", line }]) => {
          const at = { line: Number(line), endLine: Number(line), column: 1, endColumn: 1 };
          const found = await mark(path, () => at);
          return found === undefined ? [] : [{ ...found, label }];
        }),
      );
      return [...known.filter(({ label }) => text.includes(label)), ...marks.flat()];
    },
    find: ({ path, ...place }) =>
      withText(path, async (document, anchors) => {
        const { from, to, isRemoved } = await followed(anchors, place);
        const before = document
          .text()
          .slice(0, from)
          .split(/\r\n|\r|\n/);
        const column = (before.at(-1)?.length ?? 0) + 1;
        return { line: before.length, column, isRemoved: isRemoved && from === to };
      }),
  };
}

/** A message that shows a place to everyone, clients of old included. */
export function sharedText({ label, path, quote }: PlaceMark): string {
  const language = /\.(\w+)$/.exec(path)?.[1] ?? "";
  return quote.includes("```") ? label : `${label}\n\`\`\`${language}\n${quote}\n\`\`\``;
}

/** Resolves when it is known where an anchor is by now. */
function followed(anchors: Anchors, anchor: Anchor) {
  const id = "place";
  return new Promise<{ from: number; to: number; isRemoved: boolean }>((resolve) => {
    const look = (): void => {
      const place = anchors.places().get(id);
      if (place !== undefined) resolve(place);
    };
    anchors.onMoved(look);
    anchors.follow(new Map([[id, anchor]]));
    look();
  });
}

/** Offsets of a stretch; of an empty one those of the words of its line, without blanks around. */
function rangeOf(text: string, { line, column, endLine, endColumn }: TextSpan) {
  const starts = [
    0,
    ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ 0: end, index }) => index + end.length),
  ];
  const start = starts[line - 1];
  const end = starts[endLine - 1];
  if (start === undefined || end === undefined) return { from: 0, to: 0 };
  const isEmpty = line === endLine && column === endColumn;
  if (!isEmpty) {
    // Whole lines end where the next begins; the break between is not meant.
    const isWhole = endLine > line && endColumn === 1;
    const breakChars = !isWhole ? 0 : text.startsWith("\r\n", end - 2) ? 2 : 1;
    return { from: start + column - 1, to: end + endColumn - 1 - breakChars };
  }
  const words = text.slice(start, starts[line]);
  const from = start + words.length - words.trimStart().length;
  return { from, to: from + words.trim().length };
}
