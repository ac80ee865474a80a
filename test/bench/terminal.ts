import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OutputSkimmer } from "#common/terminal/skim.ts";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { createContainer } from "#container/container.ts";
import { systemClock } from "#container/node/clock.ts";
import { createFileSystem } from "#container/node/fileSystem.ts";
import { createProcesses } from "#container/node/processes.ts";
import { createStorage } from "#container/node/storage.ts";
import { shell } from "#container/services/shell.ts";
import { TestTerminal } from "#test/helpers/testTerminal.ts";
import { startTestServer } from "#test/helpers/testServer.ts";
import { dial } from "#test/helpers/webSocketClient.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./row.ts";

const LINES = 3_000_000;

/** A flood from a real PTY through the real services to a client in Node that acknowledges. */
export async function rows(): Promise<BenchRow[]> {
  const top = mkdtempSync(join(tmpdir(), "tandem-bench-"));
  const root = join(top, "repl");
  mkdirSync(root);
  const log = silentLogger;
  // Without the start-up files of whoever's machine this is.
  const processes = createProcesses({ root, env: { REPL_ID: "bench", HOME: top }, log });
  const alone: number[] = [];
  const through: number[] = [];
  const container = createContainer({
    platform: {
      clock: systemClock,
      random: mulberry32(1),
      log,
      files: createFileSystem({ root, clock: systemClock, log }),
      processes,
      storage: createStorage(join(top, "state")),
      ports: { watch: () => () => {} },
    },
    repl: { id: "bench", language: "", slug: "bench" },
    services: [shell],
  });
  const server = await startTestServer(container);
  try {
    const { client } = await dial(server.url, "editor");
    await client.ready();
    const terminal = await TestTerminal.open(client, "shell");
    await terminal.prompt();
    for (let run = 0; run < 3; run++) {
      alone.push(await timed(() => floodAlone(processes)));
      through.push(await timed(() => floodThrough(terminal)));
    }
  } finally {
    await server.close();
    rmSync(top, { recursive: true, force: true });
  }
  const ours = median(through);
  const pty = median(alone);
  const skim = skimMegabytesPerSecond();
  return [
    {
      group: "terminal",
      work: `seq 1 ${LINES}, PTY to Node client`,
      ours,
      unit: "ms",
      peers: [{ name: "PTY alone", value: pty }],
      goal: "at most 1.5 times the PTY alone",
      met: ours <= 1.5 * pty,
    },
    {
      group: "terminal",
      work: "skimming of lines",
      ours: skim,
      unit: "MB/s",
      peers: [],
      goal: "at least 200",
      met: skim >= 200,
    },
  ];
}

async function floodAlone(processes: ReturnType<typeof createProcesses>): Promise<void> {
  const pty = { cols: 80, rows: 24 };
  const process = await processes.spawn({ command: ["seq", "1", String(LINES)], pty });
  await new Promise((resolve) => (process.onExit = resolve));
}

async function floodThrough(terminal: TestTerminal): Promise<void> {
  terminal.output = "";
  terminal.type(`seq 1 ${LINES}\r`);
  // Only the end is kept and looked at: the client must not be what is measured.
  await terminal.until(() => {
    const tail = terminal.output.slice(-4096);
    terminal.output = tail;
    return tail.includes(`\n${LINES}\r\n`);
  });
}

function skimMegabytesPerSecond(): number {
  const text = Array.from({ length: 300_000 }, (_, i) => `${i}\r\n`).join("");
  const skimmer = new OutputSkimmer({ rows: 24, scrollbackLines: 1000 });
  const chars = 20 * text.length;
  const startedMs = performance.now();
  for (let run = 0; run < 20; run++) {
    for (let at = 0; at < text.length; at += 65_536) skimmer.push(text.slice(at, at + 65_536));
  }
  return chars / 1000 / (performance.now() - startedMs);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}
