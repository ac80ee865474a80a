// A process of its own that plays the clients of one measurement, and tells its parent the result.
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Crowd, Pair, RoomAddress } from "./room.ts";
import { shareDbPair } from "./shareDb.ts";
import { tandemCrowd, tandemPair } from "./tandem.ts";
import { yCrowd, yPair } from "./yWebsocket.ts";

export type Job = { readonly address: RoomAddress } & (
  | { readonly kind: "pair"; readonly keystrokes: number }
  | {
      readonly kind: "crowd";
      readonly clients: number;
      readonly editsPerSecond: number;
      readonly seconds: number;
    }
);

export interface Outcome {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Messages that did not come at all, within a second after the last edit. */
  readonly lost: number;
  /** Of two clients: bytes on the wire for each keystroke, to the server and from there to the other. */
  readonly sentBytes: number;
  readonly receivedBytes: number;
}

/** Clients of a crowd that look at every message; the others count. */
const OBSERVERS = 4;
/** Edits at the beginning that are not measured. */
const WARM_UP_PART = 0.2;

async function measurePair(pair: Pair, keystrokes: number): Promise<Outcome> {
  const times: number[] = [];
  const before = pair.traffic();
  for (let i = 0; i < keystrokes; i++) {
    const arrived = new Promise<number>((resolve) => {
      pair.onArrived = () => resolve(performance.now());
    });
    const typedMs = performance.now();
    pair.type();
    times.push((await arrived) - typedMs);
    await delay(1 + (i % 4));
  }
  const after = pair.traffic();
  pair.close();
  return {
    ...percentiles(times.slice(keystrokes * WARM_UP_PART)),
    lost: 0,
    sentBytes: (after.sent - before.sent) / keystrokes,
    receivedBytes: (after.received - before.received) / keystrokes,
  };
}

async function measureCrowd(
  crowd: Crowd,
  { editsPerSecond, seconds }: Job & { readonly kind: "crowd" },
): Promise<Outcome> {
  const { typists } = crowd;
  const dueMs: number[] = [];
  const times: number[] = [];
  const total = Math.round(editsPerSecond * seconds);
  let observed = 0;
  for (const { socket } of typists) {
    socket.messages = 0;
    socket.onClose = (code) => {
      throw new Error(`a client was closed: ${code}`);
    };
  }
  for (const { socket } of typists.slice(0, OBSERVERS)) {
    socket.onMessage = (payload) => {
      const edit = crowd.editOf(payload);
      if (edit === undefined) return;
      observed++;
      if (edit >= total * WARM_UP_PART) times.push(performance.now() - (dueMs[edit] ?? 0));
    };
  }

  const startMs = performance.now();
  for (let edit = 0; edit < total;) {
    const nowMs = performance.now();
    const dueNow = Math.min(total, Math.floor(((nowMs - startMs) / 1000) * editsPerSecond));
    for (; edit < dueNow; edit++) {
      // An edit that could not be made in time waits as a person would: that counts.
      dueMs[edit] = startMs + (edit / editsPerSecond) * 1000;
      typists[edit % typists.length]?.type(edit);
    }
    await delay(1);
  }
  const all = total * (typists.length + OBSERVERS);
  const come = (): number =>
    typists.reduce((sum, { socket }) => sum + Math.min(socket.messages, total), observed);
  await settled(come, all);
  const lost = all - come();
  for (const { socket } of typists) socket.destroy();
  return { ...percentiles(times), lost, sentBytes: Number.NaN, receivedBytes: Number.NaN };
}

/** Waits for a count to reach its end, or to stand still for a second. */
async function settled(count: () => number, end: number): Promise<void> {
  for (let last = -1; count() < end && count() !== last;) {
    last = count();
    for (let waitedMs = 0; waitedMs < 1000 && count() < end; waitedMs += 10) await delay(10);
  }
}

function percentiles(times: readonly number[]): Pick<Outcome, "p50Ms" | "p99Ms"> {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? Infinity;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

async function run(job: Job): Promise<Outcome> {
  const { peer } = job.address;
  if (job.kind === "pair") {
    const pairs = { tandem: tandemPair, "y-websocket": yPair, ShareDB: shareDbPair };
    return measurePair(await pairs[peer](job.address), job.keystrokes);
  }
  const make = peer === "tandem" ? tandemCrowd : yCrowd;
  return measureCrowd(await make(job.address, job.clients), job);
}

const outcome = await run(JSON.parse(process.argv[2] ?? "") as Job);
process.send?.(outcome, () => process.exit());
