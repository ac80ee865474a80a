import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "#common/lib/clock.ts";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { createContainer, type Container } from "#container/container.ts";
import { systemClock } from "#container/node/clock.ts";
import { createFileSystem } from "#container/node/fileSystem.ts";
import { createStorage } from "#container/node/storage.ts";
import { parseReplPath } from "#container/paths.ts";
import type { FileOperation, Repl, ServiceDefinition } from "#container/service.ts";
import type { Platform } from "#container/platform.ts";
import type { Identity } from "#container/session.ts";
import { ot } from "#container/services/ot.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { FrameClient } from "#test/helpers/frameClient.ts";
import { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { memoryPlatform } from "#test/helpers/memoryPlatform.ts";
import { memoryTransports } from "#test/helpers/memoryTransport.ts";

/** A container with the ot service, and its disk as programs see it. */
export interface OtHost {
  join(identity?: Partial<Identity>): Promise<FrameClient>;
  /** What belongs to the whole container. */
  readonly repl: Repl;
  /** Says what the files service says when somebody in the room has done it. */
  announce(operation: OmitBy<FileOperation>): void;
  write(path: string, content: string | Uint8Array): Promise<void>;
  read(path: string): Promise<string>;
  mkdir(path: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** As the files service copies for somebody in the room. */
  copy(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Frames that leave the container. */
  onFrame(listener: (frame: Uint8Array) => void): void;
  /** Resolves when `condition` holds; time passes meanwhile. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Ends the container in order and begins another on the same disk. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

type OmitBy<T> = T extends { readonly by: unknown } ? Omit<T, "by"> : never;

interface Machine extends Pick<OtHost, "write" | "read" | "mkdir" | "move" | "remove"> {
  /** Starts a machine on the disk. */
  boot(): Platform;
  /** Lets a little time pass. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

async function hostOn(machine: Machine): Promise<OtHost> {
  let repl: Repl | undefined;
  let container: Container;
  let people = 0;
  const spy: ServiceDefinition<"ot"> = {
    ...ot,
    start(start) {
      repl = start.repl;
      return ot.start?.(start) ?? (() => undefined);
    },
  };
  let platform: Platform;
  const boot = (): void => {
    platform = machine.boot();
    container = createContainer({
      platform,
      repl: { id: "repl", language: "nodejs", slug: "sample" },
      services: [spy],
    });
  };
  boot();
  const host: OtHost = {
    ...machine,
    get repl() {
      if (repl === undefined) throw new Error("not started");
      return repl;
    },
    async join(identity) {
      const [clientEnd, containerEnd] = memoryTransports();
      const client = new FrameClient(clientEnd);
      const userId = ++people;
      const who = { userId, name: `guest ${userId}`, role: "editor", guest: true } as const;
      container.connect(containerEnd, { ...who, ...identity });
      await client.ready();
      return client;
    },
    async copy(from, to) {
      const copied = { from: parseReplPath(from), to: parseReplPath(to) };
      await host.repl.documents.copy(copied, () => platform.files.copy(copied.from, copied.to));
    },
    announce(operation) {
      const [by] = host.repl.sessions;
      if (by === undefined) throw new Error("somebody must have done it");
      host.repl.fileOperations.announce({ ...operation, by });
    },
    onFrame(listener) {
      container.onFrame(({ direction, frame }) => {
        if (direction === "out") listener(frame);
      });
    },
    async until(condition) {
      const giveUpMs = performance.now() + 10_000;
      while (!(await condition())) {
        if (performance.now() > giveUpMs) throw new Error(`never: ${String(condition)}`);
        await machine.pass();
      }
    },
    async restart() {
      await container.close();
      boot();
    },
    async close() {
      await container.close();
      await machine.close();
    },
  };
  return host;
}

export async function memoryHost(disk = new MemoryDisk()): Promise<OtHost & { disk: MemoryDisk }> {
  const clock = new FakeClock();
  const random = mulberry32(1);
  let platform = memoryPlatform({ clock, disk, random });
  const path = parseReplPath;
  const host = await hostOn({
    boot: () => {
      platform = memoryPlatform({ clock, disk, random });
      return platform;
    },
    async pass() {
      for (let i = 0; i < 50; i++) await Promise.resolve();
      clock.advance(20);
    },
    write: (name, content) =>
      platform.files.write(
        path(name),
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      ),
    read: async (name) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(await platform.files.read(path(name))),
    mkdir: (name) => platform.files.mkdir(path(name)),
    async move(from, to) {
      await platform.files.remove(path(to)).catch(() => undefined);
      await platform.files.move(path(from), path(to));
    },
    remove: (name) => platform.files.remove(path(name)),
    close: () => Promise.resolve(),
  });
  return Object.assign(host, { disk });
}

/** Time that runs ten times as fast: what happens after a pause in typing is not worth waiting for. */
const fastClock: Clock = {
  now: () => systemClock.now() * 10,
  after: (delayMs, callback) => systemClock.after(delayMs / 10, callback),
};

export async function nodeHost(): Promise<OtHost> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-ot-"));
  const root = join(folder, "files");
  await mkdir(root);
  const random = mulberry32(1);
  return hostOn({
    boot: () => ({
      ...memoryPlatform({ clock: fastClock, random }),
      files: createFileSystem({ root, clock: systemClock, log: silentLogger }),
      storage: createStorage(join(folder, "state")),
    }),
    pass: () => new Promise((resolve) => setTimeout(resolve, 10)),
    write: (name, content) => writeFile(join(root, name), content),
    read: async (name) => (await readFile(join(root, name))).toString("utf8"),
    mkdir: (name) => mkdir(join(root, name)),
    move: (from, to) => rename(join(root, from), join(root, to)),
    remove: (name) => rm(join(root, name), { recursive: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  });
}
