// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, beforeEach, expect, it } from "vitest";
import { decodeUtf8 } from "#common/lib/utf8.ts";
import type { DocumentState } from "#protocol/services/ot.ts";
import { activeFile } from "#store/ui/layout.ts";
import type { IdeEnvironment } from "#store/store.ts";
import type { FakeClient } from "#test/helpers/fakeClient.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { renderIde } from "#test/helpers/renderIde.tsx";
import { Overlays } from "./Overlays.tsx";
import { SavedNote } from "./SavedNote.tsx";
import { Toasts } from "./Toasts.tsx";

afterEach(cleanup);

let clock: FakeClock;
beforeEach(() => {
  clock = new FakeClock();
});

/** A page whose files are open, with their edits acknowledged. */
async function open(paths: readonly string[], change: Partial<IdeEnvironment> = {}) {
  const files = Object.fromEntries(paths.map((path) => [path, `text of ${path}`]));
  const rendered = renderIde(
    <>
      <SavedNote />
      <Toasts />
      <Overlays />
    </>,
    files,
    { clock, ...change },
  );
  for (const path of paths) await rendered.client.ot.openDocument(path);
  return rendered;
}

function become(client: FakeClient, path: string, state: DocumentState): void {
  client.emit({ slice: "ot", event: { kind: "document", path, state } });
}

async function showList(): Promise<HTMLElement> {
  fireEvent.click(await screen.findByRole("button", { name: "Show" }));
  return screen.findByRole("dialog", { name: "Edits that are not in their files", hidden: true });
}

const press = (place: HTMLElement, name: string) =>
  fireEvent.click(within(place).getByRole("button", { name, hidden: true }));

it("[CL35] tells which file lacks how many edits, and goes on telling where they are", async () => {
  const { client } = await open(["src/notes.md"]);
  become(client, "src/notes.md", { kind: "deleted", unsent: 12 });
  clock.advance(1_000);
  const told = "src/notes.md is not there any more; 12 edits of yours are not in it.";
  expect((await screen.findByText(told)).className).toBe("toast__text");
  clock.advance(60_000);
  await waitFor(() => expect(screen.queryByText(told)).toBeNull());
  fireEvent.click(screen.getByRole("button", { name: "12 edits not yet saved" }));
  await screen.findByText(told);
  become(client, "src/notes.md", { kind: "live", unsent: 0 });
  await screen.findByText("Nothing waits any more");
});

it("[CL35] tells of several at once, and of none that is only slow to come", async () => {
  const { client } = await open(["a.txt", "b.txt", "c.txt"]);
  become(client, "a.txt", { kind: "deleted", unsent: 1 });
  become(client, "b.txt", { kind: "failed", unsent: 2, message: "not a text file" });
  become(client, "c.txt", { kind: "deleted", unsent: 3 });
  become(client, "c.txt", { kind: "live", unsent: 3 });
  clock.advance(1_000);
  await screen.findByText("2 files cannot be found or edited, and edits of yours are not in them.");
  const list = await showList();
  within(list).getByText("a.txt is not there any more; 1 edit of yours is not in it.");
  within(list).getByText(
    "b.txt cannot be edited (not a text file); 2 edits of yours are not in it.",
  );
  expect(within(list).getAllByRole("button", { name: /^Restore/, hidden: true })).toHaveLength(1);
});

it("[CL35] writes the file anew as it was, and leaves the edits to come by themselves", async () => {
  const { client } = await open(["a.txt"]);
  client.document("a.txt")?.editRemotely([{ offset: 0, deleteLength: 0, insert: "newest " }], 9);
  become(client, "a.txt", { kind: "deleted", unsent: 1 });
  clock.advance(1_000);
  press(await showList(), "Restore the file with my edits");
  await waitFor(() => expect(client.content("a.txt")).toBe("newest text of a.txt"));
  expect(client.calls).not.toContain("discardEdits(a.txt)");
  await screen.findByText("a.txt is back, with your edits.");
});

it("[CL35] saves a copy under a name that is free, and only then lets the edits go", async () => {
  const { client, ide } = await open(["src/a.txt", "src/a (my edits).txt"]);
  become(client, "src/a.txt", { kind: "deleted", unsent: 1 });
  clock.advance(1_000);
  press(await showList(), "Save as a copy");
  await waitFor(() => expect(client.calls).toContain("discardEdits(src/a.txt)"));
  expect(client.content("src/a (my edits) 2.txt")).toBe("text of src/a.txt");
  expect(client.calls.indexOf("write(src/a (my edits) 2.txt)")).toBeLessThan(
    client.calls.indexOf("discardEdits(src/a.txt)"),
  );
  await screen.findByText("Your text is in a (my edits) 2.txt.");
  expect(activeFile(ide.store.getState().layout)).toBe("src/a (my edits) 2.txt");
});

it("[CL35] asks twice before it discards", async () => {
  const { client } = await open(["a.txt"]);
  become(client, "a.txt", { kind: "deleted", unsent: 1 });
  clock.advance(1_000);
  const list = await showList();
  press(list, "Discard");
  expect(client.calls).not.toContain("discardEdits(a.txt)");
  press(list, "Discard for good");
  expect(client.calls).toContain("discardEdits(a.txt)");
});

it("[CL38] has edits go where the room says that their file is, and shows it there", async () => {
  const { client, ide } = await open(["notes.md", "talk.md"]);
  const move = { kind: "moved", from: "notes.md", to: "talk.md" };
  const text = `${JSON.stringify({ userId: 9, name: "Lin", atMs: 1, entry: move })}\n`;
  client.emit({ slice: "metadata", event: { kind: "value", key: "chat", text } });
  ide.actions.layout.openFile("notes.md");
  become(client, "notes.md", { kind: "deleted", unsent: 2 });
  clock.advance(1_000);
  await screen.findByText("notes.md is talk.md now; your edits have gone there.");
  expect(client.calls).toContain("followEdits(notes.md, talk.md)");
  expect(activeFile(ide.store.getState().layout)).toBe("talk.md");
});

it("[CL39] tells somebody who may only look what waits, and gives it to them as a file", async () => {
  const saved: string[] = [];
  const { client } = await open(["notes.md"], {
    saveFile: (name, bytes) => saved.push(`${name}: ${decodeUtf8(bytes)}`),
  });
  client.keptEdits = [{ path: "src/old.md", edits: 3, text: "mine" }];
  const self = { userId: 1, session: 2, name: "Ada", role: "viewer" } as const;
  client.emit(
    { slice: "control", event: { kind: "self", self } },
    { slice: "control", event: { kind: "connection", state: { kind: "connected" } } },
  );
  clock.advance(1_000);
  const list = await showList();
  within(list).getByText(
    "3 edits of yours are not in src/old.md: your link lets you look only. What this browser keeps goes into the file when you come by a link that lets you edit.",
  );
  press(list, "Save a copy on this computer");
  expect(saved).toEqual(["old.md: mine"]);
  expect(within(list).queryByRole("button", { name: /Discard|^Save as|Restore/ })).toBeNull();
  await screen.findByRole("button", { name: "View only, with edits of yours", hidden: true });
  client.keptEdits = [];
  client.emit({ slice: "metadata", event: { kind: "added", key: "chat", text: "" } });
  clock.advance(1_000);
  await within(list).findByText("Nothing waits any more");
});

it("[CL39] gives somebody whose edits are refused their text, as nothing can be written", async () => {
  const saved: string[] = [];
  const { client } = await open(["a.txt"], { saveFile: (name) => saved.push(name) });
  const self = { userId: 1, session: 2, name: "Ada", role: "viewer" } as const;
  client.emit({ slice: "control", event: { kind: "self", self } });
  become(client, "a.txt", { kind: "failed", unsent: 1, message: "permission denied" });
  clock.advance(1_000);
  const list = await showList();
  press(list, "Save a copy on this computer");
  expect(saved).toEqual(["a.txt"]);
  press(list, "Discard");
});
