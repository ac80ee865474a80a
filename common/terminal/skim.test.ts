import { describe, expect, it } from "vitest";
import { OutputSkimmer } from "./skim.ts";

const needed = 10 + 2 * 5;

function skimmer(): OutputSkimmer {
  return new OutputSkimmer({ rows: 5, scrollbackLines: 10 });
}

/** Lines `from` to `to`, each pushed by itself. */
function pushLines(to: OutputSkimmer, from: number, count: number, style = ""): void {
  for (let i = from; i < from + count; i++) to.push(`${style}line ${i}\r\n`);
}

function firstLine(text: string): string | undefined {
  return text.split("\r\n")[0];
}

describe("the skimmer", () => {
  it("keeps what may still be seen", () => {
    const output = skimmer();
    pushLines(output, 0, needed);
    expect(output.take().split("\r\n")).toHaveLength(needed + 1);
  });

  it("drops lines that others push out, and tells how far", () => {
    const output = skimmer();
    pushLines(output, 0, 1000);
    expect(output.length).toBeLessThan(1000);
    expect(output.settled).toBeGreaterThan(6000);
    expect(output.take().split("\r\n")[0]).toBe(`line ${1000 - needed}`);
  });

  it("carries the style over the gap", () => {
    const output = skimmer();
    output.push("\x1b[0;1;31;44mred\r\n");
    output.push("\x1b[22;39mplain\x1b[2;38;5;208m\r\n");
    pushLines(output, 0, 100);
    expect(firstLine(output.take())).toBe("\x1b[0;22;2;38;5;208;44mline 80");
  });

  it("forgets a style that was reset", () => {
    const output = skimmer();
    pushLines(output, 0, 100, "\x1b[1;31m");
    output.push("\x1b[m\r\n");
    pushLines(output, 0, 100);
    expect(firstLine(output.take())).toBe("\x1b[0mline 80");
  });

  it("keeps everything before what it does not know", () => {
    const output = skimmer();
    pushLines(output, 0, 50);
    output.push("\x1b[2J\r\n");
    pushLines(output, 50, 50);
    const text = output.take();
    expect(text).toMatch(/^line 30\r\n/);
    expect(text).toContain("line 49\r\n\x1b[2J\r\nline 80\r\n");
  });

  it("settles nothing that waits behind kept text", () => {
    const output = skimmer();
    output.push("\x1b[?2004l\r\n");
    pushLines(output, 0, 100);
    expect(output.settled).toBe(0);
    output.take();
    expect(output.settled).toBeGreaterThan(800);
  });

  it("waits for the rest of a line, unless asked", () => {
    const output = skimmer();
    output.push("be");
    output.push("gun\r");
    output.push("\nnext");
    expect(output.settled).toBe(0);
    expect(output.take()).toBe("begun\r\nnext");
    expect(output.settled).toBe(11);
    expect(output.take()).toBe("");
  });

  it("does not take the rest of a sequence for text", () => {
    const output = skimmer();
    output.push("title: \x1b]0;");
    expect(output.take()).toBe("title: \x1b]0;");
    // All of it is the title, up to the bell.
    pushLines(output, 0, 100);
    expect(firstLine(output.take())).toBe("line 0");
    output.push("\x07\r\n");
    pushLines(output, 0, 100);
    expect(output.take()).toContain("\x07\r\nline 80\r\n");
  });

  it("drops nothing while lines scroll in a part of the screen only", () => {
    const output = skimmer();
    output.push("\x1b[2;4r\r\n");
    pushLines(output, 0, 100);
    expect(output.take()).toContain("line 0\r\n");
    output.push("\x1b[r\r\n");
    pushLines(output, 0, 100);
    expect(output.take()).toContain("\x1b[r\r\nline 80\r\n");
  });
});
