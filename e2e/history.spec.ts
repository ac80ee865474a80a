import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./room.ts";
import { goToEnd, goToStart, openFile } from "./page.ts";

const START = "# Notes\n\nOne line.\n";

/** What an editor inside `place` shows, with ordinary spaces. */
async function textIn(place: Locator): Promise<string> {
  const lines = await place
    .locator(".view-lines")
    .first()
    .evaluate((element) =>
      [...element.querySelectorAll<HTMLElement>(".view-line")]
        .toSorted((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
        .map((line) => line.textContent ?? "")
        .join("\n"),
    );
  return lines.replaceAll("\u00a0", " ").replaceAll("\u200c", "");
}

const liveText = (page: Page) =>
  textIn(page.getByRole("tabpanel", { name: "notes.md", exact: true }));
const history = (page: Page) => page.getByRole("tabpanel", { name: "History of notes.md" });
const pastText = (page: Page) => textIn(history(page));

test("the history of a file is slid through, played, compared and restored", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(ada);
  await ada.keyboard.type("Ada was here.\n", { delay: 10 });
  await expect.poll(() => liveText(lin)).toContain("Ada was here.");
  await goToEnd(lin);
  await lin.keyboard.type("So was Lin.", { delay: 10 });
  const newest = `Ada was here.\n${START}So was Lin.`;
  await expect.poll(() => liveText(ada)).toBe(newest);

  await ada.keyboard.press("Alt+r");
  const slider = history(ada).getByRole("slider", { name: "Version" });
  await expect.poll(() => pastText(ada)).toBe(newest);

  // What people type meanwhile arrives, and shows while the newest version is shown.
  await lin.keyboard.type("!");
  await expect.poll(() => pastText(ada)).toBe(`${newest}!`);
  await slider.press("ArrowLeft");
  await expect.poll(() => pastText(ada)).toBe(newest);
  await slider.press("Home");
  await expect.poll(() => pastText(ada)).toBe(START);
  await lin.keyboard.type("?");
  await expect.poll(() => liveText(ada)).toBe(`${newest}!?`);
  expect(await pastText(ada)).toBe(START);
  await slider.press("PageDown");
  await expect(slider).toHaveAttribute("aria-valuetext", /Version (\d+) of \1,/);
  await slider.press("Home");

  await history(ada).getByRole("button", { name: "Speed 4×" }).click();
  await history(ada).getByRole("button", { name: "Play" }).click();
  await expect.poll(() => pastText(ada), { timeout: 30_000 }).toBe(`${newest}!?`);
  await expect(history(ada).getByRole("button", { name: "Play" })).toBeVisible();

  await history(ada).getByRole("button", { name: "Compare two versions" }).click();
  await expect(history(ada).getByText(/Version 1 → \d+/)).toBeVisible();
  await expect(
    history(ada).locator(".monaco-diff-editor .char-insert, .line-insert").first(),
  ).toBeVisible();
  await history(ada).getByRole("button", { name: "Compare two versions" }).click();

  // What it began with is compared with what became of it.
  await slider.press("Home");
  await history(ada).getByRole("button", { name: "Compare two versions" }).click();
  await expect(history(ada).getByText(/Version 1 → (?!1$)/)).toBeVisible();
  await history(ada).getByRole("button", { name: "Compare two versions" }).click();

  await slider.press("Home");
  await expect.poll(() => pastText(ada)).toBe(START);
  await history(ada).getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => liveText(ada)).toBe(START);
  await expect.poll(() => liveText(lin)).toBe(START);
  // Only the restoring is taken back, whatever was typed since.
  await goToEnd(ada);
  await ada.keyboard.type(" Later.");
  await expect.poll(() => liveText(lin)).toBe(`${START} Later.`);
  await ada.getByRole("button", { name: "Undo" }).click();
  const all = `Ada was here.\n${START} Later.So was Lin.!?`;
  await expect.poll(() => liveText(ada)).toBe(all);
  await expect.poll(() => liveText(lin)).toBe(all);
});

test("lines show who wrote them, and lead to the moment", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(ada);
  await ada.keyboard.type("First.\n");
  await expect.poll(() => liveText(lin)).toContain("First.");
  await goToEnd(lin);
  await lin.keyboard.type("Last.");
  await expect.poll(() => liveText(ada)).toContain("Last.");

  await ada.keyboard.press("Alt+Shift+b");
  const live = ada.getByRole("tabpanel", { name: "notes.md", exact: true });
  await expect(live.locator(".blame-bar")).toHaveCount(2);
  const [first, last] = await live
    .locator(".blame-bar")
    .evaluateAll((bars) => bars.map((bar) => getComputedStyle(bar).backgroundColor));
  expect(first).not.toBe(last);
  await goToStart(ada);
  await expect(live.locator(".blame-note")).toContainText("You, ");

  await live.locator(".blame-bar").last().hover();
  const card = live.locator(".blame-card");
  await expect(card).toBeVisible();
  await expect(card.locator("strong")).not.toBeEmpty();
  await card.getByRole("button", { name: "Show in history" }).click();
  await expect.poll(() => pastText(ada)).toContain("Last.");
  await ada.keyboard.press("Alt+Shift+b");
  await expect(live.locator(".blame-bar")).toHaveCount(0);
});

test("on a phone, a tap on the number of a line tells who wrote it", async ({
  browser,
  room,
  join: enter,
}) => {
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(lin, "notes.md");
  await goToStart(lin);
  await lin.keyboard.type("Lin's line.\n");
  const viewport = { width: 390, height: 844 };
  const context = await browser.newContext({ viewport, hasTouch: true, isMobile: true });
  const phone = await context.newPage();
  await phone.goto(room.link);
  await phone.getByRole("tab", { name: "Files" }).tap();
  await phone.getByRole("treeitem", { name: "notes.md" }).tap();
  await expect(phone.getByRole("textbox", { name: "notes.md" })).toHaveValue(/^Lin's line\./);

  await phone.keyboard.press("Alt+Shift+b");
  const line = phone.locator(".plain-editor__author");
  await expect(line).toHaveCount(1);
  await expect(line).toHaveAttribute("data-letter", /^\S$/);
  const card = phone.locator(".blame-card:visible");
  // What lies over the numbers is for comments.
  await line.tap({ force: true });
  await expect(card.locator("strong")).not.toBeEmpty();
  await line.tap({ force: true });
  await expect(card).toHaveCount(0);

  // Whose line it is goes along with what is typed above it, and stays right.
  await phone.getByRole("textbox", { name: "notes.md" }).press("Control+Home");
  await phone.keyboard.type("Mine.\n");
  await expect(line).toHaveCount(2);
  await line.last().tap({ force: true });
  await card.getByRole("button", { name: "Undo this change" }).tap();
  await expect.poll(() => liveText(lin)).toBe(`Mine.\n${START}`);
  await phone.locator(".plain-editor__author").first().tap({ force: true });
  await card.getByRole("button", { name: "Show in history" }).tap();
  await expect(phone.getByRole("slider", { name: "Version" })).toBeVisible();
  await context.close();
});

test("a version gets a name that others see, and a deleted file comes back", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("Done.");
  await ada.keyboard.press("Control+s");
  await expect(ada.getByText("Everything is saved.").first()).toBeVisible();
  await ada.keyboard.press("Alt+r");
  await expect.poll(() => pastText(ada)).toBe(`${START}Done.`);
  await expect(
    history(ada).getByRole("button", { name: /saved this version: go there$/ }),
  ).toBeVisible();
  await history(ada).getByRole("button", { name: "More about this history" }).click();
  await ada.getByRole("menuitem", { name: "Name this version" }).click();
  await ada.keyboard.type("Handed in");
  await ada.keyboard.press("Enter");
  await expect(history(ada).getByText(/^Handed in · Version/)).toBeVisible();

  await openFile(lin, "notes.md");
  await lin.keyboard.press("Alt+r");
  await expect(history(lin).getByRole("button", { name: "Go to Handed in" })).toBeVisible();

  rmSync(join(room.folder, "notes.md"));
  await ada.keyboard.press("F1");
  await ada.keyboard.type("deleted files");
  await ada.keyboard.press("Enter");
  await ada.getByRole("button", { name: "Restore notes.md" }).click();
  await expect
    .poll(
      () =>
        existsSync(join(room.folder, "notes.md")) &&
        readFileSync(join(room.folder, "notes.md"), "utf8"),
    )
    .toBe(`${START}Done.`);
  await expect(ada.getByText("Nothing was deleted")).toBeVisible();
});

test("a copy of a file has its history, and goes its own way from there", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(lin);
  await lin.keyboard.type("Lin was here.\n");
  await expect.poll(() => liveText(ada)).toBe(`Lin was here.\n${START}`);
  await ada.getByRole("treeitem", { name: "notes.md" }).click({ button: "right" });
  await ada.getByRole("menuitem", { name: "Duplicate" }).click();
  await openFile(ada, "notes 2.md");
  const copy = ada.getByRole("tabpanel", { name: "notes 2.md", exact: true });
  await expect.poll(() => textIn(copy)).toBe(`Lin was here.\n${START}`);
  await goToEnd(ada);
  await ada.keyboard.type("Mine.");
  await expect.poll(() => textIn(copy)).toBe(`Lin was here.\n${START}Mine.`);
  await ada.keyboard.press("Alt+Shift+b");
  await expect(copy.locator(".blame-bar")).toHaveCount(2);
  await ada.keyboard.press("Alt+r");
  const past = ada.getByRole("tabpanel", { name: "History of notes 2.md" });
  const slider = past.getByRole("slider", { name: "Version" });
  await slider.press("Home");
  await expect.poll(() => textIn(past)).toBe(START);
  expect(await liveText(lin)).toBe(`Lin was here.\n${START}`);
  await expect(lin.getByRole("treeitem", { name: "notes 2.md" })).toBeVisible();
});

test("another's change is taken back on its own, and what others typed since stays", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(lin);
  await lin.keyboard.type("Lin writes a line.\n", { delay: 10 });
  await expect.poll(() => liveText(ada)).toBe(`Lin writes a line.\n${START}`);
  await goToStart(ada);
  await ada.keyboard.press("End");
  await ada.keyboard.type(" Ada adds to it.");
  await goToEnd(lin);
  await lin.keyboard.type("The end.");
  await expect.poll(() => liveText(ada)).toContain("The end.");

  await ada.keyboard.press("Alt+Shift+b");
  const bar = ada.locator(".blame-bar").first();
  await bar.hover();
  await expect(ada.getByRole("button", { name: "Undo this change" })).toBeVisible();
  // It shows for a moment only, which may be over when Lin's page has the text.
  const flash = ada.locator(".flash").first().waitFor();
  await ada.getByRole("button", { name: "Undo this change" }).click();
  await flash;
  // The newest of the line is Ada's own.
  await expect.poll(() => liveText(lin)).toBe(`Lin writes a line.\n${START}The end.`);
  await goToStart(ada);
  await expect(ada.locator(".blame-note")).toContainText(/\w/);
  await ada.keyboard.press("Alt+Shift+z");
  await expect.poll(() => liveText(lin)).toBe(`${START}The end.`);
  await ada.keyboard.press("Control+z");
  await expect.poll(() => liveText(lin)).toBe(`Lin writes a line.\n${START}The end.`);
});
