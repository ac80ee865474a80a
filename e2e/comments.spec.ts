import { devices, type Page } from "@playwright/test";
import { expect, test } from "./room.ts";
import { goToEnd, goToStart, openFile, shownText } from "./page.ts";

const card = (page: Page) => page.locator(".comment-card");
const mark = (page: Page) => page.locator(".comment-mark");

/** The text that is marked as commented, as it stands on the screen. */
async function commentedLine(page: Page): Promise<string> {
  const line = await page.locator(".comment-text").first().boundingBox();
  const lines = page.locator(".monaco-editor:visible .view-line");
  for (let index = 0; index < (await lines.count()); index++) {
    const box = await lines.nth(index).boundingBox();
    if (box !== null && line !== null && Math.abs(box.y - line.y) < 4) {
      return (await lines.nth(index).innerText()).replaceAll("\u00a0", " ");
    }
  }
  return "";
}

test("a comment stays with its text, is answered, settled and still there later", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");

  // Ada comments on the last line.
  await goToEnd(ada);
  await ada.keyboard.press("ArrowUp");
  await ada.keyboard.press("Shift+End");
  await ada.keyboard.press("Alt+/");
  await ada.keyboard.type("Only **one**?");
  await ada.keyboard.press("Enter");
  await expect(card(ada).getByText("Only one?")).toBeVisible();
  await expect(mark(lin)).toHaveCount(1);

  // Lin types above: the thread moves, on both screens.
  await goToStart(lin);
  await lin.keyboard.type("first\nsecond 🐢\n");
  await expect.poll(() => shownText(ada)).toContain("second 🐢");
  await expect.poll(() => commentedLine(ada)).toBe("One line.");
  await expect.poll(() => commentedLine(lin)).toBe("One line.");

  // Lin answers from the list of all comments.
  await lin.getByRole("button", { name: "Comments (1)" }).click();
  await lin.getByRole("button", { name: /Only/ }).click();
  await card(lin).getByRole("textbox", { name: "Reply" }).fill("There are more now.");
  await lin.keyboard.press("Enter");
  await expect(card(ada).getByText("There are more now.")).toBeVisible();
  // Only her own comment is hers to change.
  await expect(card(lin).getByRole("button", { name: "Edit" })).toHaveCount(1);

  await lin.reload();
  await expect.poll(() => commentedLine(lin)).toBe("One line.");
  await lin.keyboard.press("Alt+F9");
  await expect(card(lin).getByText("There are more now.")).toBeVisible();

  await card(lin).getByRole("button", { name: "Resolve" }).click();
  await expect(mark(lin)).toHaveCount(0);
  await expect(card(ada).getByText("Resolved")).toBeVisible();
  await card(ada).getByRole("button", { name: "Reopen" }).click();
  await expect(mark(lin)).toHaveCount(1);
});

test("a comment whose text is removed says so, and goes with a file that is renamed", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.press("ArrowUp");
  // Whole lines are selected up to the next one, which is not what the comment is about.
  await ada.keyboard.press("Shift+ArrowDown");
  await ada.keyboard.press("Alt+/");
  const lastLine = ada.locator(".view-line", { hasText: "One" });
  await expect
    .poll(async () => {
      const [below, line] = await Promise.all([card(ada).boundingBox(), lastLine.boundingBox()]);
      return below === null || line === null ? Infinity : (below.y - line.y) / line.height;
    })
    .toBeLessThan(2);
  await ada.keyboard.type("Why?");
  await ada.keyboard.press("Enter");
  await expect(card(ada).getByText("Why?")).toBeVisible();
  await ada.keyboard.press("Escape");
  await expect(card(ada)).toHaveCount(0);

  await ada.getByRole("treeitem", { name: "notes.md" }).first().click();
  await ada.keyboard.press("F2");
  await ada.getByRole("textbox", { name: /name/i }).fill("renamed.md");
  await ada.keyboard.press("Enter");
  await expect(ada.getByRole("tab", { name: "renamed.md" })).toBeVisible();
  await expect(mark(ada)).toHaveCount(1);

  await ada.locator(".monaco-editor:visible .view-line").first().click();
  await ada.keyboard.press("Control+a");
  await ada.keyboard.press("Delete");
  await mark(ada).click();
  await expect(card(ada).getByText("Text removed")).toBeVisible();
  await expect(card(ada).getByText("One line.")).toBeVisible();
});

test("a viewer reads comments and writes none", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const vera = await enter(await room.inviteLink("viewer"));
  await openFile(ada, "notes.md");
  await openFile(vera, "notes.md");
  await goToStart(ada);
  await ada.keyboard.press("Alt+/");
  await ada.keyboard.type("A title");
  await ada.keyboard.press("Enter");
  await mark(vera).click();
  await expect(card(vera).getByText("A title")).toBeVisible();
  await expect(card(vera).getByRole("textbox")).toHaveCount(0);
  await expect(card(vera).getByRole("button", { name: "Resolve" })).toHaveCount(0);
});

test("a phone shows comments beside their lines, and answers them", async ({
  room,
  join: enter,
  browser,
}) => {
  const ada = await enter(room.link);
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.press("ArrowUp");
  await ada.keyboard.press("Alt+/");
  await ada.keyboard.type("Only one?");
  await ada.keyboard.press("Enter");

  const context = await browser.newContext({ ...devices["Pixel 7"] });
  const lin = await context.newPage();
  await lin.goto(await room.inviteLink("editor"));
  await lin.getByRole("tab", { name: "Files" }).click();
  await lin.getByRole("treeitem", { name: "notes.md" }).tap();
  await lin.getByRole("button", { name: /^Comments on line 3: .*Only one\?/ }).tap();
  await card(lin).getByRole("textbox", { name: "Reply" }).fill("For now.");
  await card(lin).getByRole("button", { name: "Reply", exact: true }).tap();
  await expect(card(ada).getByText("For now.")).toBeVisible();

  await goToStart(ada);
  await ada.keyboard.type("above\n");
  await expect(lin.getByRole("button", { name: /^Comments on line 4/ })).toBeVisible();
  await context.close();
});

test("an answer reaches who has closed the comment; what does not concern one is only counted", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await goToStart(ada);
  await ada.keyboard.press("Alt+/");
  await ada.keyboard.type("A title");
  await ada.keyboard.press("Enter");
  await expect(card(ada).getByText("A title")).toBeVisible();
  await ada.keyboard.press("Escape");

  const notices = (page: Page) => page.getByRole("region", { name: "Notices" });
  await lin.getByRole("button", { name: "Comments (1)" }).click();
  await expect(lin.getByRole("button", { name: "Comments", exact: true })).toBeVisible();
  await expect(notices(lin).getByText("A title")).toHaveCount(0);
  await lin.getByRole("button", { name: /New · .*/ }).click();
  await card(lin).getByRole("textbox", { name: "Reply" }).fill("A good one.");
  await lin.keyboard.press("Enter");

  await expect(ada.getByRole("button", { name: "Comments (1)" })).toBeVisible();
  await expect(notices(ada).getByText(/on notes\.md: A good one\.$/)).toBeVisible();
  await notices(ada).getByRole("button", { name: "Open the comment" }).click();
  await expect(card(ada).getByText("A good one.")).toBeVisible();
  await expect(ada.getByRole("button", { name: "Comments", exact: true })).toBeVisible();
});
