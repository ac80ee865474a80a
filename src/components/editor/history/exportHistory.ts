import type { Versions } from "#common/ot/versions.ts";

const HOW_TO_READ =
  "One line for each version. Its ops walk the text before it in Unicode code points: a number " +
  "keeps that many, a number below zero deletes, a string is inserted; what follows stays.";

/** A history as lines of JSON that any program can read: a head, the versions, the final text. */
export function exportHistory(
  path: string,
  versions: Versions,
  nameOf: (userId: number) => string,
): string {
  const lines: unknown[] = [
    { format: "tandem-history", path, versions: versions.count, about: HOW_TO_READ },
  ];
  for (let version = 1; version <= versions.count; version++) {
    const userId = versions.authorAt(version);
    lines.push({
      version,
      time: new Date(versions.timeAt(version)).toISOString(),
      userId,
      author: nameOf(userId),
      ops: versions.opAt(version),
    });
  }
  lines.push({ text: versions.textAt(versions.count) });
  return `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`;
}
