/** What somebody has called a version of a text. */
export interface VersionName {
  readonly name: string;
  readonly userId: number;
}

/** By version and time: the two tell a version apart from all others, whatever its file is called. */
export type VersionNames = Readonly<Record<string, VersionName>>;

/** The entry of the log for it (MD6); an empty name takes the name away. */
export function versionNameEntry(version: number, committedMs: number, name: string): string {
  return JSON.stringify({ version, committedMs: Math.round(committedMs), name });
}

export function nameOfVersion(
  names: VersionNames,
  version: number,
  committedMs: number,
): VersionName | undefined {
  return names[keyOf(version, committedMs)];
}

/** The names after some more lines of the log. Lines that make no sense name nothing. */
export function addVersionNames(names: VersionNames, lines: string): VersionNames {
  const next: Record<string, VersionName> = { ...names };
  for (const { key, userId, name } of entriesIn(lines)) {
    if (typeof name !== "string") continue;
    if (name === "") delete next[key];
    else next[key] = { name, userId };
  }
  return next;
}

/** Who has saved a version by hand, by version and time as above. */
export type VersionSaves = Readonly<Record<string, number>>;

/** The entry of the log for it (MD6). */
export function versionSaveEntry(version: number, committedMs: number): string {
  return JSON.stringify({ version, committedMs: Math.round(committedMs) });
}

export function saverOfVersion(
  saves: VersionSaves,
  version: number,
  committedMs: number,
): number | undefined {
  return saves[keyOf(version, committedMs)];
}

/** Those who have saved after some more lines of the log. */
export function addVersionSaves(saves: VersionSaves, lines: string): VersionSaves {
  const next: Record<string, number> = { ...saves };
  for (const { key, userId } of entriesIn(lines)) next[key] = userId;
  return next;
}

function* entriesIn(
  lines: string,
): Generator<{ readonly key: string; readonly userId: number; readonly name: unknown }> {
  for (const line of lines.split("\n")) {
    const { userId, entry } = parse(line);
    if (typeof userId !== "number" || typeof entry !== "object" || entry === null) continue;
    const { version, committedMs, name }: Partial<Record<string, unknown>> = entry;
    if (typeof version !== "number" || typeof committedMs !== "number") continue;
    yield { key: keyOf(version, committedMs), userId, name };
  }
}

function parse(line: string): { readonly userId?: unknown; readonly entry?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function keyOf(version: number, committedMs: number): string {
  return `${version}@${Math.round(committedMs)}`;
}
