import { expect, test } from "./room.ts";
import { keptMessages } from "./journal.ts";
import { appIsKept, openFile, openShell } from "./page.ts";
import type { Locator, Page } from "@playwright/test";

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

  // As a tab behind another one it tells that there is something new, and is read when it is shown.
  await lin.getByRole("button", { name: "Move the chat to a tab" }).click();
  const tab = lin.getByRole("tab", { name: "Chat", exact: true });
  await lin.getByRole("tab", { name: "Console" }).click();
  await expect(tab).toHaveAttribute("aria-selected", "false");
  await say(ada, "and another thing");
  await expect(tab.locator(".tab__dot--unread")).toBeVisible();
  await lin.getByRole("button", { name: "Chat (1)" }).click();
  await expect(log(lin).getByText("and another thing")).toBeVisible();
  await expect(tab.locator(".tab__dot--unread")).toHaveCount(0);
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

  // A program renames the file: the room is told, and the place goes with it.
  await openShell(ada);
  await ada.keyboard.type("mv server.js web.js\n");
  await expect(log(lin).getByText(/^Program renamed server\.js to web\.js/)).toBeVisible();
  await log(lin).getByRole("button", { name: "server.js:2" }).click();
  await expect(lin.getByRole("tab", { name: "web.js", selected: true })).toBeVisible();
  await expect(lin.getByText("5:1", { exact: true })).toBeVisible();
});

test("code in a message has the colours of the editor, by day and by night", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  await openFile(ada, "server.js");
  await openChat(ada);
  await say(ada, "```ts\nconst a = 1; // <b>one</b>\n```");
  const keyword = log(ada).locator(".markup__block").getByText("const");
  await ada.emulateMedia({ colorScheme: "light" });
  await expect(keyword).toHaveCSS("color", "rgb(207, 34, 46)");
  await ada.emulateMedia({ colorScheme: "dark" });
  await expect(keyword).toHaveCSS("color", "rgb(255, 123, 114)");
  await expect(log(ada).locator(".markup__block")).toHaveText("const a = 1; // <b>one</b>");
});

/** Draws an image and pastes it into what is being written, as a screenshot would be. */
async function pasteImage(page: Page, name: string): Promise<void> {
  await field(page).evaluate(async (element, name) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 600 });
    const paint = canvas.getContext("2d");
    if (paint === null) throw new Error("no canvas");
    paint.fillStyle = "rebeccapurple";
    paint.fillRect(100, 100, 700, 400);
    const image = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([image ?? ""], name, { type: "image/png" }));
    element.dispatchEvent(
      new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }),
    );
  }, name);
}

const widthOf = (image: Locator) =>
  image.evaluate((element) => (element as HTMLImageElement).naturalWidth);

test("an image is pasted, seen by all, opened large, and gone when its author takes it back", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const eve = await enter(await room.inviteLink("viewer"));
  for (const page of [ada, eve]) await openChat(page);
  await pasteImage(ada, "shot.png");
  await pasteImage(ada, "wrong.png");
  await ada.getByRole("button", { name: "Remove wrong.png" }).click();
  await say(ada, "what I see");
  const shown = log(eve).getByRole("button", { name: "shot.png" });
  await expect.poll(() => widthOf(shown.getByRole("img"))).toBe(900);
  expect((await shown.boundingBox())?.height).toBeLessThan(260);

  await shown.focus();
  await eve.keyboard.press("Enter");
  const large = eve.getByRole("dialog", { name: "shot.png" });
  await expect(large.getByRole("img")).toBeVisible();
  await eve.keyboard.press("Escape");
  await expect(large).toBeHidden();

  // By its button, as on a phone, and by somebody who may only look on.
  const chooser = eve.waitForEvent("filechooser");
  await eve.getByRole("button", { name: "Add an image" }).click();
  const gif = Buffer.from("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=", "base64");
  await (await chooser).setFiles({ name: "dot.gif", mimeType: "image/gif", buffer: gif });
  await expect(eve.getByRole("button", { name: "Remove dot.gif" })).toBeVisible();
  await eve.getByRole("button", { name: "Send" }).click();
  await expect(log(ada).getByRole("button", { name: "dot.gif" })).toBeVisible();

  await log(ada).getByText("what I see").hover();
  await log(ada).getByRole("button", { name: "Delete" }).click();
  await expect(log(eve).getByText("what I see")).toBeHidden();
  await expect(shown).toBeHidden();
});

test("what is said while the host is away is sent when it is back", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  for (const page of [ada, lin]) await openChat(page);
  await room.stop("SIGKILL");
  await pasteImage(ada, "shot.png");
  await say(ada, "later");
  await expect(log(ada).getByText(/It will be sent when the connection is back/)).toBeVisible();
  await room.start();
  await expect(log(lin).getByText("later")).toBeVisible({ timeout: 30_000 });
  await expect(log(lin).getByRole("button", { name: "shot.png" })).toBeVisible();
  await expect(log(ada).getByText(/It will be sent/)).toBeHidden();
  await expect(log(ada).getByText("later")).toHaveCount(1);
});

test("what was written without a host is there after a reload, and is said once, in order", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  for (const page of [ada, lin]) await openChat(page);
  await appIsKept(ada);
  await room.stop("SIGKILL");
  await pasteImage(ada, "shot.png");
  for (const text of ["first of all", "and then", "oops"]) await say(ada, text);
  await field(ada).fill("not finished");
  await expect
    .poll(() => keptMessages(ada))
    .toEqual(["first of all", "and then", "oops", "not finished"]);
  await ada.reload();
  await expect(field(ada)).toHaveValue("not finished");
  const waiting = log(ada).getByText(/It will be sent when the connection is back/);
  await expect(waiting).toHaveCount(3);
  await expect(log(ada).getByRole("img", { name: "shot.png" })).toBeVisible();
  await log(ada).getByRole("button", { name: "Discard" }).last().click();
  await expect(waiting).toHaveCount(2);

  // Another tab of the same browser leaves them alone.
  const tab = await ada.context().newPage();
  await tab.goto(new URL("/", room.link).href);
  await expect(field(tab)).toHaveValue("");
  await expect(log(tab).getByText("and then")).toBeHidden();

  await room.start();
  for (const page of [lin, tab, ada]) {
    await expect(log(page).locator("article").last()).toContainText(/first of all.*and then/s, {
      timeout: 60_000,
    });
    for (const text of ["first of all", "and then"]) {
      await expect(log(page).getByText(text)).toHaveCount(1);
    }
    await expect(log(page).getByText("oops")).toHaveCount(0);
  }
  await expect(waiting).toHaveCount(0);
  await expect(field(ada)).toHaveValue("not finished");
  await expect.poll(() => keptMessages(ada)).toEqual(["not finished"]);
  await field(ada).press("Enter");
  await expect(log(lin).getByText("not finished")).toBeVisible();
  await expect.poll(() => keptMessages(ada)).toEqual([]);
});
