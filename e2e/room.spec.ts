import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./room.ts";
import { openFile, shownText } from "./page.ts";

test("people chat and see who is here", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await expect(
    ada.getByRole("group", { name: "People in this room" }).getByRole("button"),
  ).toHaveCount(2);
  for (const page of [ada, lin]) await page.getByRole("button", { name: /^Chat/ }).first().click();
  await ada.getByRole("textbox", { name: /message/i }).fill("hello **lin**");
  await ada.keyboard.press("Enter");
  await expect(lin.getByRole("log").getByText("hello lin")).toBeVisible();
  // The drawer is open again by itself, with what was said before.
  await lin.reload();
  await expect(lin.getByRole("log").getByText("hello lin")).toBeVisible();
});

test("[RO1] a viewer sees everything and changes nothing", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const eve = await enter(await room.inviteLink("viewer"));
  await openFile(eve, "notes.md");
  await expect(eve.getByText("View only")).toBeVisible();
  await eve.locator(".monaco-editor:visible .view-line").first().click();
  await eve.keyboard.type("mine now");
  await expect(eve.getByRole("button", { name: "Run", exact: true }).first()).toBeDisabled();
  // What ada types arrives after anything that eve could have sent.
  await openFile(ada, "notes.md");
  await ada.locator(".monaco-editor:visible .view-line").first().click();
  await ada.keyboard.press("Control+End");
  await ada.keyboard.type("by ada");
  await expect.poll(() => shownText(eve)).toBe("# Notes\n\nOne line.\nby ada");
  await expect
    .poll(() => readFileSync(join(room.folder, "notes.md"), "utf8"))
    .toBe("# Notes\n\nOne line.\nby ada");
});

test("a link that is not an invite says so", async ({ room, join: enter }) => {
  const page = await enter(`${new URL(room.link).origin}/#invite=nonsense`);
  await expect(page.getByText(/invite|link/i).first()).toBeVisible();
});
