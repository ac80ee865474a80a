import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import type { AxeResults } from "axe-core";
import { expectTerminal, openFile, openShell } from "./page.ts";
import { expect, test } from "./room.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What would keep somebody out, as axe sees it. */
async function seriousFindings(page: Page): Promise<readonly string[]> {
  // A colour that is still on its way would be judged as if it stayed.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
        .map(({ finished }) => finished),
    ),
  );
  await page.evaluate(axe);
  const results = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(scope: unknown): Promise<AxeResults> } }).axe.run({
      exclude: [["iframe"]],
    }),
  );
  return results.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

const command = async (page: Page, title: string): Promise<void> => {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.keyboard.press("Enter");
};

/** The states of the workspace, each after the one before. */
const states: readonly { readonly name: string; readonly show: (page: Page) => Promise<void> }[] = [
  { name: "a file", show: async (page) => void (await openFile(page, "notes.md")) },
  {
    name: "a program that has failed",
    show: async (page) => {
      await page.keyboard.press("Control+Enter");
      await expect(page.getByText("exited with 3", { exact: true })).toBeVisible();
    },
  },
  {
    name: "a shell",
    show: async (page) => {
      await openShell(page);
      await expectTerminal(page, /[$#>]/);
    },
  },
  { name: "an empty preview", show: (page) => command(page, "Preview") },
  {
    name: "the chat",
    show: async (page) => {
      await command(page, "Chat");
      await page.getByRole("textbox", { name: /message/i }).fill("see `notes.md` at notes.md:1");
      await page.keyboard.press("Enter");
      await expect(page.getByRole("log").getByText("notes.md:1")).toBeVisible();
    },
  },
  { name: "people", show: (page) => command(page, "People") },
  {
    name: "what was found",
    show: async (page) => {
      await command(page, "Search in all files");
      await page.getByRole("textbox", { name: "Search in all files" }).fill("line");
      await expect(page.getByText(/ in \d+ file/)).toBeVisible();
    },
  },
  ...["Show all commands", "Settings", "Invite someone", "Keyboard shortcuts", "Notifications"].map(
    (title) => ({
      name: title,
      show: async (page: Page) => {
        await page.keyboard.press("Escape");
        await command(page, title);
        await expect(page.getByRole("dialog")).toBeVisible();
      },
    }),
  ),
  {
    name: "the menu of a file",
    show: async (page) => {
      await page.keyboard.press("Escape");
      await command(page, "Files");
      await page.getByRole("treeitem", { name: "index.js" }).click({ button: "right" });
      await expect(page.getByRole("menu")).toBeVisible();
    },
  },
];

for (const colorScheme of ["light", "dark"] as const) {
  test(`nothing keeps anyone out, in ${colorScheme}`, async ({ room, join: enter }) => {
    test.setTimeout(240_000);
    writeFileSync(join(room.folder, "index.js"), "process.exit(3);\n");
    const ada = await enter(room.link);
    await ada.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await enter(await room.inviteLink("editor"));
    for (const { name, show } of states) {
      await test.step(name, async () => {
        await show(ada);
        expect.soft(await seriousFindings(ada), name).toEqual([]);
      });
    }
  });

  test(`nothing keeps a viewer on a phone out, in ${colorScheme}`, async ({
    room,
    join: enter,
  }) => {
    const eve = await enter("about:blank");
    await eve.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await eve.setViewportSize({ width: 390, height: 844 });
    await eve.goto(await room.inviteLink("viewer"));
    for (const tab of ["Files", "Code", "Run", "People", "More"]) {
      await test.step(tab, async () => {
        await eve.getByRole("tab", { name: tab }).first().click();
        expect.soft(await seriousFindings(eve), tab).toEqual([]);
      });
    }
  });
}
