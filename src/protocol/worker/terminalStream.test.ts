import { describe, expect, it } from "vitest";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { FRAME_MS, Outbox } from "./outbox.ts";
import { MAX_PIECE_CHARS, TerminalStream } from "./terminalStream.ts";

/** A stream whose pieces the test sees and draws. */
class Bench {
  readonly clock = new FakeClock();
  readonly pieces: string[] = [];
  /** The size that came with each piece. */
  readonly sizes: (string | undefined)[] = [];
  readonly acknowledged: string[] = [];
  readonly #outbox = new Outbox({
    clock: this.clock,
    scheduleFrame: (callback) => this.clock.after(FRAME_MS, callback),
    post: (messages) => {
      for (const message of messages) {
        if (message.kind !== "output") throw new Error("only output is expected");
        this.pieces.push(new TextDecoder().decode(message.bytes));
        this.sizes.push(message.size && `${message.size.cols}x${message.size.rows}`);
      }
    },
  });
  readonly stream = new TerminalStream({ slice: "shell", name: "a" }, this.#outbox);

  push(text: string, name?: string): void {
    this.stream.push(text, name === undefined ? undefined : () => this.acknowledged.push(name));
  }

  async frame(): Promise<void> {
    this.clock.advance(FRAME_MS);
    await Promise.resolve();
  }

  /** Draws whatever comes until nothing more does. */
  async drawAll(): Promise<string> {
    for (let frame = 0; frame < 200; frame++) {
      await this.frame();
      this.stream.handleDrawn();
    }
    return this.pieces.join("");
  }
}

/** Output that cannot be skimmed: each line places the cursor. */
function fixed(chars: number): string {
  const line = "\x1b[5;1Hsomething that stays where it is";
  return line.repeat(Math.ceil(chars / line.length)).slice(0, chars);
}

describe("the output of a terminal", () => {
  it("[CL13] merges what one frame brings into one piece", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    for (const text of ["a", "b", "c\r\n"]) bench.push(text);
    await bench.frame();
    expect(bench.pieces).toEqual(["abc\r\n"]);
  });

  it("[CL13] hands over at most 64 K in a frame and 128 K before any of it is drawn", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    const text = fixed(5 * MAX_PIECE_CHARS);
    bench.push(text);
    for (let frame = 0; frame < 10; frame++) await bench.frame();
    expect(bench.pieces.map(({ length }) => length)).toEqual([MAX_PIECE_CHARS, MAX_PIECE_CHARS]);
    bench.stream.handleDrawn();
    await bench.frame();
    await bench.frame();
    expect(bench.pieces).toHaveLength(3);
    expect(await bench.drawAll()).toBe(text);
  });

  it("[CL13] answers a ref when all before it is drawn, and no sooner", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push(fixed(1000), "first");
    bench.push(fixed(MAX_PIECE_CHARS), "second");
    await bench.frame();
    await bench.frame();
    expect(bench.pieces).toHaveLength(2);
    bench.stream.handleDrawn();
    expect(bench.acknowledged).toEqual([]);
    bench.stream.handleDrawn();
    expect(bench.acknowledged).toEqual(["first", "second"]);
  });

  it("[CL14] drops lines that scroll out unseen, and answers their refs", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    let number = 0;
    for (let chunk = 0; chunk < 100; chunk++) {
      let text = "";
      for (let line = 0; line < 1000; line++) text += `${++number}\r\n`;
      bench.push(text, `chunk ${chunk}`);
    }
    // All that came before the first piece was drawn is gone but for the last lines.
    expect(bench.acknowledged.length).toBeGreaterThan(90);
    const drawn = await bench.drawAll();
    expect(bench.acknowledged).toHaveLength(100);
    expect(drawn.length).toBeLessThan(20_000);
    const lines = drawn.trimEnd().split("\r\n");
    expect(lines.length).toBeGreaterThan(1200);
    expect(lines.at(-1)).toBe("100000");
  });

  it("[CL14] answers the refs of skimmed lines only after what was handed over before", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push(fixed(100), "seen");
    await bench.frame();
    bench.push("line\r\n".repeat(10_000), "skimmed");
    bench.push("line\r\n".repeat(10_000), "last");
    expect(bench.acknowledged).toEqual([]);
    bench.stream.handleDrawn();
    expect(bench.acknowledged).toEqual(["seen", "skimmed"]);
  });

  it("never cuts a character in two", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    const text = `x${"😀".repeat(MAX_PIECE_CHARS)}`;
    bench.push(text);
    expect(await bench.drawAll()).toBe(text);
    expect(bench.pieces.every((piece) => !piece.includes("\uFFFD"))).toBe(true);
  });

  it("[CL15] keeps the beginning for whoever looks first, without holding the program up", async () => {
    const bench = new Bench();
    bench.push("$ ", "prompt");
    expect(bench.acknowledged).toEqual(["prompt"]);
    expect(bench.stream.watch(true)).toBe(true);
    await bench.frame();
    expect(bench.pieces).toEqual(["$ "]);
  });

  it("[CL15] asks for the screen anew for a second pair of eyes, or after much went unseen", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push("one");
    await bench.frame();
    expect(bench.stream.watch(true)).toBe(false);

    const unseen = new Bench();
    for (let i = 0; i < 10; i++) unseen.push(fixed(MAX_PIECE_CHARS), `${i}`);
    expect(unseen.acknowledged).toHaveLength(10);
    expect(unseen.stream.watch(true)).toBe(false);
  });

  it("[CL15] asks for the screen anew when the one who looked comes back", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push("one", "one");
    expect(bench.stream.watch(false)).toBe(true);
    expect(bench.acknowledged).toEqual(["one"]);
    bench.push("two", "two");
    expect(bench.acknowledged).toEqual(["one", "two"]);
    expect(bench.stream.watch(true)).toBe(false);
  });

  it("[CL15] resets the terminal when a new life begins, and forgets what was pending", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push("old", "old");
    await bench.frame();
    bench.stream.restart();
    bench.push("\x1b[1mnew");
    await bench.frame();
    bench.stream.handleDrawn();
    bench.push("er");
    await bench.frame();
    expect(bench.pieces).toEqual(["old", "\x1bc\x1b[1mnew", "er"]);
    expect(bench.acknowledged).toEqual(["old"]);
  });
});

describe("the size of a terminal", () => {
  it("[CL30] comes after all output of the size before, and with the first of its own", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.stream.resize({ cols: 80, rows: 24 });
    const before = fixed(MAX_PIECE_CHARS + 10);
    bench.push(before, "before");
    bench.stream.resize({ cols: 40, rows: 10 });
    bench.push("after", "after");
    await bench.drawAll();
    expect(bench.pieces).toEqual([
      before.slice(0, MAX_PIECE_CHARS),
      before.slice(MAX_PIECE_CHARS),
      "after",
    ]);
    expect(bench.sizes).toEqual(["80x24", undefined, "40x10"]);
    expect(bench.acknowledged).toEqual(["before", "after"]);
  });

  it("[CL30] needs no output to come, and of several only the last one is told", async () => {
    const bench = new Bench();
    bench.stream.watch(true);
    bench.push("x", "x");
    await bench.frame();
    bench.stream.handleDrawn();
    for (const cols of [50, 60, 70]) bench.stream.resize({ cols, rows: 24 });
    await bench.frame();
    expect(bench.pieces).toEqual(["x", ""]);
    expect(bench.sizes).toEqual([undefined, "70x24"]);
    bench.stream.handleDrawn();
    bench.push("y", "y");
    await bench.frame();
    bench.stream.handleDrawn();
    expect(bench.pieces.at(-1)).toBe("y");
    expect(bench.acknowledged).toEqual(["x", "y"]);
  });

  it("[CL30] is told to whoever begins to look", async () => {
    const bench = new Bench();
    bench.stream.resize({ cols: 100, rows: 30 });
    bench.push("screen");
    bench.stream.watch(true);
    await bench.drawAll();
    bench.stream.watch(false);
    bench.stream.watch(true);
    await bench.drawAll();
    expect(bench.pieces).toEqual(["screen", ""]);
    expect(bench.sizes).toEqual(["100x30", "100x30"]);
  });
});
