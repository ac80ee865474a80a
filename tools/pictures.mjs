// Pictures of every pane, light and dark, wide and narrow, into pictures/, and the README's screenshot.
// Needs a build: npm run build && npm run pictures
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.mjs";

const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const themes = ["light", "dark"];
const only = process.argv.slice(2);

const base = mkdtempSync(join(tmpdir(), "tandem-pictures-"));
mkdirSync("pictures", { recursive: true });
mkdirSync("docs", { recursive: true });

const host = spawn(
  process.execPath,
  ["dist/host/main.js", "--no-open", "--port", "0", "--home", join(base, "home")],
  { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, HOME: base } },
);
const link = await new Promise((resolve) => {
  let output = "";
  host.stdout.on("data", (chunk) => {
    output += chunk;
    const match = /https?:\/\/\S+#\S+/.exec(output);
    if (match !== null) resolve(match[0]);
  });
});
const executablePath = ensureChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});

try {
  const lin = await enter("Lin", sizes.wide, "light");
  for (const theme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      if (only.length > 0 && !only.includes(size) && !only.includes(theme)) continue;
      const page = await enter("Ada", viewport, theme);
      await (size === "wide" ? wide : phone)(page, lin, `${theme}-${size}`);
      await page.context().close();
    }
  }
} finally {
  await browser.close();
  host.kill();
  await once(host, "exit");
  rmSync(base, { recursive: true, force: true });
}

/** Opens the room as a person of that name. */
async function enter(name, viewport, theme) {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    hasTouch: viewport.width < 700,
    isMobile: viewport.width < 700,
  });
  await context.addInitScript(
    (who) => localStorage.setItem("tandem.name", JSON.stringify(who)),
    name,
  );
  const page = await context.newPage();
  await page.goto(link);
  await page
    .getByRole("button", { name: /^(Run|Stop)$/ })
    .first()
    .waitFor();
  return page;
}

async function wide(page, lin, prefix) {
  const shot = (name) => page.screenshot({ path: `pictures/${prefix}-${name}.png` });
  await page.locator(".monaco-editor .view-line").first().waitFor();
  await typeTogether(page, lin);
  const run = page.getByRole("button", { name: "Run", exact: true }).first();
  if (await run.isVisible()) await run.click();
  await page.getByRole("tab", { name: "Preview" }).click();
  await page.frameLocator("iframe").locator("body").waitFor();
  await page.mouse.move(5, 500);
  await page.waitForTimeout(700);
  // A name shows while its owner moves.
  await lin.keyboard.press("ArrowDown");
  await page.waitForTimeout(200);
  await shot("workspace");
  if (prefix === "light-wide") await page.screenshot({ path: "docs/tandem.png" });
  await page.getByRole("tab", { name: "Shell" }).click();
  await page.locator(".xterm-helper-textarea").last().focus();
  await page.keyboard.type("ls -la && git --version\n");
  await page.waitForTimeout(500);
  await shot("shell");
  await page.getByRole("tab", { name: "Console" }).click();
  await page.waitForTimeout(300);
  await shot("console");
  await page.getByRole("button", { name: /^Chat/ }).first().click();
  await page.getByRole("textbox", { name: /message/i }).fill("The tests pass on my side.");
  await page.keyboard.press("Enter");
  await shot("chat");
  await page
    .getByRole("tab", { name: /People/ })
    .first()
    .click();
  await shot("people");
  await page.getByRole("button", { name: "Invite" }).first().click();
  await page.waitForTimeout(300);
  await shot("invite");
  await page.keyboard.press("Escape");
  await page.keyboard.press("F1");
  await page.waitForTimeout(200);
  await shot("palette");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+p");
  await page.waitForTimeout(200);
  await shot("quick-open");
  await page.keyboard.press("Escape");
  for (const view of ["Search", "People"]) {
    const rail = page.getByRole("navigation", { name: "Sidebar" });
    await rail.getByRole("button", { name: new RegExp(`^${view}`) }).click();
    await page.waitForTimeout(200);
    await shot(`sidebar-${view.toLowerCase()}`);
  }
}

async function phone(page, _lin, prefix) {
  const shot = (name) => page.screenshot({ path: `pictures/${prefix}-${name}.png` });
  for (const tab of ["Files", "Code", "Run", "People", "More"]) {
    await page.getByRole("tab", { name: new RegExp(`^${tab}`) }).click();
    await page.waitForTimeout(500);
    await shot(tab.toLowerCase());
  }
}

/** Lin's caret in the file that the picture shows. */
async function typeTogether(page, lin) {
  await lin.locator(".monaco-editor .view-line").nth(2).click();
  await lin.keyboard.press("End");
  await lin.keyboard.press("ArrowDown");
  await page.locator(".caret").first().waitFor({ state: "attached" });
}
