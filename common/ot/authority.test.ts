import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { parseOp } from "#test/helpers/ops.ts";
import { Authority, type Committed } from "./authority.ts";
import { Text } from "./text.ts";

function createAuthority(text = "hello world", version = 10): Authority {
  return new Authority(Text.from(text), version);
}

/** Sends an op as tests write it. */
function submit(
  authority: Authority,
  base: number,
  op: string,
  { author = "ann", nonce = 0 } = {},
): Committed {
  return authority.receive({ base, op: parseOp(op), author, nonce });
}

describe("Authority", () => {
  it("[OT6] makes one version of each op", () => {
    const authority = createAuthority();
    expect(submit(authority, 10, "5 +,").version).toBe(11);
    expect(submit(authority, 11, "-1 +H").version).toBe(12);
    expect(authority.version).toBe(12);
    expect(authority.text.toString()).toBe("Hello, world");
  });

  it("[OT5] puts a late op behind what was committed, at ties too", () => {
    const authority = createAuthority();
    submit(authority, 10, "5 +A");
    submit(authority, 11, "2 -2");
    const late = submit(authority, 10, "5 +B");
    expect(late).toEqual({ version: 13, op: parseOp("4 +B"), repeated: false });
    expect(authority.text.toString()).toBe("heoAB world");
  });

  it("[OT6] makes a version of an op of which nothing is left", () => {
    const authority = createAuthority();
    submit(authority, 10, "2 -4");
    expect(submit(authority, 10, "3 -2")).toEqual({ version: 12, op: [], repeated: false });
    expect(authority.opOf(12)).toEqual([]);
  });

  it("[OT3] commits the normal form of what was sent", () => {
    const authority = createAuthority();
    const { op } = authority.receive({
      base: 10,
      op: [2, 3, "a", "b", 4],
      author: "ann",
      nonce: 0,
    });
    expect(op).toEqual([5, "ab"]);
    expect(authority.opOf(11)).toEqual([5, "ab"]);
  });

  it("[OT7] does not apply twice what its author sends again", () => {
    const authority = createAuthority();
    submit(authority, 10, "5 +A", { nonce: 7 });
    submit(authority, 11, "+B");
    const again = submit(authority, 10, "5 +A", { nonce: 7 });
    expect(again).toEqual({ version: 11, op: parseOp("5 +A"), repeated: true });
    expect(authority.version).toBe(12);
    expect(authority.text.toString()).toBe("BhelloA world");
  });

  it("[OT7] recognises it on a newer base, changed by others meanwhile", () => {
    const authority = createAuthority();
    submit(authority, 10, "+B");
    // The first one was on its way when its sender reconnected and sent it once more.
    submit(authority, 10, "5 +A", { nonce: 7 });
    expect(submit(authority, 11, "6 +A", { nonce: 7 }).repeated).toBe(true);
    expect(authority.text.toString()).toBe("BhelloA world");
  });

  it("[OT7] takes equal nonces of two authors, and ops without a nonce, for different edits", () => {
    const authority = createAuthority();
    submit(authority, 10, "+A", { nonce: 7 });
    expect(submit(authority, 10, "+B", { nonce: 7, author: "bob" }).repeated).toBe(false);
    expect(submit(authority, 10, "+C").repeated).toBe(false);
    expect(submit(authority, 10, "+C").repeated).toBe(false);
    expect(authority.text.toString()).toBe("ABCChello world");
  });

  it.each([
    ["a version that is not there yet", 11, "+a", "no version 11 yet"],
    ["a version before all", -1, "+a", "no version -1 yet"],
    ["half a version", 9.5, "+a", "no version 9.5 yet"],
    ["a version before the kept ones", 9, "+a", "version too old"],
    ["an op past the end", 10, "12 +a", "past the end"],
  ])("[OT9] refuses %s, and nothing changes", (_, base, op, reason) => {
    const authority = createAuthority();
    expect(() => submit(authority, base, op)).toThrow(RequestError);
    expect(() => submit(authority, base, op)).toThrow(reason);
    expect(authority.version).toBe(10);
    expect(authority.text.toString()).toBe("hello world");
  });

  it("[OT2] measures a late op by the text that it was made on", () => {
    const authority = createAuthority("abc");
    submit(authority, 10, "-3");
    expect(submit(authority, 10, "3 +x").op).toEqual(["x"]);
    submit(authority, 12, "+longer");
    expect(() => submit(authority, 10, "4 +y")).toThrow("past the end of the text at 3");
  });

  it("[OT9] forgets old versions when it is told to", () => {
    const authority = createAuthority();
    for (const op of ["+a", "+b", "+c", "+d"]) submit(authority, authority.version, op);
    authority.forget(12);
    authority.forget(11);
    expect([authority.oldest, authority.version]).toEqual([12, 14]);
    expect(() => submit(authority, 11, "+x")).toThrow("version too old");
    expect(() => authority.opOf(12)).toThrow("version 12 is not kept");
    expect(authority.opOf(13)).toEqual(["c"]);
    submit(authority, 12, "+e");
    expect(authority.text.toString()).toBe("dceba" + "hello world");
  });
});
