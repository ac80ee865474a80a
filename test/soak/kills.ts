import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { mulberry32, randomBelow, type Random } from "#common/lib/random.ts";
import { codePointLength } from "#common/ot/op.ts";
import { Text } from "#common/ot/text.ts";
import type { OtPacket } from "#protocol/services/ot.ts";
import { makeScratch, startHost } from "#test/helpers/host.ts";
import { Ledger } from "../sim/ledger.ts";
import { Typist } from "../sim/typist.ts";
import { bringWriter, type Writer } from "./writer.ts";

const FILE = "text.txt";
const WRITERS = 3;

/** Between two edits of one writer, at most. */
const PAUSE_MS = 20;

/** How long a host lives at most, once everyone is back. Some are killed as soon as after a start. */
const LIFE_MS = 300;

/** How long it may take until everyone is back, or has everything, while nobody is killed. */
const PATIENCE_MS = 30_000;

export interface KillsOutcome {
  /** Different packets that writers were told of, each while some host lived. */
  readonly packets: number;
  /** Of the text in the end. */
  readonly characters: number;
}

/**
 * Kills a host in a process of its own, again and again at random moments, while three writers type
 * on; throws when a packet that any of them was told of is not there afterwards as it was told, when
 * an edit is lost or doubled, or when the writers, the log and the file differ in the end.
 */
export async function surviveKills(
  kills: number,
  seed: number,
  onKilled: (kill: number) => void = () => {},
): Promise<KillsOutcome> {
  const random = mulberry32(seed);
  const ledger = new Ledger();
  const told = new Told();
  const scratch = makeScratch();
  const file = join(scratch.folder, FILE);
  writeFileSync(file, "");
  const args = ["--home", scratch.home, scratch.folder];
  let host = await startHost(args);
  const { port } = new URL(host.origin);
  const writers: Writer[] = [];
  const typing = new AbortController();
  try {
    for (let i = 1; i <= WRITERS; i++) {
      const writer = await bringWriter({ host, seed: seed * WRITERS + i, path: FILE });
      writer.document.onVersion((_version, packet) => told.add(packet));
      writers.push(writer);
    }
    const typists = writers.map(({ document }) => new Typist({ document, random, ledger }));
    const done = typists.map((typist, index) =>
      type(typist, writers[index], random, typing.signal),
    );
    const [reader] = writers;
    if (reader === undefined) throw new Error("nobody is here");
    // One that a kill interrupts goes on with the next host.
    let check: Promise<void> | undefined;
    const checks: Promise<void>[] = [];
    for (let kill = 1; kill <= kills; kill++) {
      if (kill % 4 !== 0) await until(() => (isUp(writers) ? undefined : "not everyone is back"));
      await delay(randomBelow(random, LIFE_MS));
      await host.stop("SIGKILL");
      host = await startHost(args, {}, ["--port", port]);
      told.expectConsistent();
      if (check === undefined) {
        check = told.check(reader).then(() => (check = undefined));
        check.catch(() => {}); // It is awaited below, and none is begun after it.
        checks.push(check);
      }
      onKilled(kill);
    }
    await Promise.all(checks);
    typing.abort();
    await Promise.all(done);
    const text = await settle(typists, writers);
    await reader.document.flush();
    await told.checkAll(reader, text);
    const faults = ledger.faultsOf(text);
    if (faults.length > 0) throw new Error(faults.join("\n"));
    if (readFileSync(file, "utf8") !== text) throw new Error("the file is not the text");
    return { packets: told.size, characters: codePointLength(text) };
  } finally {
    typing.abort();
    for (const writer of writers) writer.leave();
    await host.stop();
    scratch.remove();
  }
}

async function type(
  typist: Typist,
  writer: Writer | undefined,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    typist.act();
    writer?.hurry();
    await delay(randomBelow(random, PAUSE_MS));
  }
}

/** Waits until everyone has the same text, with nothing unsent. */
async function settle(typists: readonly Typist[], writers: readonly Writer[]): Promise<string> {
  const text = (): string => typists[0]?.document.text() ?? "";
  await until(() => {
    for (const writer of writers) writer.hurry();
    return typists.flatMap((typist) => typist.complaint(text()) ?? [])[0];
  });
  return text();
}

function isUp(writers: readonly Writer[]): boolean {
  return writers.every(({ document }) => document.state.kind === "live");
}

/** Waits until nothing is wrong any more. */
async function until(complaint: () => string | undefined): Promise<void> {
  const giveUpMs = performance.now() + PATIENCE_MS;
  for (let wrong = complaint(); wrong !== undefined; wrong = complaint()) {
    if (performance.now() > giveUpMs) throw new Error(wrong.slice(0, 2000));
    await delay(10);
  }
}

/** What the container has told anyone that it has. */
class Told {
  readonly #packets = new Map<number, OtPacket>();
  #contradiction: string | undefined;

  get size(): number {
    return this.#packets.size;
  }

  add(packet: OtPacket | undefined): void {
    if (packet === undefined) return;
    const known = this.#packets.get(packet.version);
    if (known === undefined) this.#packets.set(packet.version, packet);
    else if (!isDeepStrictEqual(known, packet)) {
      this.#contradiction ??= `was told:\n${JSON.stringify(known)}\n${JSON.stringify(packet)}`;
    }
  }

  /** Throws when two different things were told of one version. */
  expectConsistent(): void {
    if (this.#contradiction !== undefined) throw new Error(this.#contradiction);
  }

  /** Whether what is told by now is in the log as it was told. Reads the newer half of it. */
  async check(reader: Writer): Promise<void> {
    const told = this.#packets.size;
    const read = await history(reader, Math.max(1, Math.ceil(told / 2)));
    for (const packet of read) this.add(packet);
    const newest = read.at(-1)?.version ?? 0;
    this.expectConsistent();
    if (newest < told) throw new Error(`version ${told} was told of, the log ends at ${newest}`);
  }

  /** The same of all of it; and whether it makes `text`, by way of every checksum. */
  async checkAll(reader: Writer, text: string): Promise<void> {
    const made = Text.from("");
    let version = 0;
    const nonces = new Set<string>();
    for (const packet of await history(reader, 1)) {
      this.add(packet);
      if (packet.version !== ++version) throw new Error(`the log has no version ${version}`);
      made.apply(packet.op);
      if (made.crc32() !== packet.crc32) throw new Error(`version ${version} has another checksum`);
      const nonce = `${packet.userId} ${packet.nonce}`;
      if (packet.nonce !== 0 && nonces.has(nonce)) throw new Error(`nonce ${nonce} is there twice`);
      nonces.add(nonce);
    }
    this.expectConsistent();
    if (version !== this.size) throw new Error(`${this.size} were told of, ${version} are there`);
    if (made.toString() !== text) throw new Error("the log does not make the text");
  }
}

/** The versions from `from` on. */
async function history({ client }: Writer, from: number): Promise<readonly OtPacket[]> {
  const packets: OtPacket[] = [];
  for (;;) {
    const answer = await client.ot.history(FILE, from + packets.length);
    if (!answer.ok) throw answer.error;
    if (answer.value.length === 0) return packets;
    packets.push(...answer.value);
  }
}
