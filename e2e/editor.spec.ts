import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./room.ts";
import { goToEnd, goToStart, openFile, shownText } from "./page.ts";

test("two people type in one file at once and end with one text", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(ada);
  await goToEnd(lin);
  await Promise.all([
    ada.keyboard.type("ada writes 🦩 above. ", { delay: 15 }),
    lin.keyboard.type("lin writes below 🐢.", { delay: 15 }),
  ]);
  const wanted = "ada writes 🦩 above. # Notes\n\nOne line.\nlin writes below 🐢.";
  await expect.poll(() => shownText(ada)).toBe(wanted);
  await expect.poll(() => shownText(lin)).toBe(wanted);
  const onDisk = () => readFileSync(join(room.folder, "notes.md"), "utf8");
  await expect.poll(onDisk).toBe(wanted);
  await ada.reload();
  await openFile(ada, "notes.md");
  await expect.poll(() => shownText(ada)).toBe(wanted);
});

test("each sees the other's caret with a name", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToEnd(lin);
  await lin.keyboard.type("x");
  const label = ada.locator(".caret .caret-label");
  await expect(label).toHaveCount(1);
  await expect(label).not.toBeEmpty();
  await lin.close();
  await expect(label).toHaveCount(0);
});

test("a change on disk comes in as an edit, and undo leaves it alone", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("mine");
  const path = join(room.folder, "notes.md");
  await expect.poll(() => readFileSync(path, "utf8")).toContain("mine");
  writeFileSync(path, `by a program\n${readFileSync(path, "utf8")}`);
  await expect.poll(() => shownText(ada)).toBe("by a program\n# Notes\n\nOne line.\nmine");
  await ada.keyboard.press("Control+z");
  await expect.poll(() => shownText(ada)).toBe("by a program\n# Notes\n\nOne line.\n");
  await ada.keyboard.press("Control+Shift+z");
  await expect.poll(() => shownText(ada)).toBe("by a program\n# Notes\n\nOne line.\nmine");
});

test("undo takes back only what this person has typed", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("ada");
  await expect.poll(() => shownText(lin)).toContain("ada");
  await goToEnd(lin);
  await lin.keyboard.type(" lin");
  await expect.poll(() => shownText(ada)).toContain("ada lin");
  await ada.keyboard.press("Control+z");
  await expect.poll(() => shownText(lin)).toBe("# Notes\n\nOne line.\n lin");
  await expect.poll(() => shownText(ada)).toBe("# Notes\n\nOne line.\n lin");
});

test("what was typed survives a crash of the host", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("before ");
  await expect(ada.getByText("Saved", { exact: true })).toBeVisible();
  await room.restart("SIGKILL");
  await ada.locator(".monaco-editor:visible .view-line").first().click();
  await ada.keyboard.press("Control+End");
  await ada.keyboard.type("after");
  await expect
    .poll(() => readFileSync(join(room.folder, "notes.md"), "utf8"), { timeout: 30_000 })
    .toBe("# Notes\n\nOne line.\nbefore after");
});

test("line ends of a file stay as they are", async ({ room, join: enter }) => {
  const path = join(room.folder, "dos.txt");
  writeFileSync(path, "one\r\ntwo\r\n");
  const ada = await enter(room.link);
  await openFile(ada, "dos.txt");
  await goToEnd(ada);
  await ada.keyboard.type("three");
  await ada.keyboard.press("Enter");
  await expect.poll(() => readFileSync(path, "utf8")).toBe("one\r\ntwo\r\nthree\r\n");
});

test("a file that is no text says so instead of breaking", async ({ room, join: enter }) => {
  writeFileSync(join(room.folder, "blob.bin"), Buffer.from([0, 255, 254, 0, 1, 2, 3]));
  const ada = await enter(room.link);
  await ada.getByRole("treeitem", { name: "blob.bin" }).dblclick();
  await expect(ada.getByRole("tabpanel", { name: "blob.bin" })).toContainText(/not.*text|binary/i);
});

test("the text can be read before the editor is there", async ({ room, join: enter }) => {
  const page = await enter("about:blank");
  // Nothing but the page itself and the host's answers: no script of the app ever arrives.
  await page.route(/\.(m?js|css)(\?|$)/, (route) => route.abort());
  await page.goto(room.link);
  await expect(page.locator("pre")).toContainText("hello from the room");
});
