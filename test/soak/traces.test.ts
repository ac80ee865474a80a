import { afterAll, beforeAll, expect, it } from "vitest";
import { makeScratch, startHost, type RunningHost, type Scratch } from "#test/helpers/host.ts";
import { loadTrace } from "../bench/traces.ts";
import { replayTogether } from "./traces.ts";

/** Of each trace; `npm run soak -- --traces` replays the whole. */
const PATCHES = 20_000;

let scratch: Scratch;
let host: RunningHost;

beforeAll(async () => {
  scratch = makeScratch();
  host = await startHost(["--home", scratch.home, scratch.folder]);
}, 60_000);

afterAll(async () => {
  await host.stop();
  scratch.remove();
});

it.each([
  ["automerge-paper", 2],
  ["automerge-paper", 8],
  ["json-crdt-blog-post", 2],
  ["json-crdt-blog-post", 8],
  ["sveltecomponent", 2],
  ["sveltecomponent", 8],
] as const)("[OT5] %s, typed by %i at once, ends in one text", async (name, writers) => {
  const trace = loadTrace(name, PATCHES);
  const { packets } = await replayTogether({ host, folder: scratch.folder, trace, writers });
  expect(packets).toHaveLength(writers);
  // Typed among each other, and not each at one go.
  expect(Math.min(...packets)).toBeGreaterThan(10);
});
