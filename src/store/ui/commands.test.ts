import { describe, expect, it } from "vitest";
import { commandFor, commands, keysOf, shortcutOf } from "./commands.ts";
import { parseKeys, type KeyPress } from "./keys.ts";

const platforms = ["mac", "other"] as const;

describe("the table of commands", () => {
  it("names each command once", () => {
    expect(new Set(commands.map(({ id }) => id)).size).toBe(commands.length);
    expect(new Set(commands.map(({ title }) => title)).size).toBe(commands.length);
  });

  it.each(platforms)("gives no chord to two commands (%s)", (platform) => {
    const chords = commands
      .flatMap((command) => keysOf(command, platform))
      .map((keys) => JSON.stringify(parseKeys(keys, platform)));
    expect(chords.toSorted()).toEqual([...new Set(chords)].toSorted());
  });

  it("takes no chord that the browser keeps to itself, and no AltGr", () => {
    const kept = ["Mod+W", "Mod+T", "Mod+N", "Mod+Shift+T", "Mod+Shift+N", "Ctrl+Tab"];
    const all = commands.flatMap((command) => keysOf(command, "other"));
    expect(all.filter((keys) => kept.includes(keys))).toEqual([]);
    const chords = all.map((keys) => parseKeys(keys, "other"));
    expect(chords.filter(({ ctrl, alt }) => ctrl && alt)).toEqual([]);
  });
});

describe("keys", () => {
  const ctrl = (key: string, code = ""): KeyPress => ({
    key,
    code,
    ctrlKey: true,
    metaKey: false,
    altKey: false,
    shiftKey: false,
  });
  const plain = (key: string): KeyPress => ({ ...ctrl(key), ctrlKey: false });

  it("leave a terminal's program what is its own", () => {
    expect(commandFor(ctrl("p"), "terminal", "other")).toBeUndefined();
    expect(commandFor(ctrl("k"), "terminal", "other")).toBeUndefined();
    expect(commandFor(plain("F1"), "terminal", "other")?.id).toBe("go.command");
    expect(commandFor(ctrl("Enter"), "terminal", "other")?.id).toBe("run.start");
    const cmd = { ...plain("p"), metaKey: true };
    expect(commandFor(cmd, "terminal", "mac")?.id).toBe("go.file");
  });

  it("leave Enter to a message, which it sends", () => {
    expect(commandFor(ctrl("Enter"), "message", "other")).toBeUndefined();
    expect(commandFor(ctrl("Enter"), "text", "other")?.id).toBe("run.start");
    expect(commandFor(plain("F1"), "message", "other")?.id).toBe("go.command");
  });

  it("leave a question mark to who types it", () => {
    const question = { ...plain("?"), shiftKey: true };
    expect(commandFor(question, "text", "other")).toBeUndefined();
    expect(commandFor(question, "nothing", "other")?.id).toBe("help.shortcuts");
  });

  it("are printed for the platform", () => {
    expect(shortcutOf("run.start", "mac")).toBe("⌘↵");
    expect(shortcutOf("edit.tab-leaves", "mac")).toBe("⌃⇧M");
    expect(shortcutOf("edit.tab-leaves", "other")).toBe("Ctrl+M");
    expect(shortcutOf("view.console", "other")).toBeUndefined();
  });
});
