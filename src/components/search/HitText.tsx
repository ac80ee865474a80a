import { matchRanges, type SearchQuery } from "#store/ui/search.ts";

interface HitTextProps {
  readonly query: SearchQuery;
  readonly text: string;
}

/** More than this before what was found would push it out of sight. */
const LEAD_CHARS = 24;

/** A found line with what was looked for marked in it. */
export function HitText({ query, text }: HitTextProps) {
  const line = aroundFirst(query, text.trimStart());
  const ranges = matchRanges(query, line);
  return (
    <span className="search__text">
      {line.slice(0, ranges[0]?.[0])}
      {ranges.map(([from, to], index) => (
        <span key={from}>
          <mark>{line.slice(from, to)}</mark>
          {line.slice(to, ranges[index + 1]?.[0])}
        </span>
      ))}
    </span>
  );
}

function aroundFirst(query: SearchQuery, line: string): string {
  const start = matchRanges(query, line)[0]?.[0] ?? 0;
  return start <= LEAD_CHARS ? line : `…${line.slice(start - LEAD_CHARS / 2)}`;
}
