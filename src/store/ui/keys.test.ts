import { describe, expect, it } from "vitest";
import { keyLabel, matchesKeys, platformOf, type KeyPress } from "./keys.ts";

function press(key: string, modifiers = "", code = ""): KeyPress {
  return {
    key,
    code,
    ctrlKey: modifiers.includes("c"),
    metaKey: modifiers.includes("m"),
    altKey: modifiers.includes("a"),
    shiftKey: modifiers.includes("s"),
  };
}

describe("chords", () => {
  it("take Mod as Ctrl, or as Cmd on a Mac", () => {
    expect(matchesKeys(press("p", "c"), "Mod+P", "other")).toBe(true);
    expect(matchesKeys(press("p", "m"), "Mod+P", "mac")).toBe(true);
    expect(matchesKeys(press("p", "c"), "Mod+P", "mac")).toBe(false);
  });

  it("want exactly their modifiers", () => {
    expect(matchesKeys(press("P", "cs"), "Mod+P", "other")).toBe(false);
    expect(matchesKeys(press("P", "cs"), "Mod+Shift+P", "other")).toBe(true);
    expect(matchesKeys(press("p", "ca"), "Mod+P", "other")).toBe(false);
  });

  it("go by the place of a key whose sign Alt or Shift changes", () => {
    expect(matchesKeys(press("∑", "a", "KeyW"), "Alt+W", "mac")).toBe(true);
    expect(matchesKeys(press("~", "cs", "Backquote"), "Ctrl+Shift+`", "other")).toBe(true);
  });

  it("take ? however the keyboard makes it", () => {
    expect(matchesKeys(press("?", "s", "Slash"), "?", "other")).toBe(true);
    expect(matchesKeys(press("?", "s", "Minus"), "?", "other")).toBe(true);
    expect(matchesKeys(press("?", ""), "?", "other")).toBe(true);
    expect(matchesKeys(press("/", "", "Slash"), "?", "other")).toBe(false);
  });
});

describe("labels", () => {
  it("read as on the keyboard", () => {
    expect(keyLabel("Mod+Shift+P", "other")).toBe("Ctrl+Shift+P");
    expect(keyLabel("Mod+Shift+P", "mac")).toBe("⌘⇧P");
    expect(keyLabel("Alt+PageDown", "other")).toBe("Alt+Page Down");
  });
});

describe("platform", () => {
  it("tells Apple's keyboards from others", () => {
    expect(platformOf("Mozilla/5.0 (Macintosh; Intel Mac OS X)")).toBe("mac");
    expect(platformOf("Mozilla/5.0 (X11; Linux x86_64)")).toBe("other");
  });
});
