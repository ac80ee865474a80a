import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./room.ts";
import { goToEnd, goToStart, openFile } from "./page.ts";

const START = "# Notes\n\nOne line.\n";

/** What an editor inside `place` shows, with ordinary spaces. */
async function textIn(place: Locator): Promise<string> {
  const lines = await place
    .locator(".view-lines")
    .first()
    .evaluate((element) =>
      [...element.querySelectorAll<HTMLElement>(".view-line")]
        .toSorted((a, b) => parseFloat(a.style.top) - parseFloat(b.style.top))
        .map((line) => line.textContent ?? "")
        .join("\n"),
    );
  return lines.replaceAll("\u00a0", " ").replaceAll("\u200c", "");
}

const liveText = (page: Page) =>
  textIn(page.getByRole("tabpanel", { name: "notes.md", exact: true }));
const history = (page: Page) => page.getByRole("tabpanel", { name: "History of notes.md" });
const pastText = (page: Page) => textIn(history(page));

test("the history of a file is slid through, played, compared and restored", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await openFile(lin, "notes.md");
  await goToStart(ada);
  await ada.keyboard.type("Ada was here.\n", { delay: 10 });
  await expect.poll(() => liveText(lin)).toContain("Ada was here.");
  await goToEnd(lin);
  await lin.keyboard.type("So was Lin.", { delay: 10 });
  const newest = `Ada was here.\n${START}So was Lin.`;
  await expect.poll(() => liveText(ada)).toBe(newest);

  await ada.keyboard.press("Alt+r");
  const slider = history(ada).getByRole("slider", { name: "Version" });
  await expect.poll(() => pastText(ada)).toBe(newest);

  // What people type meanwhile arrives, and shows while the newest version is shown.
  await lin.keyboard.type("!");
  await expect.poll(() => pastText(ada)).toBe(`${newest}!`);
  await slider.press("ArrowLeft");
  await expect.poll(() => pastText(ada)).toBe(newest);
  await slider.press("Home");
  await expect.poll(() => pastText(ada)).toBe(START);
  await lin.keyboard.type("?");
  await expect.poll(() => liveText(ada)).toBe(`${newest}!?`);
  expect(await pastText(ada)).toBe(START);
  await slider.press("PageDown");
  await expect(slider).toHaveAttribute("aria-valuetext", /Version (\d+) of \1,/);
  await slider.press("Home");

  await history(ada).getByRole("button", { name: "Speed 4×" }).click();
  await history(ada).getByRole("button", { name: "Play" }).click();
  await expect.poll(() => pastText(ada), { timeout: 30_000 }).toBe(`${newest}!?`);
  await expect(history(ada).getByRole("button", { name: "Play" })).toBeVisible();

  await history(ada).getByRole("button", { name: "Compare two versions" }).click();
  await expect(history(ada).getByText(/Version 1 → \d+/)).toBeVisible();
  await expect(
    history(ada).locator(".monaco-diff-editor .char-insert, .line-insert").first(),
  ).toBeVisible();
  await history(ada).getByRole("button", { name: "Compare two versions" }).click();

  await slider.press("Home");
  await expect.poll(() => pastText(ada)).toBe(START);
  await history(ada).getByRole("button", { name: "Restore" }).click();
  await expect.poll(() => liveText(ada)).toBe(START);
  await expect.poll(() => liveText(lin)).toBe(START);
  await ada.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => liveText(ada)).toBe(`${newest}!?`);
  await expect.poll(() => liveText(lin)).toBe(`${newest}!?`);
});
