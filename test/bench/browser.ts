import { chromium, type Browser, type Page } from "@playwright/test";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findChromium } from "../../tools/chromium.mjs";
import { median } from "./median.ts";
import type { BenchRow } from "./row.ts";

/** Cold opens of each; they alternate, so that a busy moment of the machine hits both. */
const OPENS = 5;
const FLOODS = 3;
const FLOOD_LINES = 3_000_000;
/** Stands in the last line of the main file, so that seeing it means that the text is there. */
const MARKER = "a line to look for";
const TIMEOUT_MS = 120_000;

/** One product under test: how it is started and where its page is. */
interface Product {
  readonly name: string;
  readonly url: string;
  /** Makes a terminal appear and gives it the keyboard. */
  openTerminal(page: Page): Promise<void>;
  stop(): void;
}

interface Opening {
  readonly textMs: number;
  readonly typedMs: number;
  readonly bytes: number;
}

interface Flood {
  readonly ms: number;
  readonly longestFrameMs: number;
  readonly busyMs: number;
  readonly interruptMs: number;
}

/** What a person waits for in a real browser: the first open, and a flood in the terminal. */
export async function rows(): Promise<BenchRow[]> {
  const base = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  const folder = join(base, "project");
  mkdirSync(folder);
  const source = Array.from({ length: 40 }, (_, n) => `console.log("line ${n}");`).join("\n");
  writeFileSync(join(folder, "index.js"), `// ${MARKER}\n${source}\n`);
  const ours = await startTandem(folder, join(base, "home"));
  const peer = await startCodeServer(folder, join(base, "code-server"));
  const products = peer === undefined ? [ours] : [ours, peer];
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  try {
    const openings = await alternate(products, OPENS, (product) => open(browser, product));
    const floods = await alternate(products, FLOODS, (product) => flood(browser, product));
    const memory = await floodFromMemory(browser);
    return [...openingRows(openings), ...floodRows(floods, memory)];
  } finally {
    await browser.close();
    for (const product of products) product.stop();
    rmSync(base, { recursive: true, force: true });
  }
}

async function alternate<T>(
  products: readonly Product[],
  times: number,
  measure: (product: Product) => Promise<T>,
): Promise<Map<string, T[]>> {
  const results = new Map<string, T[]>(products.map(({ name }) => [name, []]));
  for (let time = 0; time < times; time++) {
    for (const product of products) results.get(product.name)?.push(await measure(product));
  }
  return results;
}

async function open(browser: Browser, { url }: Product): Promise<Opening> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const meter = await startMeter(url);
  await page.goto(meter.url, { waitUntil: "commit" });
  const textMs = await whenShown(page, MARKER, "body");
  await page.locator(".monaco-editor .view-lines").first().waitFor({ timeout: TIMEOUT_MS });
  // Typing counts from the first moment at which a person could: keep trying until it shows.
  const typed = whenShown(page, "§", ".monaco-editor .view-lines");
  let isTyped = false;
  void typed.then(() => (isTyped = true));
  await page.locator(".monaco-editor .view-line").first().click({ timeout: TIMEOUT_MS });
  while (!isTyped) {
    await page.keyboard.type("§");
    await Promise.race([typed, new Promise((resolve) => setTimeout(resolve, 100))]);
  }
  const typedMs = await typed;
  const bytes = meter.bytes();
  await context.close();
  meter.stop();
  return { textMs, typedMs, bytes };
}

/** Stands between browser and product: what workers load and what sockets carry counts as well. */
async function startMeter(url: string) {
  const product = new URL(url);
  let bytes = 0;
  const server = createServer((browser) => {
    const upstream = connect(Number(product.port), product.hostname);
    upstream.on("data", (chunk: Buffer) => (bytes += chunk.byteLength));
    browser.on("error", () => upstream.destroy()).on("close", () => upstream.destroy());
    upstream.on("error", () => browser.destroy()).on("close", () => browser.destroy());
    browser.pipe(upstream).pipe(browser);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  // Also where the address names the product once more, as code-server's does.
  const metered = url.replaceAll(new RegExp(`(:|%3A)${product.port}\\b`, "g"), `$1${port}`);
  return { url: metered, bytes: () => bytes, stop: () => server.close() };
}

/** Milliseconds from the start of the navigation until `text` stands in the page. */
async function whenShown(page: Page, text: string, selector: string): Promise<number> {
  const handle = await page.waitForFunction(
    ([wanted, where]) => {
      const element = document.querySelector<HTMLElement>(where ?? "body");
      const shown = element?.innerText.replaceAll("\u00a0", " ").includes(wanted ?? "");
      return shown === true ? performance.now() : false;
    },
    [text, selector] as const,
    { polling: "raf", timeout: TIMEOUT_MS },
  );
  return Number(await handle.jsonValue());
}

async function flood(browser: Browser, product: Product): Promise<Flood> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(product.url);
  await product.openTerminal(page);
  const rowsShown = page.locator(".xterm-rows:visible").last();
  await rowsShown.waitFor({ timeout: TIMEOUT_MS });
  await page.keyboard.type("PS1='READY> '\n");
  await terminalShows(page, /READY>\s*$/);
  await page.evaluate(watchFrames);
  const startedMs = Date.now();
  await page.keyboard.type(`seq 1 ${FLOOD_LINES}; printf 'DO%s\\n' NE\n`);
  await terminalShows(page, /DONE/);
  const ms = Date.now() - startedMs;
  const frames = await page.evaluate(readFrames);
  await page.keyboard.type("seq 1 300000000\n");
  await terminalShows(page, /^\d{6,}$/m);
  const pressedMs = Date.now();
  await page.keyboard.press("Control+C");
  await terminalShows(page, /READY>\s*$/);
  const interruptMs = Date.now() - pressedMs;
  await context.close();
  return { ms, interruptMs, ...frames };
}

async function terminalShows(page: Page, pattern: RegExp): Promise<void> {
  await page.waitForFunction(
    ([source, flags]) => {
      const rows = [...document.querySelectorAll<HTMLElement>(".xterm-rows")].filter(
        (element) => element.offsetParent !== null,
      );
      const text = rows.at(-1)?.innerText.replaceAll("\u00a0", " ") ?? "";
      return new RegExp(source ?? "", flags).test(text.trimEnd());
    },
    [pattern.source, pattern.flags] as const,
    { polling: 20, timeout: TIMEOUT_MS },
  );
}

/** Runs in the page: notes the gaps between frames and the time of long tasks. */
function watchFrames(): void {
  const seen = { longestFrameMs: 0, busyMs: 0 };
  Object.assign(globalThis, { benchFrames: seen });
  let last = performance.now();
  const tick = (now: number): void => {
    seen.longestFrameMs = Math.max(seen.longestFrameMs, now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.busyMs += duration;
  }).observe({ entryTypes: ["longtask"] });
}

function readFrames(): { longestFrameMs: number; busyMs: number } {
  const { benchFrames } = globalThis as unknown as {
    benchFrames: { longestFrameMs: number; busyMs: number };
  };
  return benchFrames;
}

/** The same bytes out of the page's own memory into a bare xterm: what the emulator alone costs. */
async function floodFromMemory(browser: Browser): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto("about:blank");
  await page.addStyleTag({ path: "node_modules/@xterm/xterm/css/xterm.css" });
  await page.addScriptTag({ path: "node_modules/@xterm/xterm/lib/xterm.js" });
  const times: number[] = [];
  for (let time = 0; time < FLOODS; time++) {
    times.push(
      await page.evaluate(async (lines) => {
        const pieces: string[] = [];
        for (let from = 1; from <= lines; from += 8000) {
          let piece = "";
          for (let n = from; n < from + 8000 && n <= lines; n++) piece += `${n}\r\n`;
          pieces.push(piece);
        }
        const { Terminal } = globalThis as unknown as {
          Terminal: new (options: object) => {
            open(element: HTMLElement): void;
            write(text: string, done: () => void): void;
            dispose(): void;
          };
        };
        const terminal = new Terminal({ cols: 100, rows: 40, scrollback: 1000 });
        terminal.open(document.body);
        const startedMs = performance.now();
        for (const piece of pieces) {
          await new Promise<void>((resolve) => terminal.write(piece, resolve));
        }
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const ms = performance.now() - startedMs;
        terminal.dispose();
        return ms;
      }, FLOOD_LINES),
    );
  }
  await page.close();
  return median(times);
}

function openingRows(results: ReadonlyMap<string, readonly Opening[]>): BenchRow[] {
  const row = (
    work: string,
    unit: string,
    pick: (opening: Opening) => number,
    goal: string,
    met: (ours: number, peer: number | undefined) => boolean,
  ): BenchRow => compare("browser", results, work, unit, pick, goal, met);
  return [
    row("cold open to readable text", "ms", (o) => o.textMs, "≥ 8 times sooner", atLeast(8)),
    row("cold open to a typed character", "ms", (o) => o.typedMs, "≥ 4 times sooner", atLeast(4)),
    row(
      "bytes over the wire at a cold open",
      "KB",
      (o) => o.bytes / 1024,
      "≤ 750 KB",
      (ours) => ours <= 750,
    ),
  ];
}

function floodRows(results: ReadonlyMap<string, readonly Flood[]>, memoryMs: number): BenchRow[] {
  const row = (
    work: string,
    pick: (flood: Flood) => number,
    goal: string,
    met: (ours: number, peer: number | undefined) => boolean,
  ): BenchRow => compare("browser", results, work, "ms", pick, goal, met);
  const total = row(
    `seq 1 ${FLOOD_LINES} to the last line painted`,
    (f) => f.ms,
    "≥ 5 times code-server",
    atLeast(5),
  );
  return [
    { ...total, peers: [...total.peers, { name: "bare xterm from memory", value: memoryMs }] },
    row(
      "longest frame meanwhile",
      (f) => f.longestFrameMs,
      "< 100 ms",
      (ours) => ours < 100,
    ),
    row(
      "main thread in long tasks meanwhile",
      (f) => f.busyMs,
      "as little as can be",
      () => true,
    ),
    row(
      "Ctrl+C in the midst of a flood",
      (f) => f.interruptMs,
      "< 200 ms",
      (ours) => ours < 200,
    ),
  ];
}

function atLeast(times: number): (ours: number, peer: number | undefined) => boolean {
  return (ours, peer) => peer !== undefined && peer / ours >= times;
}

function compare<T>(
  group: string,
  results: ReadonlyMap<string, readonly T[]>,
  work: string,
  unit: string,
  pick: (result: T) => number,
  goal: string,
  met: (ours: number, peer: number | undefined) => boolean,
): BenchRow {
  const [own = Number.NaN, peer] = [...results.values()].map((list) => median(list.map(pick)));
  const peers = peer === undefined ? [] : [{ name: "code-server", value: peer }];
  const isMet = met(own, peer);
  const note =
    isMet || peer !== undefined || !goal.includes("times")
      ? undefined
      : "code-server is not installed here; set CODE_SERVER to its command";
  return { group, work, ours: own, unit, peers, goal, met: isMet, ...(note && { note }) };
}

async function startTandem(folder: string, home: string): Promise<Product> {
  const child = spawn(
    process.execPath,
    ["dist/host/main.js", "--no-open", "--port", "0", "--home", home, folder],
    // Neither product's shells read start-up files of whoever runs this.
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, HOME: home } },
  );
  const url = await printed(child, /https?:\/\/\S+#\S+/);
  return {
    name: "tandem",
    url,
    async openTerminal(page) {
      await page.locator(".monaco-editor .view-lines").first().waitFor({ timeout: TIMEOUT_MS });
      await page.keyboard.press("Control+Backquote");
      await page.locator(".xterm-helper-textarea").last().focus({ timeout: TIMEOUT_MS });
    },
    stop: () => child.kill(),
  };
}

/** The peer, where it is installed: `code-server` on the PATH, or the command in CODE_SERVER. */
async function startCodeServer(folder: string, data: string): Promise<Product | undefined> {
  const command = (process.env["CODE_SERVER"] ?? "code-server").split(" ");
  const [program = "code-server", ...args] = command;
  const probe = spawnSync(program, [...args, "--version"], { stdio: "ignore" });
  if (probe.status !== 0) return undefined;
  const settings = join(data, "User");
  mkdirSync(settings, { recursive: true });
  writeFileSync(
    join(settings, "settings.json"),
    JSON.stringify({
      "workbench.startupEditor": "none",
      "security.workspace.trust.enabled": false,
      "telemetry.telemetryLevel": "off",
      "terminal.integrated.gpuAcceleration": "off",
      "terminal.integrated.scrollback": 1000,
    }),
  );
  const port = await freePort();
  const child = spawn(
    program,
    [
      ...args,
      "--auth=none",
      `--bind-addr=127.0.0.1:${port}`,
      `--user-data-dir=${data}`,
      "--disable-telemetry",
      "--disable-update-check",
      folder,
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, HOME: data } },
  );
  await printed(child, /HTTP server listening|listening on/);
  const file = `vscode-remote://127.0.0.1:${port}${folder}/index.js`;
  const payload = encodeURIComponent(JSON.stringify([["openFile", file]]));
  return {
    name: "code-server",
    url: `http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}&payload=${payload}`,
    async openTerminal(page) {
      await page.locator(".monaco-editor .view-lines").first().waitFor({ timeout: TIMEOUT_MS });
      await page.keyboard.press("Control+Backquote");
      await page.locator(".terminal .xterm-helper-textarea").last().focus({ timeout: TIMEOUT_MS });
    },
    stop: () => child.kill(),
  };
}

async function printed(child: ChildProcess, pattern: RegExp): Promise<string> {
  let output = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      const match = pattern.exec(output);
      if (match !== null) resolve(match[0]);
    });
    child.once("exit", () => reject(new Error(`ended before it was ready:\n${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
