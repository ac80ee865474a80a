import { describe, expect, it } from "vitest";
import { mentionAt } from "./mention.ts";

describe("a mention", () => {
  it("is what follows an @ at the caret", () => {
    expect(mentionAt("hi @ad", 6)).toEqual({ start: 3, query: "ad" });
    expect(mentionAt("@", 1)).toEqual({ start: 0, query: "" });
    expect(mentionAt("hi @ad there", 6)).toEqual({ start: 3, query: "ad" });
  });

  it("is not in an address or after its end", () => {
    expect(mentionAt("me@example", 10)).toBeUndefined();
    expect(mentionAt("@ada ", 5)).toBeUndefined();
  });
});
