import type { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { Versions } from "#common/ot/versions.ts";
import type { Client } from "#protocol/client.ts";
import { freeName, join, nameOf, parentOf } from "../files/paths.ts";
import type { Ide } from "../store.ts";
import { panesOf } from "../ui/dock.ts";
import { fileOfPane } from "../ui/panes.ts";
import type { StrandedEdits } from "../ot.ts";
import { FileHistory } from "./fileHistory.ts";

// What becomes of edits whose file is gone, or is none any more that can be edited.

/**
 * Makes a file that is gone anew, as it was last. The edits that wait for it follow by themselves,
 * transformed like any others. A container that knows nothing of the file gets it with them.
 */
export async function bringBack(ide: Ide, path: string): Promise<void> {
  const { client, actions, store } = ide;
  const known = await readPast(client, path);
  if (!known.ok) return tellFailure(ide, known.error);
  const { count } = known.value;
  if (count === 0) return saveTexts(ide, path, (index) => (index === 0 ? path : undefined));
  const written = await client.files.write(path, encodeUtf8(known.value.textAt(count)));
  if (!written.ok) return tellFailure(ide, written.error);
  actions.chat.noteRestored(path, count);
  void FileHistory.reopen(client, path);
  const state = store.getState().ot.documents[path];
  const waited = state?.kind === "deleted" && state.unsent > 0;
  const text = `${nameOf(path)} is back${waited ? ", with your edits" : ""}.`;
  actions.notifications.notify({ tone: "success", text });
  actions.layout.openFile(path);
}

/** Writes the text with the edits into a file of its own, beside where the file was. */
export function saveAsCopy(ide: Ide, path: string): Promise<void> {
  return saveTexts(ide, path, () => undefined);
}

/** Hands the text with the edits to the browser, to be kept as a file on this computer. */
export function saveHere({ client, actions }: Ide, { path, text }: StrandedEdits): void {
  for (const each of text === undefined ? client.ot.unsavedTexts(path) : [text]) {
    actions.downloadText(nameOf(path), each);
  }
}

/** Forgets the edits, for good. */
export function discardEdits({ client, store, actions }: Ide, path: string): void {
  const panes = panesOf(store.getState().layout.dock).filter((id) => fileOfPane(id) === path);
  if (panes.length > 0) actions.layout.close(panes);
  client.ot.discardEdits(path);
}

/** Everything that the container knows of a file's past. */
async function readPast(client: Client, path: string): Promise<Result<Versions, RequestError>> {
  const versions = new Versions();
  for (;;) {
    const answer = await client.ot.history(path, versions.count + 1);
    if (!answer.ok) return answer.error.code === "not-found" ? ok(versions) : answer;
    if (answer.value.length === 0) return ok(versions);
    for (const { op, userId, committedMs } of answer.value) versions.push(op, userId, committedMs);
  }
}

/** Writes each text to where `placeOf` says, else under a name of its own. */
async function saveTexts(
  ide: Ide,
  path: string,
  placeOf: (index: number) => string | undefined,
): Promise<void> {
  const { client, actions } = ide;
  const copies: string[] = [];
  for (const [index, text] of client.ot.unsavedTexts(path).entries()) {
    const place = placeOf(index) ?? (await findFreePlace(client, path));
    const written =
      typeof place === "string" ? await client.files.write(place, encodeUtf8(text)) : place;
    if (!written.ok) return tellFailure(ide, written.error);
    if (typeof place === "string") copies.push(place);
  }
  discardEdits(ide, path);
  for (const copy of copies) actions.layout.openFile(copy);
  const names = copies.map(nameOf).join(", ");
  actions.notifications.notify({ tone: "success", text: `Your text is in ${names}.` });
}

async function findFreePlace(
  { files }: Client,
  path: string,
): Promise<string | Result<never, RequestError>> {
  const name = nameOf(path);
  const dot = name.lastIndexOf(".");
  const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  const taken = new Set<string>();
  for (;;) {
    const free = freeName(`${stem} (my edits)${extension}`, (other) => taken.has(other));
    const place = join(parentOf(path), free);
    const found = await files.stat(place);
    if (!found.ok) return fail(found.error);
    if (found.value === undefined) return place;
    taken.add(free);
  }
}

function tellFailure({ actions }: Ide, { message }: RequestError): void {
  actions.notifications.notify({ tone: "error", text: message });
}
