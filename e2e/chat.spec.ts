import { expect, test } from "./room.ts";
import { openFile } from "./page.ts";
import type { Page } from "@playwright/test";

const field = (page: Page) => page.getByRole("textbox", { name: /message/i });
const log = (page: Page) => page.getByRole("log", { name: "Messages" });

async function openChat(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Chat/ }).first().click();
  await expect(field(page)).toBeVisible();
}

async function say(page: Page, text: string): Promise<void> {
  await field(page).fill(text);
  await page.keyboard.press("Enter");
}

test("what is said and done is told to all, with times, also to those who come later", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  for (const page of [ada, lin]) await openChat(page);
  await say(ada, "helo");
  await expect(log(lin).getByText("helo")).toBeVisible();

  // Changed by the up arrow, for everyone.
  await field(ada).press("ArrowUp");
  await say(ada, "hello");
  await expect(log(lin).getByText("hello (edited)")).toBeVisible();
  await ada.getByRole("button", { name: "Run", exact: true }).first().click();
  await expect(log(lin).getByText(/ran node index\.js, which ended with 0/)).toBeVisible();

  await room.restart("SIGKILL");
  const eve = await enter(await room.inviteLink("viewer"));
  await openChat(eve);
  for (const page of [ada, lin, eve]) {
    await expect(log(page).getByText("hello (edited)")).toBeVisible();
    await expect(log(page).getByText(/ran node index\.js/)).toBeVisible();
    await expect(log(page).locator("article time").first()).toHaveText(/\d:\d\d/);
  }
  await say(eve, "I may talk");
  await expect(log(ada).getByText("I may talk")).toBeVisible();
});

test("a call by name reaches who does not see the chat", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openChat(ada);
  await field(ada).pressSequentially("@");
  await ada.getByRole("option").first().click();
  await field(ada).pressSequentially("come and see");
  await ada.keyboard.press("Enter");
  const notice = lin.getByRole("region", { name: "Notices" });
  await expect(notice.getByText(/come and see/)).toBeVisible();
  await expect(lin).toHaveTitle(/^\(1\) /);
  await notice.getByRole("button", { name: "Open the chat" }).click();
  await expect(log(lin).locator(".markup__mention")).toHaveText(/^@/);
  await expect(lin).toHaveTitle(/^(?!\()/);
});

test("a place in a message leads to its text, wherever that has gone", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "server.js");
  await openChat(ada);
  await say(ada, "look at server.js:2");
  await expect(log(ada).getByRole("button", { name: "server.js:2" })).toBeVisible();

  await ada.locator(".monaco-editor:visible .view-line").first().click();
  await ada.keyboard.press("Control+Home");
  await ada.keyboard.type("// one\n// two\n// three\n");
  await openChat(lin);
  await log(lin).getByRole("button", { name: "server.js:2" }).click();
  await expect(lin.getByText("5:1", { exact: true })).toBeVisible();
});
