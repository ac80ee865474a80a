import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { type FileHandle, open, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { bundle } from "#test/helpers/bundle.ts";
import { createStorage } from "./storage.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "tandem-storage-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

const bytes = (text: string) => encodeUtf8(text);
const decodeUtf8 = (record: Uint8Array) => new TextDecoder().decode(record);

async function textsOf(name: string): Promise<string[]> {
  const log = await createStorage(directory).openLog(name);
  const records = await log.readAll();
  await log.close();
  return records.map(decodeUtf8);
}

function logFile(): string {
  const name = readdirSync(directory).find((entry) => entry.endsWith(".log"));
  return join(directory, name ?? "none");
}

describe("append log", () => {
  it("[DU1] returns records in the order of the calls, across reopening", async () => {
    const log = await createStorage(directory).openLog("a");
    await Promise.all(["one", "", "three"].map((text) => log.append(bytes(text))));
    await log.append(bytes("four"));
    expect((await log.readAll()).map(decodeUtf8)).toEqual(["one", "", "three", "four"]);
    await log.close();
    expect(await textsOf("a")).toEqual(["one", "", "three", "four"]);
  });

  it("[DU1] commits thousands of concurrent records of all sizes in order", async () => {
    const log = await createStorage(directory).openLog("a");
    const texts = Array.from({ length: 3000 }, (_, i) => `${i}:${"x".repeat((i * 7919) % 5000)}`);
    let resolved = 0;
    await Promise.all(
      texts.map(async (text, i) => {
        await log.append(bytes(text));
        expect(resolved++).toBe(i);
      }),
    );
    await log.close();
    expect(await textsOf("a")).toEqual(texts);
  });

  it("[DU2] drops a record that was cut anywhere, and keeps all before it", async () => {
    const log = await createStorage(directory).openLog("a");
    for (const text of ["first", "second", "third"]) await log.append(bytes(text));
    await log.close();
    const whole = readFileSync(logFile());
    const ends = [13, 27, 40];
    expect(whole.byteLength).toBe(40);
    for (let size = 0; size < whole.byteLength; size++) {
      await writeFile(logFile(), whole.subarray(0, size));
      const expected = ["first", "second", "third"].slice(0, ends.filter((e) => e <= size).length);
      expect(await textsOf("a")).toEqual(expected);
    }
  });

  it("[DU2] goes on after a torn tail of zeros, noise or half a record", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.uint8Array({ minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 5000 }).map((size) => new Uint8Array(size)),
        ),
        async (tail) => {
          rmSync(directory, { recursive: true, force: true });
          const log = await createStorage(directory).openLog("a");
          await log.append(bytes("kept"));
          await log.close();
          appendFileSync(logFile(), tail);
          const again = await createStorage(directory).openLog("a");
          await again.append(bytes("new"));
          await again.close();
          expect(await textsOf("a")).toEqual(["kept", "new"]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("[DU2] drops a record whose bytes were changed", async () => {
    const log = await createStorage(directory).openLog("a");
    await log.append(bytes("good"));
    await log.append(bytes("bad"));
    await log.close();
    const content = readFileSync(logFile());
    content[content.byteLength - 1] = 0;
    await writeFile(logFile(), content);
    expect(await textsOf("a")).toEqual(["good"]);
  });

  it("refuses to open one log twice, and opens it again after a close", async () => {
    const storage = createStorage(directory);
    const log = await storage.openLog("a");
    await expect(storage.openLog("a")).rejects.toThrow("open already");
    await log.close();
    await (await storage.openLog("a")).close();
  });

  it("commits what is queued before it closes, and takes nothing afterwards", async () => {
    const log = await createStorage(directory).openLog("a");
    const appended = log.append(bytes("last"));
    await log.close();
    await appended;
    await expect(log.append(bytes("late"))).rejects.toThrow("closed");
    expect(await textsOf("a")).toEqual(["last"]);
  });

  it("keeps names apart, whatever they hold", async () => {
    const storage = createStorage(directory);
    const names = ["a", "A", "../a", "a/b", "a%2fb", ".a", "ä", "con", " "];
    for (const name of names) {
      const log = await storage.openLog(name);
      await log.append(bytes(name));
      await log.close();
      await storage.writeRecord(name, bytes(`record ${name}`));
    }
    for (const name of names) {
      expect(await textsOf(name)).toEqual([name]);
      expect(await storage.readRecord(name)).toEqual(bytes(`record ${name}`));
    }
    expect(readdirSync(directory)).toHaveLength(names.length * 2);
    expect(() => storage.writeRecord("", bytes(""))).toThrow("no name");
  });

  it("keeps what it stores from other users of the machine", async () => {
    const storage = createStorage(join(directory, "made/on/first/use"));
    await storage.writeRecord("a", bytes("secret"));
    const made = join(directory, "made/on/first/use");
    expect(statSync(made).mode & 0o077).toBe(0);
    expect(statSync(join(made, "a.record")).mode & 0o077).toBe(0);
  });
});

describe("records", () => {
  it("[DU3] replaces a record as a whole, the last call winning", async () => {
    const storage = createStorage(directory);
    expect(await storage.readRecord("r")).toBeUndefined();
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => storage.writeRecord("r", bytes(`value ${i}`))),
    );
    expect(await storage.readRecord("r")).toEqual(bytes("value 49"));
    await storage.removeRecord("r");
    await storage.removeRecord("r");
    expect(await storage.readRecord("r")).toBeUndefined();
    expect(readdirSync(directory)).toEqual([]);
  });

  it("clears away what a crash left half written", async () => {
    await createStorage(directory).writeRecord("r", bytes("kept"));
    await writeFile(join(directory, "7.temporary"), "half");
    await createStorage(directory).writeRecord("s", bytes("more"));
    expect(readdirSync(directory).sort()).toEqual(["r.record", "s.record"]);
  });
});

describe("the sync of a log", () => {
  /** Watches what every file of this process is asked for. */
  async function watchSyncs() {
    const handle = await open(directory);
    const files = Object.getPrototypeOf(handle) as FileHandle;
    await handle.close();
    return vi.spyOn(files, "datasync");
  }

  afterEach(() => {
    vi.restoreAllMocks();
  });

  it("[DU5] follows by itself, and once for all that was appended meanwhile", async () => {
    const log = await createStorage(directory).openLog("a");
    const syncs = await watchSyncs();
    for (let i = 0; i < 20; i++) await log.append(bytes(String(i)));
    const atOnce = syncs.mock.calls.length;
    await vi.waitFor(() => expect(syncs).toHaveBeenCalled());
    expect([atOnce, syncs.mock.calls.length]).toEqual([0, 1]);
    await log.append(bytes("more"));
    await vi.waitFor(() => expect(syncs).toHaveBeenCalledTimes(2));
    await log.close();
    expect(syncs).toHaveBeenCalledTimes(2);
  });

  it("[DU5] is done when asked for, and at the end", async () => {
    const log = await createStorage(directory).openLog("a");
    const syncs = await watchSyncs();
    await log.append(bytes("one"));
    await Promise.all([log.sync(), log.sync()]);
    expect(syncs).toHaveBeenCalledTimes(1);
    await log.append(bytes("two"));
    await log.close();
    expect(syncs).toHaveBeenCalledTimes(2);
  });

  it("[DU5] refuses everything after it has failed, until the log is opened again", async () => {
    const log = await createStorage(directory).openLog("a");
    await log.append(bytes("kept"));
    (await watchSyncs()).mockRejectedValueOnce(new Error("EIO: i/o error"));
    await expect(log.sync()).rejects.toThrow("log is broken: EIO");
    await expect(log.append(bytes("lost"))).rejects.toThrow("log is broken: EIO");
    await expect(log.sync()).rejects.toThrow("log is broken: EIO");
    await expect(log.close()).rejects.toThrow("log is broken: EIO");
    expect(await textsOf("a")).toEqual(["kept"]);
  });
});

describe("kill -9 in mid-writes", () => {
  it("[DU1] [DU3] loses no acknowledged record", async () => {
    const program = await bundle("test/helpers/storageWriter.ts", directory);
    const acknowledged = new Set<string>();
    for (let round = 0; round < 4; round++) {
      const data = join(directory, "data");
      const child = fork(program, [data, String(round)], { execArgv: [] });
      let acks = 0;
      let lastRecord = -1;
      child.on("message", (message: { record?: number; log?: string }) => {
        if (message.record !== undefined) lastRecord = message.record;
        if (message.log !== undefined) acknowledged.add(message.log);
        // A record waits for the disk, hundreds of appends do not: both must have got somewhere.
        if (++acks >= 300 + round * 150 && lastRecord >= 2) child.kill("SIGKILL");
      });
      // What it acknowledged may still be on its way when it has exited.
      await Promise.all([once(child, "exit"), once(child, "disconnect")]);
      expect(acks).toBeGreaterThan(200);

      const storage = createStorage(data);
      const log = await storage.openLog("log");
      const found = (await log.readAll()).map(decodeUtf8);
      expect(new Set(found).size).toBe(found.length);
      expect([...acknowledged].filter((text) => !found.includes(text))).toEqual([]);
      const [writer, value] = decodeUtf8((await storage.readRecord("record")) ?? bytes("")).split(
        "/",
      );
      expect(writer).toBe(String(round));
      expect(Number(value)).toBeGreaterThanOrEqual(lastRecord);
      await log.close();
    }
  });
});

const mounted = process.getuid?.() === 0 && spawnSync("mount", ["--version"]).status === 0;

describe.runIf(mounted)("a full disk", () => {
  beforeEach((context) => {
    const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", directory]);
    context.skip(status !== 0, "this machine lets nobody mount");
  });

  afterEach(() => {
    spawnSync("umount", ["-l", directory]);
  });

  it("[DU4] rejects what does not fit, loses nothing and works on when there is room", async () => {
    await writeFile(join(directory, "ballast"), new Uint8Array(100_000));
    const log = await createStorage(directory).openLog("a");
    const kept: string[] = [];
    const refused: string[] = [];
    for (let i = 0; i < 40; i++) {
      const text = `${i}:${"x".repeat(9000)}`;
      await log.append(bytes(text)).then(
        () => kept.push(text),
        (error: unknown) => refused.push(String(error)),
      );
    }
    expect(refused.length).toBeGreaterThan(5);
    expect(new Set(refused)).toEqual(new Set(["RequestError: no space left on device"]));
    expect((await log.readAll()).map(decodeUtf8)).toEqual(kept);

    await truncate(join(directory, "ballast"), 0);
    await log.append(bytes("after"));
    await log.close();
    expect(await textsOf("a")).toEqual([...kept, "after"]);
  });

  it("[DU4] keeps the old record when the new one does not fit", async () => {
    const storage = createStorage(directory);
    await storage.writeRecord("r", bytes("old"));
    await expect(storage.writeRecord("r", new Uint8Array(400_000))).rejects.toThrow(
      "no space left on device",
    );
    expect(await storage.readRecord("r")).toEqual(bytes("old"));
    await storage.writeRecord("r", bytes("new"));
    expect(await storage.readRecord("r")).toEqual(bytes("new"));
    expect(readdirSync(directory)).toEqual(["r.record"]);
  });
});
