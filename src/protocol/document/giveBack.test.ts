import { describe, expect, it } from "vitest";
import { mulberry32, randomBelow, type Random } from "#common/lib/random.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { normalize, type Op } from "#common/ot/op.ts";
import { Bench, Server, turn } from "#test/helpers/documentBench.ts";
import { nonceOf } from "./fork.ts";

// A container that is older than everything anybody remembers: it gets the oldest text that is known,
// in one edit, and then what is known to have followed.

const NOW_MS = 1_000_000;

/** A container that has cut its history: only what comes now can be asked for. */
function recent(text: string, version: number): Server {
  const server = new Server(text, version);
  server.nowMs = NOW_MS;
  return server;
}

/** The same container long ago, when the text was `before`, to which `op` has just been done. */
function old(before: string, version: number, op: Op): Server {
  const server = new Server(before, version - 1);
  server.edit(op, 7);
  return server;
}

/** Opens the text, and waits until it is known how that came to be. */
async function open(server: Server, userId: number): Promise<Bench> {
  const bench = Bench.on(server, userId);
  bench.clock.advance(1_000);
  await turn();
  return bench;
}

/** Everybody comes to a container, in that order, and gives it what they have. */
async function meet(server: Server, benches: readonly Bench[], random: Random): Promise<string> {
  for (const bench of benches) {
    bench.cut();
    bench.server = server;
  }
  const waiting = [...benches];
  for (let steps = 0; steps < 10_000; steps++) {
    const ready = benches.filter((bench) => bench.sent.length > 0);
    const next = waiting[0];
    if (next !== undefined && (ready.length === 0 || random() < 0.2)) {
      waiting.shift();
      await next.attach();
    } else {
      const sender = ready[randomBelow(random, ready.length)];
      if (sender === undefined) break;
      const packet = sender.accept();
      for (const bench of benches) if (!waiting.includes(bench)) bench.receive(packet);
    }
    for (const bench of benches) await reopen(bench, waiting);
  }
  for (const bench of benches) expect(bench.settle()).toBe(server.text);
  return server.text;
}

/** What had asked for a new life gets it. */
async function reopen(bench: Bench, waiting: readonly Bench[]): Promise<void> {
  await turn();
  if (bench.reopened === 0 || waiting.includes(bench)) return;
  bench.reopened = 0;
  bench.cut();
  await bench.attach();
}

describe("a container older than all that is known", () => {
  it("[CL25] gets the oldest text that is known in one edit, and then what has followed", async () => {
    const server = recent("one", 50);
    server.edit([3, " two"], 70);
    const bench = await open(server, 1);
    bench.receive(server.edit([7, " three"], 71));
    bench.editor.append(" mine");
    bench.arrive();
    bench.editor.append(" unsent");
    bench.cut();
    bench.server = old("n", 40, ["o"]);
    await bench.attach();
    expect(bench.settle()).toBe("one two three mine unsent");
    const nonces = bench.server.packets.map(({ nonce }) => nonce);
    expect(nonces).toEqual([7, nonceOf(40, crc32OfText("on")), 71, 1000, 1001]);
    expect(bench.server.packets.map(({ userId }) => userId)).toEqual([9, 0, 9, 1, 1]);
  });

  it("[CL25] gets the text once when two come who know the same", async () => {
    const server = recent("one", 50);
    server.edit([3, " two"], 70);
    const benches = [await open(server, 1), await open(server, 2)];
    const packet = server.edit([7, " three"], 71);
    for (const bench of benches) {
      bench.receive(packet);
      bench.editor.append("!");
    }
    expect(await meet(old("n", 40, ["o"]), benches, mulberry32(1))).toBe("one two three!!");
  });

  it("[CL25] gets what only the one knows who remembers more, whoever comes first", async () => {
    for (const isReversed of [false, true]) {
      const server = recent("one", 50);
      server.edit([3, " two"], 70);
      const first = await open(server, 1);
      for (const op of [
        [7, " three"],
        [13, " four"],
      ] as const) {
        first.receive(server.edit(op, 71 + op[0]));
      }
      const second = await open(server, 2);
      const benches = isReversed ? [second, first] : [first, second];
      expect(await meet(old("n", 40, ["o"]), benches, mulberry32(1))).toBe("one two three four");
    }
  });

  it.each(Array.from({ length: 300 }, (_, seed) => seed))(
    "[CL25] has everything once, seed %i",
    async (seed) => {
      const random = mulberry32(seed);
      let typed = 0;
      const type = (): string => String.fromCodePoint(0x4e00 + typed++);
      /** What somebody does at a place of a text. */
      const opOn = (length: number, isDeletion = random() < 0.3): Op => {
        const at = randomBelow(random, length + 1);
        const deleted = isDeletion ? Math.min(randomBelow(random, 3), length - at) : 0;
        const rest: Op = deleted > 0 ? [-deleted] : [type(), type()];
        return at > 0 ? [at, ...rest] : rest;
      };
      // One past, which divides into what has been cut, what is known, and what was restored.
      const whole = new Server("", 0);
      const restored = new Server("", 0);
      const cut = 6 + randomBelow(random, 10);
      for (let version = 1; version <= cut; version++) {
        // What the restored text began with goes after it, so that none of its texts comes again.
        const at = whole.text.indexOf("一");
        const op: Op =
          version === 5
            ? normalize([at, -1])
            : opOn(whole.authority.text.length, version > 5 && random() < 0.3);
        whole.edit(op, version);
        if (version < 5) restored.edit(op, version);
      }
      const server = recent(whole.text, cut);
      server.edit(opOn(server.authority.text.length), 99);
      const benches = [await open(server, 1)];
      for (let step = 0; step < 25; step++) {
        if (benches.length < 3 && random() < 0.25) {
          benches.push(await open(server, benches.length + 1));
        }
        const bench = benches[randomBelow(random, benches.length + 1)];
        if (bench === undefined) {
          const packet = server.edit(opOn(server.authority.text.length), 100 + step);
          for (const each of benches) each.receive(packet);
        } else {
          const { text } = bench.editor;
          const at = randomBelow(random, text.length + 1);
          if (random() < 0.3) bench.editor.type(at, "", Math.min(1, text.length - at));
          else bench.editor.type(at, type());
        }
        const sender = benches.find((each) => each.sent.length > 0);
        if (sender === undefined || random() < 0.3) continue;
        const packet = sender.accept();
        for (const each of benches) each.receive(packet);
      }
      const texts = benches.map(({ editor }) => editor.text);
      const seen = new Set(texts.flatMap((text) => Array.from(text)));
      // What one lacks that the container had is what that one has deleted since.
      const wanted = [...seen].filter(
        (char) => !server.text.includes(char) || texts.every((text) => text.includes(char)),
      );
      const text = await meet(restored, benches, random);
      expect(Array.from(text).toSorted()).toEqual(wanted.toSorted());
    },
  );
});
