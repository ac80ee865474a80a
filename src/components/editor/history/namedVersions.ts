import type { Versions } from "#common/ot/versions.ts";
import { nameOfVersion, type VersionNames } from "#store/metadata/versionNames.ts";

export interface NamedVersion {
  readonly version: number;
  readonly name: string;
  readonly userId: number;
}

/** The versions of this history that have names, oldest first. */
export function namedVersions(
  versions: Pick<Versions, "count" | "timeAt">,
  names: VersionNames,
): readonly NamedVersion[] {
  const named: NamedVersion[] = [];
  for (const key of Object.keys(names)) {
    const version = Number.parseInt(key, 10);
    if (version < 1 || version > versions.count) continue;
    const name = nameOfVersion(names, version, versions.timeAt(version));
    const isKnown = named.some((other) => other.version === version);
    if (name !== undefined && !isKnown) named.push({ version, ...name });
  }
  return named.toSorted((a, b) => a.version - b.version);
}
