import type { Cell } from "#common/lib/cell.ts";
import type { Client } from "#protocol/client.ts";
import { VERSION_NAMES, VERSION_SAVES } from "../metadata.ts";
import { versionNameEntry, versionSaveEntry } from "../metadata/versionNames.ts";
import type { LayoutActions } from "./layout.ts";
import { historyPane } from "./panes.ts";

export interface HistoryState {
  /** The version that the history of each file shows; the newest where there is none. */
  readonly shown: Readonly<Record<string, number>>;
}

export const initialHistory: HistoryState = { shown: {} };

export interface HistoryActions {
  /** Shows the history of a file beside it, at a version or at the newest. */
  open(path: string, version?: number): void;
  /** Shows a version where the history is open; without one, whatever is the newest. */
  show(path: string, version: number | undefined): void;
  /** From here on the names of versions are known, and who has saved them. */
  watchNames(): void;
  /** Marks the newest version of a file as one that I have saved by hand; once is enough. */
  markSaved(path: string): Promise<void>;
  /** Gives a version a name, or takes it away; the error's sentence when that fails. */
  nameVersion(version: number, committedMs: number, name: string): Promise<string | undefined>;
}

export function createHistoryActions(
  { metadata, ot }: Pick<Client, "metadata" | "ot">,
  cell: Cell<HistoryState>,
  layout: LayoutActions,
): HistoryActions {
  let watchesNames = false;
  /** What I have saved last of each file. */
  const saved = new Map<string, number>();
  function show(path: string, version: number | undefined): void {
    if (cell.get().shown[path] === version) return;
    cell.update(({ shown: { [path]: _before, ...others } }) => ({
      shown: version === undefined ? others : { ...others, [path]: version },
    }));
  }
  return {
    open(path, version) {
      show(path, version);
      layout.show(historyPane(path));
    },
    show,
    watchNames() {
      if (!watchesNames) for (const key of [VERSION_NAMES, VERSION_SAVES]) metadata.watch(key);
      watchesNames = true;
    },
    async markSaved(path) {
      const opened = await ot.openDocument(path);
      if (!opened.ok) return;
      const { version } = opened.value;
      opened.value.close();
      if (saved.get(path) === version) return;
      saved.set(path, version);
      const answer = await ot.history(path, version);
      const packet = answer.ok ? answer.value.find((each) => each.version === version) : undefined;
      if (packet === undefined) return;
      // It is a mark, and nobody waits for it.
      void metadata.append(VERSION_SAVES, versionSaveEntry(version, packet.committedMs));
    },
    async nameVersion(version, committedMs, name) {
      const entry = versionNameEntry(version, committedMs, name);
      const answer = await metadata.append(VERSION_NAMES, entry);
      return answer.ok ? undefined : answer.error.message;
    },
  };
}
