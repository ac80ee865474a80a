import { chromium, type Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeScratch, startHost, type RunningHost } from "#test/helpers/host.ts";
import { dial, type DialledClient } from "#test/helpers/webSocketClient.ts";
import { findChromium } from "../../tools/chromium.mjs";
import type { BenchRow } from "./row.ts";

const LINES = 10_000;
const PEOPLE = 10;
const MOVE_MS = 50;
const MEASURED_MS = 10_000;
const FRAME_MS = 1000 / 60;

/** What ten others who move and type cost the page of one who looks on. */
export async function rows(): Promise<BenchRow[]> {
  const scratch = makeScratch();
  const lines = Array.from({ length: LINES }, (_, index) => `const line${index} = ${index};`);
  writeFileSync(join(scratch.folder, "big.js"), lines.join("\n"));
  const host = await startHost(["--home", scratch.home, scratch.folder]);
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
  });
  const others: Mover[] = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(host.link);
    await page.getByRole("treeitem", { name: "big.js" }).dblclick();
    await page.locator(".monaco-editor .view-line").first().waitFor();
    for (let index = 0; index < PEOPLE; index++) others.push(await Mover.join(host, index));
    const timer = setInterval(() => {
      for (const other of others) other.move();
    }, MOVE_MS);
    await page.waitForFunction(
      (count) => document.querySelectorAll(".caret").length === count,
      PEOPLE,
    );
    const work = await workByFrame(page);
    clearInterval(timer);
    return [
      {
        group: "carets",
        work: `main thread for a frame, ${PEOPLE} carets at ${1000 / MOVE_MS} Hz in ${LINES} lines, p95`,
        ours: quantile(work, 0.95),
        unit: "ms",
        peers: [],
        goal: "< 16 ms",
        met: quantile(work, 0.95) < 16,
        note: `median ${quantile(work, 0.5).toFixed(1)} ms, longest ${Math.max(...work).toFixed(1)} ms`,
      },
    ];
  } finally {
    for (const other of others) other.leave();
    await browser.close();
    await host.stop();
    scratch.remove();
  }
}

/** Somebody who moves their caret about in what is in sight, and beyond. */
class Mover {
  readonly #dialled: DialledClient;
  readonly #channel: number;
  readonly #index: number;
  #step = 0;

  private constructor(dialled: DialledClient, channel: number, index: number) {
    this.#dialled = dialled;
    this.#channel = channel;
    this.#index = index;
  }

  static async join(host: RunningHost, index: number): Promise<Mover> {
    const token = await host.tokenFor("editor", `mover ${index} ${"x".repeat(20)}`);
    const dialled = await dial(host.origin.replace("http", "ws"), token);
    await dialled.client.ready();
    const { id } = await dialled.client.open("ot", "ot:big.js");
    await dialled.client.next("otstatus", id);
    return new Mover(dialled, id, index);
  }

  /** As the app does it: the new caret, then the end of the old one. */
  move(): void {
    const { client } = this.#dialled;
    const step = ++this.#step;
    const position = this.#index * 60 + ((step * 7) % 900);
    const value = {
      id: this.#id(step),
      position,
      selectionStart: position,
      selectionEnd: position + 5,
    };
    client.send(this.#channel, { case: "otNewCursor", value });
    if (step > 1) {
      client.send(this.#channel, { case: "otDeleteCursor", value: { id: this.#id(step - 1) } });
    }
    // What the others do is not to fill the memory of this process.
    client.received.length = 0;
  }

  leave(): void {
    this.#dialled.socket.close();
  }

  #id(step: number): string {
    return `mover-${this.#index}-${step}`;
  }
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  /** Of the thread's own time, which a busy machine does not stretch. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

/** What the page's main thread works in each sixtieth of a second, in milliseconds. */
async function workByFrame(page: Page): Promise<number[]> {
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on("Tracing.dataCollected", ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]));
  });
  const done = new Promise((resolve) => session.once("Tracing.tracingComplete", resolve));
  await session.send("Tracing.start", {
    transferMode: "ReportEvents",
    traceConfig: { includedCategories: ["toplevel", "disabled-by-default-devtools.timeline"] },
  });
  await page.waitForTimeout(MEASURED_MS);
  await session.send("Tracing.end");
  await done;
  const names = events.filter(
    ({ name, args }) => name === "thread_name" && args.name === "CrRendererMain",
  );
  const tasks = events.filter(
    ({ name, pid, tid }) =>
      name === "RunTask" && names.some((thread) => thread.pid === pid && thread.tid === tid),
  );
  const busiest = mostFrequent(tasks.map(({ pid }) => pid));
  const own = tasks.filter(({ pid }) => pid === busiest);
  const start = Math.min(...own.map(({ ts }) => ts));
  const work = new Array<number>(Math.floor(MEASURED_MS / FRAME_MS)).fill(0);
  for (const { ts, tdur = 0 } of own) {
    const frame = Math.floor((ts - start) / 1000 / FRAME_MS);
    if (frame < work.length) work[frame] = (work[frame] ?? 0) + tdur / 1000;
  }
  return work;
}

function mostFrequent(values: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
