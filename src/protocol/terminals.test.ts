import { describe, expect, it } from "vitest";
import { transferables, type Tell } from "./bridge.ts";
import { Terminals } from "./terminals.ts";

function make() {
  const tells: Tell[] = [];
  const terminals = new Terminals((tell) => tells.push(tell));
  return { tells, terminals, shell: terminals.calls("shell"), run: terminals.calls("run") };
}

const a = { slice: "shell", name: "a" } as const;
const drawn = { kind: "terminal-drawn", terminal: a };

describe("terminals on the main thread", () => {
  it("[CL15] tells when somebody begins to look, each one, and when the last one ends", () => {
    const { tells, shell } = make();
    const [first, second] = [shell.onOutput("a", () => {}), shell.onOutput("a", () => {})];
    first();
    first();
    second();
    const watch = (watched: boolean) => ({ kind: "terminal-watch", terminal: a, watched });
    expect(tells).toEqual([watch(true), watch(true), watch(false)]);
  });

  it("[CL13] counts output as drawn when all who look have drawn it, once", () => {
    const { tells, terminals, shell } = make();
    const draws: (() => void)[] = [];
    for (let i = 0; i < 2; i++) shell.onOutput("a", (_bytes, done) => draws.push(done));
    tells.length = 0;
    terminals.show(a, new Uint8Array([1]));
    draws[0]?.();
    draws[0]?.();
    expect(tells).toEqual([]);
    draws[1]?.();
    expect(tells).toEqual([drawn]);
  });

  it("[CL13] never waits for somebody who is gone", () => {
    const { tells, terminals, shell } = make();
    shell.onOutput("a", () => {})();
    tells.length = 0;
    terminals.show(a, new Uint8Array([1]));
    expect(tells).toEqual([drawn]);
  });

  it("takes every id of run for the one terminal that it has", () => {
    const { tells, run } = make();
    run.input("whatever", "x");
    run.resize("other", 80, 24);
    const terminal = { slice: "run", name: "" };
    expect(tells).toEqual([
      { kind: "terminal-input", terminal, text: "x" },
      { kind: "terminal-resize", terminal, cols: 80, rows: 24 },
    ]);
  });

  it("moves the buffers of output and of files that were read, each once", () => {
    const bytes = new Uint8Array([1, 2, 3]);
    const answer = { kind: "answer", id: 1, answer: { ok: true, value: bytes } } as const;
    expect(
      transferables([
        { kind: "output", terminal: a, bytes: bytes.subarray(1) },
        answer,
        { kind: "answer", id: 2, answer: { ok: true, value: [] } },
        { kind: "answer", id: 3, answer: { ok: false, code: "failed", message: "" } },
      ]),
    ).toEqual([bytes.buffer]);
  });
});
