import { describe, expect, it } from "vitest";
import { applyShell, initialShell, nextShellName, shellTitle } from "./shell.ts";

describe("a shell", () => {
  it("opens, runs, ends and goes", () => {
    const name = "sheller";
    const opened = applyShell(initialShell, { kind: "opened", name });
    expect(opened.shells[name]).toEqual({ kind: "opening" });
    const running = applyShell(opened, { kind: "running", name });
    expect(applyShell(running, { kind: "opened", name })).toBe(running);
    const exited = applyShell(running, { kind: "exited", name, code: 1 });
    expect(exited.shells[name]).toEqual({ kind: "exited", code: 1 });
    expect(applyShell(exited, { kind: "closed", name }).shells).toEqual({});
  });

  it("says why it could not be opened", () => {
    const failed = applyShell(initialShell, { kind: "failed", name: "x", message: "denied" });
    expect(failed.shells["x"]).toEqual({ kind: "failed", message: "denied" });
  });
});

describe("names", () => {
  it("are shared by everyone who opens the next one", () => {
    expect(nextShellName([])).toBe("sheller");
    expect(nextShellName(["sheller"])).toBe("sheller-2");
    expect(nextShellName(["sheller", "sheller-2", "sheller-4"])).toBe("sheller-3");
  });

  it("are titles for people", () => {
    expect(["sheller", "sheller-2", "private-x1", "build"].map(shellTitle)).toEqual([
      "Shell",
      "Shell 2",
      "Private shell",
      "build",
    ]);
  });
});
