import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "#container/node/clock.ts";
import { createStorage } from "#container/node/storage.ts";
import { Timeline } from "#container/services/ot/timeline.ts";
import { writeVersions } from "../bench/history.ts";
import { toOp } from "../bench/textEngines.ts";
import { loadTrace } from "../bench/traces.ts";

// How fast is measured by `npm run bench -- history`.
it(
  "[OT31] opens a text with 100,000 versions, whole, and with all of its past",
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-log-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const trace = loadTrace("automerge-paper", 100_000);
    const ops = trace.patches.map(toOp);
    const open = () => {
      const platform = { clock: systemClock, storage: createStorage(folder) };
      return Timeline.open(platform, { id: "text", maxBytes: 10 * 1024 * 1024 });
    };
    await writeVersions((await open()).timeline, ops);

    const { timeline } = await open();
    expect(timeline.version).toBe(100_000);
    expect(timeline.text()).toBe(trace.end);
    for (const version of [1, 50_000, 100_000]) {
      const [commit] = await timeline.fetch(version, version);
      expect(commit).toMatchObject({ version, op: ops[version - 1] });
    }
    await timeline.close();
  },
);
