import type { Page } from "@playwright/test";
import { expect, test } from "./room.ts";
import { expectTerminal, openShell, terminalText } from "./page.ts";

test("one terminal is typed in by two and survives a reload", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  const lin = await enter(await room.inviteLink("editor"));
  await openShell(ada);
  await ada.keyboard.type("echo from-ada-$((40+2))\n");
  await expectTerminal(ada, /from-ada-42/);
  await openShell(lin);
  await expectTerminal(lin, /from-ada-42/);
  await lin.keyboard.type("export SEEN=yes; echo from-lin-$((1+1))\n");
  await expectTerminal(ada, /from-lin-2/);
  await ada.reload();
  await openShell(ada);
  await expectTerminal(ada, /from-ada-42[^]*from-lin-2/);
  await ada.keyboard.type("echo still-$SEEN\n");
  await expectTerminal(ada, /still-yes/);
});

test("a flood neither loses its end nor delays Ctrl+C", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await openShell(ada);
  await ada.keyboard.type("PS1='READY> '; seq 1 300000; echo the-$((1+1))-end\n");
  await expectTerminal(ada, /299999\s+300000\s+the-2-end/);
  await ada.keyboard.type("yes flood\n");
  await expectTerminal(ada, /(flood\s+){5}/);
  await ada.keyboard.press("Control+c");
  await expectTerminal(ada, /READY> *$/);
});

test("a shell that ended says so and starts again on Enter", async ({ room, join: enter }) => {
  const ada = await enter(room.link);
  await openShell(ada);
  await ada.keyboard.type("exit 7\n");
  await expectTerminal(ada, /7[^]*Enter/);
  await ada.keyboard.press("Enter");
  await ada.keyboard.type("echo again-$((2+3))\n");
  await expectTerminal(ada, /again-5/);
  expect(await terminalText(ada)).toContain("again-5");
});

test("a pane of another size shows the terminal as it is, and takes it over when asked", async ({
  room,
  join: enter,
}) => {
  const ada = await enter(room.link);
  await openShell(ada);
  // Full lines with a mark at each end: a picture that is reflowed shows them in other places.
  const ruler = "clear; for i in 1 2 3; do printf '<%*s>\\n' $(($(tput cols) - 2)) $i; done";
  await ada.keyboard.type(`${ruler}\n`);
  await expectTerminal(ada, /^<\s+1>\n<\s+2>\n<\s+3>\n/);
  const shown = await rulerOf(ada);

  const lin = await enter(await room.inviteLink("editor"));
  await lin.setViewportSize({ width: 900, height: 620 });
  await openShell(lin);
  await expect.poll(() => rulerOf(lin), { timeout: 20_000 }).toEqual(shown);
  const note = lin.getByRole("status").filter({ hasText: "set by" });
  await expect(note).toBeVisible();
  const visible = await lin.evaluate(() => {
    const pane = document.querySelector(".terminal__screen[data-foreign]");
    const screen = pane?.querySelector(".xterm-screen");
    const [outer, inner] = [pane?.getBoundingClientRect(), screen?.getBoundingClientRect()];
    return outer !== undefined && inner !== undefined && inner.width <= outer.width + 1;
  });
  expect(visible).toBe(true);
  await expect(ada.getByRole("status").filter({ hasText: "set by" })).toHaveCount(0);

  await note.getByRole("button", { name: "Use my size" }).click();
  await expect(note).toHaveCount(0);
  await expect(ada.getByRole("status").filter({ hasText: "set by" })).toBeVisible();
  await lin.keyboard.type(`${ruler}\n`);
  // The ruler of before is of three lines as well.
  await expect
    .poll(async () => (await rulerOf(lin)).filter((line) => !shown.includes(line)).length)
    .toBe(3);
  await expect.poll(() => rulerOf(ada)).toEqual(await rulerOf(lin));
});

/** The lines of the ruler that the screen shows, each whole in one row. */
async function rulerOf(page: Page): Promise<readonly string[]> {
  const text = await terminalText(page);
  return text.split("\n").filter((line) => /^<\s+\d>$/.test(line));
}
