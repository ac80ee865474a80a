import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { createStderrLogger } from "./log.ts";

describe("the log", () => {
  const lines: string[] = [];
  const write = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  afterAll(() => write.mockRestore());
  afterEach(() => {
    lines.length = 0;
    write.mockClear();
  });

  it("writes a line with its fields, from the wanted level on", () => {
    const log = createStderrLogger("info").child({ session: 2 });
    log.debug("too much");
    log.warn("careful", { channel: 3, ref: undefined });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\S+Z warn careful session=2 channel=3\n$/);
  });

  it("lets nobody forge lines or move the cursor", () => {
    createStderrLogger("debug").info("a\nb\u001b[2J", { name: "\u009bx" });
    expect(lines[0]).toContain("a\\u000ab\\u001b[2J name=\\u009bx\n");
  });
});
