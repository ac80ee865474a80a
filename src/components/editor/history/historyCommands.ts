import { encodeUtf8 } from "#common/lib/utf8.ts";
import { diff } from "#common/ot/diff.ts";
import { apply, transform } from "#common/ot/op.ts";
import { FileHistory } from "#store/ot/fileHistory.ts";
import type { Ide } from "#store/store.ts";
import { authorOf } from "#store/ui/authors.ts";
import { exportHistory } from "./exportHistory.ts";

/** Makes a version the newest one: an edit of mine like any other, or the file written anew. */
export async function restoreVersion(
  { actions, client }: Ide,
  history: FileHistory,
  version: number,
): Promise<void> {
  const { path, document } = history;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const text = history.versions.textAt(version);
  // Of a file that is gone the text lives on where it is open; an edit may change nothing in it.
  if (document === undefined || document.state.kind === "deleted") {
    const written = await client.files.write(path, encodeUtf8(text));
    if (!written.ok) {
      return actions.notifications.notify({ tone: "error", text: written.error.message });
    }
    actions.chat.noteRestored(path, version);
    await FileHistory.reopen(client, path);
    actions.notifications.notify({ tone: "success", text: `${name} is back.` });
    return actions.layout.openFile(path);
  }
  const before = document.text();
  document.replace(text);
  actions.chat.noteRestored(path, version);
  actions.history.show(path, undefined);
  actions.notifications.notify({
    tone: "success",
    text: `Version ${version} of ${name} is restored, as a new version.`,
    action: {
      label: "Undo",
      run() {
        actions.layout.openFile(path);
        // What anybody has typed since stays.
        const now = document.text();
        const [, back] = transform(diff(text, now), diff(text, before));
        document.replace(apply(now, back));
      },
    },
  });
}

/** Hands the whole history to the browser as a file that any program can read. */
export function downloadHistory({ store, actions }: Ide, { path, versions }: FileHistory): void {
  const state = store.getState();
  const lines = exportHistory(path, versions, (userId) => authorOf(state, userId).name);
  actions.downloadText(`${path.slice(path.lastIndexOf("/") + 1)}.history.jsonl`, lines);
}
