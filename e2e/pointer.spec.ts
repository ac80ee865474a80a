import type { Locator, Page } from "@playwright/test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "./page.ts";
import { expect, test } from "./room.ts";

interface Point {
  readonly x: number;
  readonly y: number;
}

async function box(element: Locator): Promise<Point & { width: number; height: number }> {
  const found = await element.boundingBox();
  if (found === null) throw new Error("it is not in sight");
  return found;
}

/** Presses on the middle of an element, moves in steps as a hand does, and lets go. */
async function drag(page: Page, element: Locator, to: Point): Promise<void> {
  const { x, y, width, height } = await box(element);
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  await page.mouse.move(x + width / 2 + 8, y + height / 2 + 8, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 12 });
  await page.mouse.up();
}

test("a file is dragged into a folder", async ({ room, join: enter }) => {
  mkdirSync(join(room.folder, "deep"));
  const ada = await enter(room.link);
  const folder = ada.getByRole("treeitem", { name: "deep" });
  await expect(folder).toBeVisible();
  await ada.getByRole("treeitem", { name: "notes.md" }).dragTo(folder);
  await expect.poll(() => existsSync(join(room.folder, "deep", "notes.md"))).toBe(true);
  expect(existsSync(join(room.folder, "notes.md"))).toBe(false);
});

test("files dropped from outside are uploaded where they fall", async ({ room, join: enter }) => {
  mkdirSync(join(room.folder, "deep"));
  const ada = await enter(room.link);
  const folder = ada.getByRole("treeitem", { name: "deep" });
  await expect(folder).toBeVisible();
  const files = await ada.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["from outside\n"], "dropped.txt", { type: "text/plain" }));
    return transfer;
  });
  await folder.dispatchEvent("dragover", { dataTransfer: files });
  await folder.dispatchEvent("drop", { dataTransfer: files });
  const path = join(room.folder, "deep", "dropped.txt");
  await expect.poll(() => existsSync(path) && readFileSync(path, "utf8")).toBe("from outside\n");
});

test("a tab dragged to an edge splits the panes, and the sash moves them", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  await openFile(ada, "notes.md");
  const groups = ada.locator(".dock__group");
  const before = await groups.count();
  const home = await box(groups.filter({ has: ada.getByRole("tab", { name: "notes.md" }) }));
  await drag(ada, ada.getByRole("tab", { name: "Shell" }), {
    x: home.x + home.width / 2,
    y: home.y + home.height - 20,
  });
  await expect(groups).toHaveCount(before + 1);
  const shell = groups.filter({ has: ada.getByRole("tab", { name: "Shell" }) });
  const after = await box(shell);
  expect(after.x).toBeCloseTo(home.x, 0);
  expect(after.y).toBeGreaterThan(home.y + home.height / 3);

  const sash = ada.getByRole("separator", { name: "Size of the panes", exact: true });
  const horizontal = sash.and(ada.locator("[aria-orientation=horizontal]"));
  const at = await box(horizontal);
  await drag(ada, horizontal, { x: at.x + at.width / 2, y: at.y - 100 });
  await expect.poll(async () => (await box(shell)).height).toBeGreaterThan(after.height + 60);
});

test("the sidebar is made wider by its edge, and usual again by a double click", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const sidebar = ada.getByRole("complementary", { name: "Files" });
  const { width } = await box(sidebar);
  const edge = ada.getByRole("separator", { name: "Width of the sidebar" });
  const at = await box(edge);
  await drag(ada, edge, { x: at.x + at.width / 2 + 90, y: at.y + at.height / 2 });
  await expect.poll(async () => (await box(sidebar)).width).toBeGreaterThan(width + 60);
  await edge.dblclick();
  await expect.poll(async () => (await box(sidebar)).width).toBe(width);
});
