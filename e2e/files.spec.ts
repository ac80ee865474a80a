import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { goToEnd, openFile, shownText } from "./page.ts";
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

test("an open file stays open where a program moves it, with its history", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToEnd(lin);
  await lin.keyboard.type("Lin.\n");
  await expect.poll(() => shownText(ada)).toContain("Lin.\n");
  mkdirSync(join(room.folder, "deep", "er"), { recursive: true });
  renameSync(join(room.folder, "notes.md"), join(room.folder, "deep", "er", "notes.md"));
  await expect(ada.getByRole("treeitem", { name: "notes.md" })).toHaveCount(0);
  await expect.poll(() => shownText(ada)).toContain("Lin.\n");
  await goToEnd(ada);
  await ada.keyboard.type("Ada.");
  await expect.poll(() => shownText(lin)).toContain("Lin.\nAda.");
  const onDisk = () => readFileSync(join(room.folder, "deep", "er", "notes.md"), "utf8");
  await expect.poll(onDisk).toContain("Lin.\nAda.");
  expect(existsSync(join(room.folder, "notes.md"))).toBe(false);
  await ada.keyboard.press("Alt+Shift+b");
  await expect(ada.locator(".blame-bar")).toHaveCount(2);
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
