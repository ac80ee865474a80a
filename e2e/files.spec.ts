import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./room.ts";

test("the tree follows the disk, and the disk follows the tree", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const tree = ada.getByRole("tree", { name: "Files" });
  await expect(tree.getByRole("treeitem", { name: "index.js" })).toBeVisible();

  writeFileSync(join(room.folder, "by-program.txt"), "x");
  await expect(tree.getByRole("treeitem", { name: "by-program.txt" })).toBeVisible();
  renameSync(join(room.folder, "by-program.txt"), join(room.folder, "renamed.txt"));
  await expect(tree.getByRole("treeitem", { name: "renamed.txt" })).toBeVisible();
  await expect(tree.getByRole("treeitem", { name: "by-program.txt" })).toHaveCount(0);

  mkdirSync(join(room.folder, "deep", "er"), { recursive: true });
  await tree.getByRole("treeitem", { name: "deep" }).click();
  await expect(tree.getByRole("treeitem", { name: "er", exact: true })).toBeVisible();

  await ada.getByRole("button", { name: "New file" }).first().click();
  await ada.keyboard.type("made-here.js");
  await ada.keyboard.press("Enter");
  await expect
    .poll(
      () =>
        existsSync(join(room.folder, "made-here.js")) ||
        existsSync(join(room.folder, "deep", "made-here.js")),
    )
    .toBe(true);
});

test("quick open finds a file by a few letters", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await expect(ada.getByRole("treeitem", { name: "index.js" })).toBeVisible();
  await ada.keyboard.press("Control+p");
  await ada.keyboard.type("ntsmd");
  await expect(ada.getByRole("option", { name: /notes\.md/ })).toBeVisible();
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("tab", { name: "notes.md", selected: true })).toBeVisible();
});

test("every action is in the palette", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await expect(ada.getByRole("treeitem", { name: "index.js" })).toBeVisible();
  await ada.keyboard.press("F1");
  await ada.keyboard.type("theme");
  await expect(ada.getByRole("option").first()).toBeVisible();
  await ada.keyboard.press("Escape");
  await expect(ada.getByRole("option")).toHaveCount(0);
});
