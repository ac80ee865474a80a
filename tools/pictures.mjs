// Pictures of every pane and state, light and dark, wide and narrow, into pictures/, and the README's
// screenshot. Needs a build: npm run build && npm run pictures [-- <words that the names must hold>]
import { chromium } from "@playwright/test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "./chromium.mjs";

const sizes = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const themes = ["light", "dark"];
const base = mkdtempSync(join(tmpdir(), "tandem-pictures-"));

/** The rooms that are looked at: their files beside the sample, and what is there before anyone looks. */
const rooms = {
  busy: { extra: { "gone.js": "export {};\n" }, prepare: fillBusyRoom },
  quiet: {},
  written: { extra: { "plan.md": "# Plan\n\nTo be made.\n" }, prepare: writeTogether },
  empty: { bare: true },
  broken: {
    extra: {
      ".replit": 'run = "node broken.js"\n',
      "broken.js": 'throw new Error("no such word");\n',
    },
  },
};

/**
 * The pictures: in which room, as whom, with what of the browser, after doing what. `at` names the only
 * size where it makes sense.
 */
const pictures = [
  { name: "workspace", show: showWorkspace },
  { name: "editor-together", show: showTogether },
  { name: "tree", show: (page) => command(page, "Files") },
  { name: "tree-empty", room: "empty", show: (page) => command(page, "Files") },
  { name: "tree-menu", show: (page) => inTree(page, { button: "right" }) },
  {
    name: "tree-rename",
    show: async (page) => {
      await inTree(page);
      await page.keyboard.press("F2");
    },
  },
  {
    name: "tree-new",
    show: async (page) => {
      await command(page, "New file");
      await page.keyboard.type("words.js");
    },
  },
  {
    name: "tree-delete",
    show: async (page) => {
      await inTree(page);
      await page.keyboard.press("Delete");
    },
  },
  { name: "file-big", show: (page) => openFile(page, "big.txt") },
  { name: "file-binary", show: (page) => openFile(page, "blob.bin") },
  { name: "file-image", show: (page) => openFile(page, "picture.png") },
  { name: "file-empty", room: "empty", show: (page) => command(page, "Close all files") },
  { name: "file-deleted", show: showDeleted },
  {
    name: "file-find",
    at: "wide",
    show: async (page) => {
      await openFile(page, "words.js");
      await command(page, "Replace in the file");
    },
  },
  {
    name: "split",
    at: "wide",
    show: async (page) => {
      await openFile(page, "words.py");
      await page.keyboard.press("Control+\\");
      await openFile(page, "README.md");
      await openFile(page, "words.test.js");
      await command(page, "Split downwards");
    },
  },
  { name: "console-running", show: (page) => command(page, "Console") },
  { name: "console-empty", room: "quiet", show: (page) => command(page, "Console") },
  {
    name: "console-error",
    room: "broken",
    show: async (page) => {
      await page.keyboard.press("Control+Enter");
      await page.getByText("exited with 1", { exact: true }).waitFor();
    },
  },
  { name: "shell", show: showShell },
  { name: "preview", show: showPreview },
  { name: "preview-empty", room: "quiet", show: (page) => command(page, "Preview") },
  { name: "chat", show: (page) => command(page, "Chat") },
  { name: "chat-empty", room: "quiet", show: (page) => command(page, "Chat") },
  {
    name: "chat-mention",
    show: async (page) => {
      await command(page, "Chat");
      await page.getByRole("textbox", { name: /message/i }).pressSequentially("@");
    },
  },
  {
    name: "chat-image",
    show: async (page) => {
      await command(page, "Chat");
      await page.getByRole("button", { name: "house.png" }).click();
      await page.getByRole("dialog", { name: "house.png" }).waitFor();
    },
  },
  { name: "people", show: (page) => command(page, "People") },
  { name: "people-alone", room: "quiet", show: (page) => command(page, "People") },
  {
    name: "people-follow",
    show: async (page) => {
      await command(page, "Go to a person");
      await page.keyboard.type("Lin");
      await page.keyboard.press("Enter");
    },
  },
  { name: "history", room: "written", show: (page) => showHistory(page) },
  {
    name: "history-past",
    room: "written",
    show: async (page) => {
      await showHistory(page);
      await page.getByRole("slider", { name: "Version" }).press("Home");
    },
  },
  {
    name: "history-compare",
    room: "written",
    show: async (page) => {
      await showHistory(page);
      await page.getByRole("slider", { name: "Version" }).press("Home");
      await page.getByRole("button", { name: "Compare two versions" }).click();
      await page.locator(".monaco-diff-editor .line-insert").first().waitFor();
    },
  },
  {
    name: "history-menu",
    room: "written",
    show: async (page) => {
      await showHistory(page);
      await page.getByRole("button", { name: "More about this history" }).click();
    },
  },
  { name: "history-empty", room: "quiet", show: (page) => showHistory(page) },
  {
    name: "deleted-files",
    room: "written",
    show: (page) => command(page, "Show the deleted files"),
  },
  {
    name: "deleted-files-empty",
    room: "quiet",
    show: (page) => command(page, "Show the deleted files"),
  },
  {
    name: "blame",
    room: "written",
    at: "wide",
    show: async (page) => {
      await openFile(page, "words.py");
      await command(page, "Show who wrote each line");
      await page.locator(".blame-bar").first().hover();
      await page.locator(".blame-card:visible").first().waitFor();
    },
  },
  {
    name: "authors",
    room: "written",
    at: "wide",
    show: async (page) => {
      await openFile(page, "words.py");
      await command(page, "Colour all text by who wrote it");
    },
  },
  {
    name: "comment",
    room: "written",
    at: "wide",
    show: async (page) => {
      await openFile(page, "words.py");
      await command(page, "Next comment");
      await page.locator(".comment-card").waitFor();
    },
  },
  { name: "comments", room: "written", show: (page) => command(page, "All comments") },
  { name: "comments-empty", room: "quiet", show: (page) => command(page, "All comments") },
  { name: "search", show: (page) => search(page, "word") },
  { name: "search-none", show: (page) => search(page, "zebra") },
  { name: "search-empty", show: (page) => command(page, "Search in all files") },
  { name: "palette", show: (page) => page.keyboard.press("F1") },
  {
    name: "palette-none",
    show: async (page) => {
      await page.keyboard.press("F1");
      await page.keyboard.type("zebra");
    },
  },
  {
    name: "quick-open",
    show: async (page) => {
      await page.keyboard.press("Control+p");
      await page.keyboard.type("wo");
    },
  },
  { name: "settings", show: (page) => command(page, "Settings") },
  { name: "invite", show: (page) => command(page, "Invite someone") },
  { name: "shortcuts", show: (page) => command(page, "Keyboard shortcuts") },
  { name: "notifications-empty", show: (page) => command(page, "Notifications") },
  {
    name: "notifications",
    show: async (page) => {
      await command(page, "Copy the path");
      await command(page, "Notifications");
    },
  },
  { name: "toast", show: (page) => command(page, "Copy the path") },
  { name: "menu", show: (page) => page.getByRole("button", { name: "Menu" }).click() },
  {
    name: "tab-menu",
    show: (page) => page.getByRole("tab", { name: "server.js" }).click({ button: "right" }),
  },
  {
    name: "tooltip",
    at: "wide",
    show: (page) => page.getByRole("button", { name: "Search" }).first().hover(),
  },
  {
    name: "connection",
    at: "wide",
    show: (page) => page.getByRole("button", { name: /^Live/ }).click(),
  },
  { name: "viewer", as: "viewer", show: (page) => openFile(page, "words.py") },
  { name: "viewer-menu", as: "viewer", show: (page) => inTree(page, { button: "right" }) },
  { name: "more", at: "phone", show: (page) => page.getByRole("tab", { name: "More" }).click() },
  {
    name: "key-row",
    at: "phone",
    show: async (page) => {
      await openFile(page, "words.py");
      await page.locator("textarea:visible").first().tap();
    },
  },
  { name: "forced-colors", with: { forcedColors: "active" }, show: showTogether },
  { name: "forced-settings", with: { forcedColors: "active" }, show: showSettings },
  { name: "more-contrast", with: { contrast: "more" }, show: showTogether },
  { name: "reduced-motion", with: { reducedMotion: "reduce" }, show: showTogether },
  // What twice the zoom leaves of the screen.
  { name: "zoom-200", with: { zoom: 2 }, show: showTogether },
  { name: "zoom-200-settings", with: { zoom: 2 }, show: showSettings },
  { name: "zoom-200-people", at: "wide", with: { zoom: 2 }, show: (p) => command(p, "People") },
  { name: "not-invited", room: "quiet", link: "#invite=nonsense" },
  {
    name: "reconnecting",
    room: "broken",
    show: async (page, room) => {
      await openFile(page, "words.py");
      await room.end();
      await page.locator(".banner").waitFor();
    },
  },
  {
    name: "offline-editing",
    room: "broken",
    show: async (page, room) => {
      await openFile(page, "words.py");
      const wide = page.viewportSize().width > 700;
      await page
        .locator(wide ? ".view-line:visible" : "textarea:visible")
        .first()
        .click();
      await page.keyboard.press("Control+Home");
      await room.end();
      await page.keyboard.type("# Typed without a host.");
      await page.getByRole("button", { name: "Retry" }).waitFor();
    },
  },
];

const words = process.argv.slice(2);
const executablePath = ensureChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
const open = new Map();
mkdirSync("pictures", { recursive: true });

try {
  for (const picture of pictures) {
    for (const [size, viewport] of Object.entries(sizes)) {
      if (picture.at !== undefined && picture.at !== size) continue;
      for (const theme of themes) {
        const name = `${picture.name}-${size}-${theme}`;
        if (words.every((word) => name.includes(word))) await take(picture, name, viewport, theme);
      }
    }
  }
} finally {
  await browser.close();
  for (const room of open.values()) await room.then(({ end }) => end()).catch(() => {});
  rmSync(base, { recursive: true, force: true });
}

async function take(
  { room: roomName = "busy", as = "owner", link, with: how, show },
  name,
  ...look
) {
  if (!open.has(roomName)) open.set(roomName, openRoom(roomName));
  const room = await open.get(roomName);
  const address = link === undefined ? room.links[as] : new URL(link, room.links.owner).href;
  const page = await enter(address, "Ada", ...look, how);
  try {
    await show?.(page, room);
    // What moves has come to rest, and what is named while it moves still has its name.
    await page.waitForTimeout(500);
    await page.screenshot({ path: `pictures/${name}.png` });
  } catch (error) {
    process.exitCode = 1;
    await page.screenshot({ path: `pictures/${name}.png` });
    console.error(`${name}: ${error.message}`);
  }
  await page.context().close();
  if (name === "workspace-wide-light") copyFileSync(`pictures/${name}.png`, "docs/tandem.png");
  if (room.ended()) open.delete(roomName);
}

/** A host of its own on a folder of its own, with the links for each role. */
async function openRoom(name) {
  const { extra = {}, bare, prepare } = rooms[name];
  const parent = mkdtempSync(join(base, "room-"));
  const folder = join(parent, name === "empty" ? "untitled" : "draw-together");
  mkdirSync(folder);
  if (!bare) cpSync("samples", folder, { recursive: true });
  for (const [path, content] of Object.entries(extra)) writeFileSync(join(folder, path), content);
  const args = [
    "dist/host/main.js",
    folder,
    "--no-open",
    "--port",
    "0",
    "--home",
    `${parent}/home`,
  ];
  const host = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HOME: base },
  });
  const owner = await new Promise((resolve) => {
    let output = "";
    host.stdout.on("data", (chunk) => {
      output += chunk;
      const match = /https?:\/\/\S+#\S+/.exec(output);
      if (match !== null) resolve(match[0]);
    });
  });
  const invite = new URLSearchParams(new URL(owner).hash.slice(1)).get("invite");
  const answer = await fetch(new URL("/api/invites", owner), {
    headers: { authorization: `Bearer ${invite}` },
  });
  const room = {
    folder,
    links: { owner, ...(await answer.json()) },
    ended: () => host.exitCode !== null || host.signalCode !== null,
    async end() {
      if (room.ended()) return;
      host.kill();
      await once(host, "exit");
    },
  };
  try {
    await prepare?.(room);
  } catch (error) {
    // Without it the pictures would be of something else, and its host would keep us here.
    await room.end();
    throw error;
  }
  return room;
}

/** Opens a room as a person of that name. */
async function enter(link, name, { width, height }, theme, { zoom = 1, ...how } = {}) {
  const phone = width < 700;
  const context = await browser.newContext({
    viewport: { width: Math.round(width / zoom), height: Math.round(height / zoom) },
    deviceScaleFactor: zoom,
    colorScheme: theme,
    hasTouch: phone,
    isMobile: phone,
    ...how,
  });
  await context.addInitScript(
    (who) => localStorage.setItem("tandem.name", JSON.stringify(who)),
    name,
  );
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(link);
  // One is in when one sees oneself.
  const people = page.getByRole("group", { name: "People in this room" }).getByRole("button");
  await people.or(page.locator(".not-in")).first().waitFor();
  return page;
}

/** Two more people, what they have said, a program that runs, and files of every kind. */
async function fillBusyRoom(room) {
  writeFileSync(
    join(room.folder, "big.txt"),
    "A line of a large file, again and again.\n".repeat(3e5),
  );
  writeFileSync(join(room.folder, "blob.bin"), Buffer.from([0, 255, 254, 0, 1, 2, 3]));
  copyFileSync("docs/tandem.png", join(room.folder, "picture.png"));
  const lin = await enter(room.links.editor, "Lin", sizes.wide, "light");
  const grace = await enter(room.links.editor, "Grace Hopper", sizes.wide, "light");
  await say(lin, "I have moved the strokes into `server.js`, have a look at server.js:11");
  await say(lin, "```js\nconst strokes = [];\nstrokes.push(text);\n```");
  await say(grace, "@Ada **Run** it, and we draw together");
  await openFile(grace, "words.py");
  await openFile(lin, "server.js");
  // In the chat, Enter sends.
  await lin.keyboard.press("Control+Enter");
  await draw(lin, [0.2, 0.75], [0.2, 0.45], [0.45, 0.25], [0.7, 0.45], [0.7, 0.75], [0.2, 0.75]);
  await draw(lin, [0.4, 0.75], [0.4, 0.55], [0.52, 0.55], [0.52, 0.75]);
  const sun = Array.from({ length: 25 }, (_, step) => (step / 12) * Math.PI);
  await draw(grace, ...sun.map((at) => [0.82 + 0.1 * Math.cos(at), 0.18 + 0.06 * Math.sin(at)]));
  const buffer = await lin.locator("iframe:visible").screenshot();
  await lin
    .locator('input[type="file"][accept^="image"]')
    .setInputFiles({ name: "house.png", mimeType: "image/png", buffer });
  await say(lin, "Somebody lives there");
  await grace.getByRole("button", { name: "house.png" }).waitFor();
  await lin.locator(".monaco-editor:visible .view-line").nth(2).click();
  room.lin = lin;
}

/** Draws a line in what the sample's server shows; places are shares of its width and height. */
async function draw(page, first, ...others) {
  // What has the focus in the page of the program hears no keys of ours.
  if (!(await page.locator("iframe:visible").isVisible())) await showPreview(page);
  const frame = page.frameLocator("iframe:visible");
  await frame.getByText("Draw something.").waitFor();
  const { x, y, width, height } = await frame.locator("canvas").boundingBox();
  await page.mouse.move(x + first[0] * width, y + first[1] * height);
  await page.mouse.down();
  for (const to of others) {
    await page.mouse.move(x + to[0] * width, y + to[1] * height, { steps: 5 });
  }
  await page.mouse.up();
}

/** What two people have written one after the other, said to it, and thrown away. */
async function writeTogether(room) {
  const lin = await enter(room.links.editor, "Lin", sizes.wide, "light");
  const grace = await enter(room.links.editor, "Grace Hopper", sizes.wide, "light");
  for (const page of [lin, grace]) await openFile(page, "words.py");
  await write(lin, 'STOP_WORDS = {"a", "the"}\n\n');
  await write(grace, "# Words that say nothing are left out.\n");
  await lin.keyboard.press("Control+Home");
  await lin.keyboard.press("Shift+End");
  await lin.keyboard.press("Alt+/");
  await lin.keyboard.type("Which **languages** do we count? @Ada");
  await lin.keyboard.press("Enter");
  await grace.locator(".comment-mark").first().waitFor();
  await command(grace, "Next comment");
  await grace.locator(".comment-card").getByRole("textbox", { name: "Reply" }).fill("English.");
  await grace.keyboard.press("Enter");
  await openFile(lin, "plan.md");
  await write(lin, "Soon.\n");
  await lin.getByText("Saved", { exact: true }).waitFor();
  rmSync(join(room.folder, "plan.md"));
  await lin
    .getByText(/deleted/i)
    .first()
    .waitFor();
}

/** Types at the end of the text. */
async function write(page, text) {
  await page.locator(".monaco-editor:visible .view-line").first().click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type(text);
}

async function showHistory(page) {
  await openFile(page, "words.py");
  await command(page, "Show the history of the file");
  await page.getByRole("slider", { name: "Version" }).waitFor();
}

async function say(page, text) {
  if (!(await page.getByRole("textbox", { name: /message/i }).isVisible())) {
    await command(page, "Chat");
  }
  await page.getByRole("textbox", { name: /message/i }).fill(text);
  await page.keyboard.press("Enter");
}

/** Runs a command by the palette, which is everywhere. */
async function command(page, title) {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
}

async function openFile(page, name) {
  await page.keyboard.press("Control+p");
  await page.keyboard.type(name);
  await page.getByRole("option", { name }).first().waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name }).waitFor();
  await page.waitForTimeout(400);
}

async function inTree(page, how) {
  await command(page, "Files");
  await page.getByRole("treeitem", { name: "words.js" }).click(how);
}

async function search(page, text) {
  await command(page, "Search in all files");
  await page.getByRole("textbox", { name: "Search in all files" }).fill(text);
  await page
    .getByText(/ in \d+ files?|Nothing found/)
    .last()
    .waitFor();
}

function showSettings(page) {
  return command(page, "Settings");
}

async function showWorkspace(page, room) {
  await showPreview(page);
  await page.frameLocator("iframe:visible").getByText("Draw something.").waitFor();
  await command(page, "Chat");
  await showTogether(page, room);
}

async function showPreview(page) {
  await command(page, "Preview");
  await page.locator("iframe:visible").waitFor();
}

/** Lin's caret, whose name shows while it moves. */
async function showTogether(page, { lin }) {
  await openFile(page, "server.js");
  await lin.keyboard.press("ArrowDown");
  await lin.keyboard.press("End");
}

async function showShell(page) {
  await command(page, "New terminal");
  await page.locator(".xterm-rows:visible").waitFor();
  await page.keyboard.type("ls -la && git --version\n");
}

async function showDeleted(page, { folder }) {
  writeFileSync(join(folder, "gone.js"), "export const gone = true;\n");
  await openFile(page, "gone.js");
  rmSync(join(folder, "gone.js"));
  await page.getByText(/deleted/i).waitFor();
}
