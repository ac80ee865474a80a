import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expectTerminal, shownText } from "./page.ts";
import { expect, test } from "./room.ts";

test("everything is done by the keyboard alone", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const { keyboard } = ada;
  const command = async (title: string): Promise<void> => {
    await keyboard.press("F1");
    await keyboard.type(title);
    await expect(ada.getByRole("option", { name: title }).first()).toBeVisible();
    await keyboard.press("Enter");
    await expect(ada.getByRole("dialog")).toHaveCount(0);
  };
  await expect(ada.getByRole("treeitem", { name: "index.js" })).toBeVisible();

  await test.step("a file is opened by its name and edited", async () => {
    await keyboard.press("Control+p");
    await keyboard.type("notes");
    await expect(ada.getByRole("option", { name: "notes.md" })).toBeVisible();
    await keyboard.press("Enter");
    await expect(ada.getByRole("tab", { name: "notes.md", selected: true })).toBeVisible();
    await expect(ada.locator(".monaco-editor.focused")).toBeVisible();
    await keyboard.press("Control+End");
    await keyboard.type("by keys");
    await expect.poll(() => shownText(ada)).toContain("by keys");
    await expect
      .poll(() => readFileSync(join(room.folder, "notes.md"), "utf8"))
      .toContain("by keys");
  });

  await test.step("Tab leaves the editor once it is told to", async () => {
    await keyboard.press("Control+m");
    await keyboard.press("Tab");
    await expect(ada.locator(".monaco-editor.focused")).toHaveCount(0);
    await keyboard.press("Control+m");
  });

  await test.step("the program is run", async () => {
    await keyboard.press("Control+Enter");
    await expectTerminal(ada, /hello from the room/);
  });

  await test.step("a terminal is opened, typed in, and left", async () => {
    await keyboard.press("Control+Shift+Backquote");
    await expect(ada.getByRole("tab", { name: "Shell 2", selected: true })).toBeVisible();
    await keyboard.type("echo typed-$((40+2))\n");
    await expectTerminal(ada, /typed-42/);
    await keyboard.press("F6");
    await expect(ada.locator(".xterm.focus")).toHaveCount(0);
  });

  await test.step("something is said", async () => {
    await command("Chat");
    await expect(ada.getByRole("textbox", { name: /message/i })).toBeFocused();
    await keyboard.type("hello");
    await keyboard.press("Enter");
    await expect(ada.getByRole("log").getByText("hello")).toBeVisible();
  });

  await test.step("a pane is moved, and a tab closed", async () => {
    await command("Preview");
    const groups = ada.locator(".dock__group");
    const before = await groups.count();
    await command("Split downwards");
    await expect(groups).toHaveCount(before + 1);
    await command("Close the tab");
    await expect(ada.getByRole("tab", { name: "Preview" })).toHaveCount(0);
  });
});
