import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { median } from "./median.ts";
import type { BenchRow } from "./row.ts";

const STARTS = 5;
/** Long enough for what a start leaves behind to be collected. */
const SETTLE_MS = 3000;
const GOAL_MEMORY_MB = 80;
const GOAL_APP_KB = 750;

/** One start of a program that says when it is ready. */
interface Start {
  readonly readyMs: number;
  readonly memoryMb: number;
}

/** What the host costs while nobody is there, and what the first page costs on the wire. */
export async function rows(): Promise<BenchRow[]> {
  const hosts: Start[] = [];
  const bare: Start[] = [];
  const appKb: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const root = mkdtempSync(join(tmpdir(), "tandem-bench-"));
    const args = ["dist/host/main.js", "--home", root, "--port", "0", "--no-open"];
    hosts.push(
      await measure(args, async (output) => {
        const [origin] = /http:\/\/[\d.:]+/.exec(output) ?? [];
        if (origin !== undefined) appKb.push((await appBytes(origin)) / 1024);
      }),
    );
    bare.push(await measure(["-e", "console.log('ready'); setInterval(() => {}, 1000)"]));
    rmSync(root, { recursive: true });
  }
  const of = (starts: readonly Start[], figure: keyof Start): number =>
    median(starts.map((start) => start[figure]));
  const memoryMb = of(hosts, "memoryMb");
  const firstKb = median(appKb);
  return [
    {
      group: "host",
      work: "idle host, resident memory",
      ours: memoryMb,
      unit: "MB",
      peers: [{ name: "Node with no program", value: of(bare, "memoryMb") }],
      goal: `≤ ${GOAL_MEMORY_MB} MB`,
      met: memoryMb <= GOAL_MEMORY_MB,
    },
    {
      group: "host",
      work: "start to printed link",
      ours: of(hosts, "readyMs"),
      unit: "ms",
      peers: [{ name: "Node with no program", value: of(bare, "readyMs") }],
      goal: "none",
      met: true,
    },
    {
      group: "host",
      work: "page and what it names, over the wire",
      ours: firstKb,
      unit: "KB",
      peers: [],
      goal: `≤ ${GOAL_APP_KB} KB`,
      met: firstKb <= GOAL_APP_KB,
      note: "without what the app loads later; the browser's rows count everything",
    },
  ];
}

async function measure(
  args: readonly string[],
  whileReady: (output: string) => Promise<void> = () => Promise.resolve(),
): Promise<Start> {
  const startMs = performance.now();
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const [output] = (await once(child.stdout, "data")) as [Buffer];
  const readyMs = performance.now() - startMs;
  await delay(SETTLE_MS);
  const rssKb = Number(execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)]));
  await whileReady(output.toString());
  const exited = once(child, "exit");
  child.kill();
  await exited;
  return { readyMs, memoryMb: rssKb / 1024 };
}

/** Bytes of the page and of every script and style that it names, as a browser gets them. */
async function appBytes(origin: string): Promise<number> {
  const answer = await fetch(`${origin}/`);
  if (!answer.ok) throw new Error(await answer.text());
  const page = await answer.text();
  const named = [...page.matchAll(/(?:src|href)="(\.\/assets\/[^"]+)"/g)].map(
    ([, path = ""]) => path,
  );
  const sizes = await Promise.all(["/", ...named].map((path) => wireBytes(new URL(path, origin))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function wireBytes(url: URL): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "Accept-Encoding": "br" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => (bytes += chunk.byteLength));
      answer.on("end", () => resolve(bytes));
    }).on("error", reject);
  });
}
