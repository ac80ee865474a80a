import type { Page } from "@playwright/test";
import { existsSync, readFileSync, renameSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { keepUnder, keptText, keptWords } from "./journal.ts";
import { appIsKept, goToEnd, goToStart, openFile, shownText } from "./page.ts";
import { crash, expect, test, type Room } from "./room.ts";

const NOTES = "# Notes\n\nOne line.\n";

/** What the header says of edits that the container does not have. */
async function expectUnsent(page: Page, edits: number): Promise<void> {
  const note = page.getByText(`${edits} ${edits === 1 ? "edit" : "edits"} not yet saved`, {
    exact: true,
  });
  await expect(note).toBeVisible();
}

/** Does not wait until the page tries again by itself, unless it does so before the click. */
async function retryNow(page: Page): Promise<void> {
  const retry = page.getByRole("button", { name: "Retry" });
  const saved = page.getByText("Saved", { exact: true });
  await expect(async () => {
    if (!(await saved.isVisible())) await retry.click({ timeout: 1000 });
  }).toPass();
}

async function expectSaved(room: Room, pages: readonly Page[], text: string): Promise<void> {
  for (const page of pages) {
    await expect(page.getByText("Saved", { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => shownText(page)).toBe(text);
  }
  await expect.poll(() => readFileSync(join(room.folder, "notes.md"), "utf8")).toBe(text);
}

test("what was typed without a host survives a crash of the tab, and is merged once", async ({
  room,
  join: enter,
  ownBrowser,
}) => {
  const ada = await ownBrowser.open(room.link);
  const lin = await enter(room.link);
  for (const page of [ada, lin]) await openFile(page, "notes.md");
  await appIsKept(ada);
  await room.stop("SIGKILL");
  await goToEnd(ada);
  await ada.keyboard.type("by ada");
  await expectUnsent(ada, 6);
  await goToStart(lin);
  await lin.keyboard.type("lin: ");
  await expectUnsent(lin, 5);
  await expect.poll(() => keptWords(ada, "pending")).toBe("by ada");
  await ownBrowser.crash(ada);

  const again = await ownBrowser.open(new URL("/", room.link).href);
  await expect.poll(() => shownText(again)).toBe(`${NOTES}by ada`);
  await expectUnsent(again, 6);
  await expect(again.getByText("Offline, editing").first()).toBeVisible();
  await goToEnd(again);
  await again.keyboard.type("!");
  await expectUnsent(again, 7);

  await room.start();
  for (const page of [again, lin]) await retryNow(page);
  await expectSaved(room, [again, lin], `lin: ${NOTES}by ada!`);
});

test("two tabs of one browser keep what was typed in each, and leave it to nobody while they live", async ({
  room,
  join: enter,
}) => {
  const left = await enter(room.link);
  const right = await left.context().newPage();
  await right.goto(room.link);
  for (const page of [left, right]) await openFile(page, "notes.md");
  await appIsKept(left);
  await room.stop("SIGKILL");
  await goToEnd(left);
  await left.keyboard.type("left");
  await goToStart(right);
  await right.keyboard.type("right ");
  await expectUnsent(left, 4);
  await expectUnsent(right, 6);
  await expect.poll(() => keptWords(left, "pending")).toMatch(/^(leftright |right left)$/);
  const questions = askedBeforeLeaving(left);
  await left.reload();
  expect(questions).toEqual([]);
  await expect.poll(() => shownText(left)).toBe(`${NOTES}left`);
  await expectUnsent(left, 4);
  expect(await shownText(right)).toBe(`right ${NOTES}`);

  await room.start();
  for (const page of [left, right]) await retryNow(page);
  await expectSaved(room, [left, right], `right ${NOTES}left`);
});

test("a page that is open sends what a tab has left that is gone", async ({
  room,
  join: enter,
}) => {
  const left = await enter(room.link);
  const right = await left.context().newPage();
  await right.goto(room.link);
  for (const page of [left, right]) await openFile(page, "notes.md");
  await room.stop("SIGKILL");
  await goToEnd(left);
  await left.keyboard.type("left");
  await expect.poll(() => keptWords(left, "pending")).toBe("left");
  await crash(left);
  const goneMs = Date.now();
  await room.start();
  await retryNow(right);
  await expect.poll(() => shownText(right), { timeout: 25_000 }).toBe(`${NOTES}left`);
  expect(Date.now() - goneMs).toBeLessThan(25_000);
  await expectSaved(room, [right], `${NOTES}left`);
});

test("a page that is loaded without a network can be typed into, and goes on when there is one", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const context = ada.context();
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("before");
  await expect(ada.getByText("Saved", { exact: true })).toBeVisible();
  await appIsKept(ada);
  // The text as it is saved is kept at leisure.
  await expect.poll(() => keptText(ada)).toContain("before");
  await context.setOffline(true);
  await ada.reload();
  await expect.poll(() => shownText(ada)).toBe(`${NOTES}before`);
  await expect(ada.getByRole("heading", { name: "project" })).toBeVisible();
  await expect(ada.getByText("There is no network.", { exact: false })).toBeVisible();
  await goToEnd(ada);
  await ada.keyboard.type(" after");
  await expectUnsent(ada, 6);
  await context.setOffline(false);
  await expectSaved(room, [ada], `${NOTES}before after`);
  await openFile(ada, "server.js");
});

test("who comes back by another link finds what was typed, also without a host", async ({
  room,
  ownBrowser,
}) => {
  const ada = await ownBrowser.open(room.link);
  await openFile(ada, "notes.md");
  await appIsKept(ada);
  await room.stop("SIGKILL");
  await goToEnd(ada);
  await ada.keyboard.type("by ada");
  await expect.poll(() => keptWords(ada, "pending")).toBe("by ada");
  await ownBrowser.crash(ada);

  await room.start();
  const again = await ownBrowser.open(await room.inviteLink("editor"));
  const text = `${NOTES}by ada`;
  await expect.poll(() => readFileSync(join(room.folder, "notes.md"), "utf8")).toBe(text);
  await openFile(again, "notes.md");
  await expect.poll(() => keptText(again)).toContain("by ada");
  await room.stop("SIGKILL");
  await again.reload();
  await expect.poll(() => shownText(again)).toBe(text);
});

test("what an earlier build has kept under the invite is found", async ({ room, ownBrowser }) => {
  const ada = await ownBrowser.open(room.link);
  await openFile(ada, "notes.md");
  await appIsKept(ada);
  await room.stop("SIGKILL");
  await goToEnd(ada);
  await ada.keyboard.type("long ago");
  await expect.poll(() => keptWords(ada, "pending")).toBe("long ago");
  const invite = new URL(room.link).hash.replace("#invite=", "");
  await keepUnder(ada, invite);
  await ownBrowser.crash(ada);

  const again = await ownBrowser.open(new URL("/", room.link).href);
  await expect.poll(() => shownText(again)).toBe(`${NOTES}long ago`);
  await room.start();
  await retryNow(again);
  await expectSaved(room, [again], `${NOTES}long ago`);
});

test("a link that lets one look lets nobody type without a host, and says why", async ({
  room,
  join: enter,
}) => {
  const link = await room.inviteLink("viewer");
  const guest = await enter(link);
  await openFile(guest, "notes.md");
  await appIsKept(guest);
  await expect.poll(() => keptText(guest)).toContain("One line.");
  await room.stop("SIGKILL");
  await guest.reload();
  await expect.poll(() => shownText(guest)).toBe(NOTES);
  await expect(guest.getByText("View only", { exact: true })).toBeVisible();
  await goToEnd(guest);
  await guest.keyboard.type("in vain");
  await expect(guest.getByRole("alert").getByText("Your link lets you look")).toBeVisible();
  expect(await shownText(guest)).toBe(NOTES);
});

test("a browser that keeps nothing says so, lets one type, and asks before the page is left", async ({
  browser,
  room,
}) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("Not in this window", "SecurityError");
    };
  });
  const ada = await context.newPage();
  await ada.goto(room.link);
  await expect(ada.getByRole("region", { name: "Notices" })).toContainText(
    "This browser cannot keep what you type: Not in this window.",
  );
  await openFile(ada, "notes.md");
  await room.stop("SIGKILL");
  await goToEnd(ada);
  await ada.keyboard.type("by ada");
  await expect(
    ada.getByText("6 edits not yet saved, in this tab only", { exact: true }),
  ).toBeVisible();
  const questions = askedBeforeLeaving(ada);
  await ada.evaluate(() => window.location.reload());
  await expect.poll(() => questions).toEqual(["beforeunload"]);

  await room.start();
  await retryNow(ada);
  await expectSaved(room, [ada], `${NOTES}by ada`);
  await context.close();
});

test("edits whose files are gone are shown, and wait until their author decides", async ({
  room,
  ownBrowser,
}) => {
  const read = (name: string) => readFileSync(join(room.folder, name), "utf8");
  const ada = await ownBrowser.open(room.link);
  for (const name of ["notes.md", "index.js"]) {
    await openFile(ada, name);
    await goToEnd(ada);
    await ada.keyboard.type("// kept");
    // What the page says of it comes a moment after the last key.
    await expect.poll(() => read(name)).toMatch(/\/\/ kept$/);
    await expect(ada.getByText("Saved", { exact: true })).toBeVisible();
  }
  await room.stop("SIGTERM");
  for (const name of ["notes.md", "index.js"]) {
    await openFile(ada, name);
    await goToEnd(ada);
    await ada.keyboard.type(" mine");
    unlinkSync(join(room.folder, name));
  }
  await expectUnsent(ada, 10);
  await expect.poll(() => keptWords(ada, "pending")).toBe(" mine mine");
  await ownBrowser.crash(ada);

  await room.start();
  const again = await ownBrowser.open(new URL("/", room.link).href);
  const notices = again.getByRole("region", { name: "Notices" });
  // Of both at once, or one after the other where the host is slow.
  await expect(notices).toContainText("edits of yours are not in", { timeout: 30_000 });
  expect(existsSync(join(room.folder, "notes.md"))).toBe(false);
  await notices.getByRole("button", { name: "Close" }).click();
  await again.getByRole("button", { name: "10 edits not yet saved" }).click();
  const list = again.getByRole("dialog", { name: "Edits that are not in their files" });
  await expect(list).toContainText(
    "notes.md is not there any more; 5 edits of yours are not in it.",
  );
  const notes = list.getByRole("group", { name: "notes.md" });
  await notes.getByRole("button", { name: "Restore the file with my edits" }).click();
  await expect(list).not.toContainText("notes.md");
  const index = list.getByRole("group", { name: "index.js" });
  await index.getByRole("button", { name: "Save as a copy" }).click();
  await expect(list).toContainText("Nothing waits any more");
  await again.keyboard.press("Escape");
  await expect(again.getByText("Saved", { exact: true })).toBeVisible();
  await expect.poll(() => read("notes.md")).toBe(`${NOTES}// kept mine`);
  expect(read("index (my edits).js")).toContain("// kept mine");
  expect(existsSync(join(room.folder, "index.js"))).toBe(false);
  await expect.poll(() => keptWords(again, "pending")).toBe("");
});

test("edits go to where their file is by now, whoever has renamed it meanwhile", async ({
  room,
  join: enter,
}) => {
  const read = (name: string) => readFileSync(join(room.folder, name), "utf8");
  const ada = await enter(room.link);
  const lin = await enter(room.link);
  for (const page of [ada, lin]) await openFile(page, "notes.md");
  for (const name of ["server.js", "notes.md"]) {
    await openFile(ada, name);
    await goToEnd(ada);
    await ada.keyboard.type("by ada");
    await expect.poll(() => read(name)).toMatch(/by ada$/);
  }
  await room.stop("SIGTERM");
  await ada.keyboard.type(" at home");
  await openFile(ada, "server.js");
  await goToEnd(ada);
  await ada.keyboard.type(" too");
  await expect.poll(() => keptWords(ada, "pending")).toMatch(/^( at home too| too at home)$/);
  await ada.close();

  await room.start();
  await retryNow(lin);
  await expect(lin.getByText("Saved", { exact: true })).toBeVisible();
  // One by a person, the other one by a program.
  await lin.getByRole("treeitem", { name: "notes.md" }).click();
  await lin.keyboard.press("F2");
  await lin.keyboard.press("Control+A");
  await lin.keyboard.type("talk.md");
  await lin.keyboard.press("Enter");
  await expect(lin.getByRole("tab", { name: "talk.md" })).toBeVisible();
  renameSync(join(room.folder, "server.js"), join(room.folder, "program.js"));
  await expect(lin.getByRole("treeitem", { name: "program.js" })).toBeVisible();

  const again = await ada.context().newPage();
  await again.goto(new URL("/", room.link).href);
  const notices = again.getByRole("region", { name: "Notices" });
  // Of both at once, or of one that is soon followed by the other.
  await expect(notices).toContainText("now; your edits have gone there.");
  await expect.poll(() => read("talk.md")).toBe(`${NOTES}by ada at home`);
  await expect.poll(() => read("program.js")).toMatch(/by ada too$/);
  for (const name of ["notes.md", "server.js"]) {
    expect(existsSync(join(room.folder, name))).toBe(false);
    await expect(again.getByRole("tab", { name })).toHaveCount(0);
  }
  await expect(again.getByText("Saved", { exact: true })).toBeVisible();
  await expect.poll(() => keptWords(again, "pending")).toBe("");
});

test("somebody whose link lets them only look is told of edits from before, and gets them", async ({
  room,
  ownBrowser,
}) => {
  const ada = await ownBrowser.open(room.link);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  const looking = await room.inviteLink("viewer");
  await room.stop("SIGKILL");
  await ada.keyboard.type("mine");
  await expect.poll(() => keptWords(ada, "pending")).toBe("mine");
  await ownBrowser.crash(ada);

  await room.start();
  const viewer = await ownBrowser.open(looking);
  const notices = viewer.getByRole("region", { name: "Notices" });
  await expect(notices).toContainText("4 edits of yours are not in notes.md");
  await viewer.getByRole("button", { name: "View only, with edits of yours" }).click();
  const download = viewer.waitForEvent("download");
  await viewer.getByRole("button", { name: "Save a copy on this computer" }).click();
  expect(readFileSync(await (await download).path(), "utf8")).toBe(`${NOTES}mine`);
  expect(readFileSync(join(room.folder, "notes.md"), "utf8")).toBe(NOTES);

  const again = await ownBrowser.open(room.link);
  await expectSaved(room, [again], `${NOTES}mine`);
});

/** The questions that the page asks from now on; its user stays. */
function askedBeforeLeaving(page: Page): readonly string[] {
  const questions: string[] = [];
  page.on("dialog", (dialog) => {
    questions.push(dialog.type());
    void dialog.dismiss();
  });
  return questions;
}
