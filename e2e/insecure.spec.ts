import type { BrowserContext, Page } from "@playwright/test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import config from "../playwright.config.ts";
import { keptWords } from "./journal.ts";
import { expectTerminal, goToEnd, goToStart, openFile, openShell, shownText } from "./page.ts";
import { expect, test } from "./room.ts";

// Over plain http from another machine a browser withholds service workers, locks, the clipboard and
// more. The host is on this machine, under a name that the browser does not know for that.

const NAME = "tandem.test";
const NOTES = "# Notes\n\nOne line.\n";

const { launchOptions } = config.use ?? {};
test.use({
  launchOptions: {
    ...launchOptions,
    args: [...(launchOptions?.args ?? []), `--host-resolver-rules=MAP ${NAME} 127.0.0.1`],
  },
});

function fromOutside(link: string): string {
  const url = new URL(link);
  url.hostname = NAME;
  return url.href;
}

/** What goes wrong in the pages of a browser without anyone being told. */
function faultsIn(context: BrowserContext): readonly string[] {
  const faults: string[] = [];
  context.on("weberror", (error) => faults.push(String(error.error())));
  context.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") faults.push(message.text());
  });
  return faults;
}

const command = async (page: Page, title: string): Promise<void> => {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
};

test("everything works over plain http, without a word of complaint", async ({ room, browser }) => {
  test.setTimeout(180_000);
  const context = await browser.newContext();
  const faults = faultsIn(context);
  const ada = await context.newPage();
  await ada.goto(fromOutside(room.link));
  expect(await ada.evaluate(() => window.isSecureContext)).toBe(false);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("by ada");
  await expect(ada.getByText("Saved", { exact: true })).toBeVisible();

  await ada.keyboard.press("Control+A");
  await ada.keyboard.press("Control+C");
  await ada.keyboard.press("Control+End");
  await ada.keyboard.press("Control+V");
  await expect.poll(() => shownText(ada)).toBe(`${NOTES}by ada${NOTES}by ada`);

  await command(ada, "Invite someone");
  await ada.getByRole("button", { name: /copy/i }).first().click();
  await expect(ada.getByRole("region", { name: "Notices" })).toContainText("Invite link copied.");
  await ada.keyboard.press("Escape");

  await openShell(ada);
  await expectTerminal(ada, /[$#>]/);
  await ada.keyboard.type("echo $((6 * 7))\n");
  await expectTerminal(ada, /^42$/m);
  await ada.keyboard.press("Control+Enter");
  await command(ada, "Run the project");
  await expectTerminal(ada, /hello from the room/);

  await command(ada, "Chat");
  await ada.getByRole("textbox", { name: /message/i }).fill("hello @guest, see notes.md:1");
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("log").getByText("notes.md:1")).toBeVisible();
  for (const title of ["People", "Search in all files", "Comments", "Preview", "Files"]) {
    await command(ada, title);
  }
  await openFile(ada, "notes.md");
  await command(ada, "History");
  await expect(ada.getByRole("slider").first()).toBeVisible();
  for (const title of ["Settings", "Keyboard shortcuts", "Notifications"]) {
    await command(ada, title);
    await expect(ada.getByRole("dialog")).toBeVisible();
    await ada.keyboard.press("Escape");
  }
  expect(faults).toEqual([]);
  await context.close();
});

test("two tabs over plain http keep what was typed in each, once, though they know no locks", async ({
  room,
  browser,
}) => {
  const context = await browser.newContext();
  const [left, right] = [await context.newPage(), await context.newPage()];
  for (const page of [left, right]) {
    await page.goto(fromOutside(room.link));
    await openFile(page, "notes.md");
  }
  expect(await left.evaluate(() => "locks" in navigator)).toBe(false);
  await room.stop("SIGKILL");
  await goToEnd(left);
  await left.keyboard.type("left");
  await goToStart(right);
  await right.keyboard.type("right ");
  await expect(left.getByText("4 edits not yet saved", { exact: true })).toBeVisible();
  await expect(right.getByText("6 edits not yet saved", { exact: true })).toBeVisible();
  await expect.poll(() => keptWords(left, "pending")).toMatch(/^(leftright |right left)$/);
  // Nothing can be loaded now, and the right page lives on.
  await left.reload().catch(() => {});

  await room.start();
  await left.goto(fromOutside(room.link));
  const whole = `right ${NOTES}left`;
  for (const page of [left, right]) {
    await expect(page.getByText("Saved", { exact: true })).toBeVisible({ timeout: 30_000 });
    await expect.poll(() => shownText(page), { timeout: 60_000 }).toBe(whole);
  }
  await expect.poll(() => readFileSync(join(room.folder, "notes.md"), "utf8")).toBe(whole);
  await context.close();
});

test("a tab over plain http that is taken for gone types on, and nothing is lost or there twice", async ({
  room,
  browser,
}) => {
  const context = await browser.newContext();
  const [left, right] = [await context.newPage(), await context.newPage()];
  // Too busy to say that it lives when it is asked.
  await left.addInitScript(() => {
    class QuietChannel extends BroadcastChannel {
      override postMessage(word: { readonly id?: string }): void {
        if (word.id === undefined) super.postMessage(word);
      }
    }
    window.BroadcastChannel = QuietChannel;
  });
  await left.goto(fromOutside(room.link));
  await openFile(left, "notes.md");
  await left.route("**/api/connection**", (route) => route.abort());
  await room.stop("SIGKILL");
  await goToEnd(left);
  await left.keyboard.type("left");
  await expect.poll(() => keptWords(left, "pending")).toBe("left");
  await room.start();

  await right.goto(fromOutside(room.link));
  await openFile(right, "notes.md");
  await expect.poll(() => shownText(right)).toBe(`${NOTES}left`);
  await expect(right.getByText("Saved", { exact: true })).toBeVisible();
  await left.keyboard.type(" alone");
  await left.unroute("**/api/connection**");
  const whole = `${NOTES}left alone`;
  for (const page of [left, right]) {
    await expect.poll(() => shownText(page), { timeout: 60_000 }).toBe(whole);
    await expect(page.getByText("Saved", { exact: true })).toBeVisible();
  }
  await expect.poll(() => readFileSync(join(room.folder, "notes.md"), "utf8")).toBe(whole);
  await context.close();
});
