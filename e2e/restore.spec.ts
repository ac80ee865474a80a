import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { goToEnd, openFile, shownText } from "./page.ts";
import { expect, test } from "./room.ts";

const START = "# Notes\n\nOne line.\n";

test("a host that is restored from a backup gets back what was typed since", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openFile(ada, "notes.md");
  await goToEnd(ada);
  await ada.keyboard.type("Kept. ", { delay: 10 });
  await openFile(lin, "notes.md");
  await expect.poll(() => shownText(lin)).toBe(`${START}Kept. `);

  const parent = join(room.folder, "..");
  const backup = join(parent, "backup");
  await room.stop("SIGTERM");
  for (const part of ["home", "project"]) {
    cpSync(join(parent, part), join(backup, part), { recursive: true });
  }
  await room.start();
  await goToEnd(ada);
  await ada.keyboard.type("By Ada. ", { delay: 10 });
  await expect.poll(() => shownText(lin), { timeout: 30_000 }).toBe(`${START}Kept. By Ada. `);
  await goToEnd(lin);
  await lin.keyboard.type("By Lin.", { delay: 10 });
  const newest = `${START}Kept. By Ada. By Lin.`;
  await expect.poll(() => shownText(ada)).toBe(newest);

  await room.stop("SIGKILL");
  await goToEnd(ada);
  await ada.keyboard.type(" Offline.", { delay: 10 });
  for (const part of ["home", "project"]) {
    rmSync(join(parent, part), { recursive: true });
    cpSync(join(backup, part), join(parent, part), { recursive: true });
  }
  await room.start();
  // Who is back first gives all of it back; the other may find nothing missing any more.
  const told = await Promise.any(
    [ada, lin].map(async (page) => {
      await page.getByRole("button", { name: "See difference" }).first().click({ timeout: 30_000 });
      return page;
    }),
  );
  const dialog = told.getByRole("dialog", { name: "Difference in notes.md" });
  await expect(dialog.locator(".view-line", { hasText: "By Lin." }).first()).toBeVisible();
  await told.keyboard.press("Escape");
  const whole = `${newest} Offline.`;
  await expect.poll(() => shownText(lin)).toBe(whole);
  await expect.poll(() => shownText(ada)).toBe(whole);
});
