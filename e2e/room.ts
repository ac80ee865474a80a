import { test as base, type BrowserContext, type Page } from "@playwright/test";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real host of its own on a folder of its own; both go when the test ends. */
export interface Room {
  /** The owner's link, as the host printed it. */
  readonly link: string;
  /** The folder on disk that the room shows. */
  readonly folder: string;
  /** Ends the host. */
  stop(signal: Signal): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** Both. */
  restart(signal: Signal): Promise<void>;
  /** The link for a role, asked for as the owner's app does. */
  inviteLink(role: "editor" | "viewer"): Promise<string>;
}

/** A person's browser by itself, with a profile on disk that outlives it. */
export interface OwnBrowser {
  /** A new page of it; starts the browser when it does not run. */
  open(link: string): Promise<Page>;
  /** Crashes a page of it, and ends it then. */
  crash(page: Page): Promise<void>;
}

type Signal = "SIGKILL" | "SIGTERM";

/** What the folder of a room holds at first. */
const files: Readonly<Record<string, string>> = {
  ".replit": 'run = "node index.js"\n',
  "index.js": 'console.log("hello from the room");\n',
  "notes.md": "# Notes\n\nOne line.\n",
  "server.js": [
    'import { createServer } from "node:http";',
    'createServer((_, response) => response.end("<h1 id=hi>served by the program</h1>"))',
    '  .listen(Number(process.env.PORT ?? 3123), "127.0.0.1");',
    "",
  ].join("\n"),
  "package.json": '{ "name": "room", "type": "module" }\n',
};

export const test = base.extend<{
  /** What the host of the room is started with besides. */
  hostArgs: readonly string[];
  room: Room;
  join: (link: string) => Promise<Page>;
  ownBrowser: OwnBrowser;
}>({
  hostArgs: [[], { option: true }],
  room: async ({ hostArgs }, provide) => {
    const parent = mkdtempSync(join(tmpdir(), "tandem-e2e-"));
    const folder = join(parent, "project");
    const home = join(parent, "home");
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    let host = await startHost(folder, home, 0, hostArgs);
    const port = Number(new URL(host.link).port);
    const room: Room = {
      folder,
      link: host.link,
      stop: (signal) => end(host.child, signal),
      async start() {
        host = await startHost(folder, home, port, hostArgs);
      },
      async restart(signal) {
        await room.stop(signal);
        await room.start();
      },
      async inviteLink(role) {
        const { origin, hash } = new URL(host.link);
        const invite = new URLSearchParams(hash.slice(1)).get("invite") ?? hash.slice(1);
        const response = await fetch(`${origin}/api/invites`, {
          headers: { authorization: `Bearer ${invite}` },
        });
        const links = (await response.json()) as Record<string, string>;
        const link = links[role];
        if (link === undefined) throw new Error(`no ${role} link in ${JSON.stringify(links)}`);
        return link;
      },
    };
    await provide(room);
    await end(host.child, "SIGTERM");
    rmSync(parent, { recursive: true, force: true });
  },
  /** Opens a link as another person would: in a browser profile of their own. */
  join: async ({ browser }, provide) => {
    const contexts: { close(): Promise<void> }[] = [];
    await provide(async (link) => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(link);
      return page;
    });
    for (const context of contexts) await context.close();
  },
  ownBrowser: async ({ playwright, launchOptions, viewport }, provide) => {
    const profile = mkdtempSync(join(tmpdir(), "tandem-profile-"));
    const launch = (): Promise<BrowserContext> =>
      playwright.chromium.launchPersistentContext(profile, { ...launchOptions, viewport });
    let context = null as BrowserContext | null;
    await provide({
      async open(link) {
        context ??= await launch();
        const page = await context.newPage();
        await page.goto(link);
        return page;
      },
      async crash(page) {
        await crash(page);
        // A Chromium that goes on may end by itself when it opens the address of the page again.
        await context?.close();
        context = null;
      },
    });
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  },
});

/** The page ends without a chance to do anything. */
export async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => {}); // Nobody is left to answer.
  await crashed;
}

async function startHost(
  folder: string,
  home: string,
  port: number,
  args: readonly string[],
): Promise<{ child: ChildProcess; link: string }> {
  const child = spawn(
    process.execPath,
    ["dist/host/main.js", "--no-open", "--port", String(port), "--home", home, ...args, folder],
    {
      stdio: ["ignore", "pipe", "pipe"],
      // Shells of a test read no start-up files of whoever runs it.
      env: { ...process.env, HOME: home },
    },
  );
  let output = "";
  const link = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /https?:\/\/\S+#\S+/.exec(output);
      if (match !== null) resolve(match[0]);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`host ended with ${code}:\n${output}`)));
  });
  return { child, link };
}

async function end(child: ChildProcess, signal: Signal): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

export { expect } from "@playwright/test";
