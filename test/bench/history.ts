import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { Blame } from "#common/ot/blame.ts";
import type { Op } from "#common/ot/op.ts";
import { Versions } from "#common/ot/versions.ts";
import { decodeCommand, encodeCommand } from "#common/wire/codec.ts";
import { systemClock } from "#container/node/clock.ts";
import { createStorage } from "#container/node/storage.ts";
import { componentsOf, packetOf, type Commit } from "#container/services/ot/commit.ts";
import { Timeline } from "#container/services/ot/timeline.ts";
import { shownVersion } from "../../src/components/editor/history/changeMarks.ts";
import { cpuMs } from "./measure.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./row.ts";
import { toOp } from "./textEngines.ts";
import { loadTrace } from "./traces.ts";

const MAX_BYTES = 10 * 1024 * 1024;

/** The past of a text: what a slider costs, and what a long history costs to open. */
export async function rows({ scale = 1 } = {}): Promise<BenchRow[]> {
  const ops = opsOf(50_000 * scale);
  return [...sliderRows(ops), blameRow(opsOf(100_000 * scale)), ...(await logRows(scale))];
}

function opsOf(amount: number): readonly Op[] {
  return loadTrace("automerge-paper", amount).patches.map(toOp);
}

function sliderRows(ops: readonly Op[]): BenchRow[] {
  const versions = new Versions();
  const readMs = cpuMs(() => {
    for (const [index, op] of ops.entries()) versions.push(op, index % 3, index * 200);
  });
  const random = mulberry32(3);
  const far = Array.from({ length: 200 }, () => 1 + randomBelow(random, versions.count));
  const near = Array.from({ length: 400 }, (_, step) => versions.count - step);
  const count = versions.count.toLocaleString("en");
  const row = (work: string, moves: readonly number[], note?: string): BenchRow => {
    const ours = p95(moves.map((version) => cpuMs(() => shownVersion(versions, version))));
    return {
      group: "history",
      work: `${work} ${count} versions, text and marks, p95`,
      ours,
      unit: "ms",
      peers: [],
      goal: "≤ 16 ms, a frame",
      met: ours <= 16,
      ...(note !== undefined && { note }),
    };
  };
  return [
    row("slider moves to anywhere in", far, `taking all in took ${readMs.toFixed(0)} ms before`),
    row("slider moves back step by step in", near),
  ];
}

function blameRow(ops: readonly Op[]): BenchRow {
  const run = (): number =>
    cpuMs(() => {
      const blame = new Blame();
      for (const [index, op] of ops.entries()) blame.apply(op, index + 1);
    });
  const ours = median(Array.from({ length: 5 }, run));
  return {
    group: "history",
    work: `blame of ${ops.length.toLocaleString("en")} versions`,
    ours,
    unit: "ms of CPU",
    peers: [],
    goal: "≤ 500 ms",
    met: ours <= 500,
  };
}

/** A text on a real disk, opened when it has 100,000 versions, and read from the first on. */
async function logRows(scale: number): Promise<BenchRow[]> {
  const ops = opsOf(100_000 * scale);
  const folder = await mkdtemp(join(tmpdir(), "tandem-bench-"));
  try {
    const platform = { clock: systemClock, storage: createStorage(folder) };
    const open = () => Timeline.open(platform, { id: "text", maxBytes: MAX_BYTES });
    await writeVersions((await open()).timeline, ops);
    const startMs = performance.now();
    const { timeline } = await open();
    const openMs = performance.now() - startMs;
    const fetchMs = performance.now();
    const versions = await readAll(timeline);
    const readMs = performance.now() - fetchMs;
    await timeline.close();
    if (versions.count !== ops.length) throw new Error("not all versions are there");
    const count = ops.length.toLocaleString("en");
    return [
      {
        group: "history",
        work: `opening a text with ${count} versions from its log`,
        ours: openMs,
        unit: "ms",
        peers: [],
        goal: "≤ 1000 ms",
        met: openMs <= 1000,
      },
      {
        group: "history",
        work: `reading ${count} versions: log, frames, bridge and key frames`,
        ours: readMs,
        unit: "ms",
        peers: [],
        goal: "≤ 5000 ms",
        met: readMs <= 5000,
        note: "host, worker and page in one thread; each page of 10,000 is shown as it comes",
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Gives a text so many versions, as the service does, and closes it. */
export async function writeVersions(timeline: Timeline, ops: readonly Op[]): Promise<void> {
  const batch = 1000;
  for (let start = 0; start < ops.length; start += batch) {
    const commits = ops.slice(start, start + batch).map((op) => timeline.change(op));
    await timeline.append(commits);
    await timeline.keyFrame(timeline.version, timeline.text());
    timeline.trim(timeline.version);
  }
  await timeline.close();
}

async function readAll(timeline: Timeline): Promise<Versions> {
  const versions = new Versions();
  for (;;) {
    const commits = await timeline.fetch(versions.count + 1, 0);
    if (commits.length === 0) return versions;
    for (const { op, userId, committedMs } of structuredClone(throughWire(commits))) {
      versions.push(op, userId, committedMs);
    }
  }
}

function throughWire(commits: readonly Commit[]) {
  const value = { packets: commits.map(packetOf) };
  const { body } = decodeCommand(encodeCommand({ body: { case: "otFetchResponse", value } }));
  if (body.case !== "otFetchResponse") throw new Error("another body came back");
  return body.value.packets.map(({ ops, userId, committed }) => ({
    op: componentsOf(ops),
    userId,
    committedMs: Number(committed?.seconds ?? 0) * 1000,
  }));
}

function p95(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}
