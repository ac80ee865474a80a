import { expect, type Locator, type Page } from "@playwright/test";

// What a person does in the page, by the names that a person reads.

/** Opens a file from the tree and waits until its editor takes text. */
export async function openFile(page: Page, name: string): Promise<Locator> {
  await page.getByRole("treeitem", { name, exact: false }).first().dblclick();
  await expect(page.getByRole("tab", { name, selected: true })).toBeVisible();
  const editor = page.locator(".monaco-editor:visible").first();
  await expect(editor.locator(".view-line").first()).toBeVisible();
  return editor;
}

/** What the editor shows, with ordinary spaces. */
export async function shownText(page: Page): Promise<string> {
  const lines = page.locator(".monaco-editor:visible .view-lines").first();
  const text = await lines.evaluate((element) =>
    [...element.querySelectorAll<HTMLElement>(".view-line")]
      .toSorted((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
      .map((line) => line.textContent ?? "")
      .join("\n"),
  );
  return text.replaceAll("\u00a0", " ").replaceAll("\u200c", "");
}

/** Puts the caret at the end of the text and gives it the keyboard. */
export async function goToEnd(page: Page): Promise<void> {
  await page.locator(".monaco-editor:visible .view-line").first().click();
  await page.keyboard.press("Control+End");
}

export async function goToStart(page: Page): Promise<void> {
  await page.locator(".monaco-editor:visible .view-line").first().click();
  await page.keyboard.press("Control+Home");
}

/** The screen of the terminal that can be seen. */
export async function terminalText(page: Page): Promise<string> {
  const rows = page.locator(".xterm-rows:visible").last();
  return (await rows.innerText()).replaceAll("\u00a0", " ");
}

export async function expectTerminal(page: Page, pattern: RegExp): Promise<void> {
  await expect.poll(() => terminalText(page), { timeout: 20_000 }).toMatch(pattern);
}

/** Shows the shared shell and gives it the keyboard. */
export async function openShell(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Shell" }).click();
  await page.locator(".xterm-helper-textarea").last().focus();
}

/** Waits until this browser can load the app without its host. */
export async function appIsKept(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
}
