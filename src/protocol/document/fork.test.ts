import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok } from "#common/lib/result.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import { apply, type Op } from "#common/ot/op.ts";
import type { OtPacket } from "../services/ot.ts";
import { Committed } from "./committed.ts";
import { findFork, givenFrom, lostSince, type Fork } from "./fork.ts";

interface Made {
  readonly op: Op;
  readonly nonce?: number;
  readonly userId?: number;
  readonly committedMs?: number;
}

/** A container's history from its beginning. */
function packetsOf(edits: readonly Made[]): readonly OtPacket[] {
  let text = "";
  return edits.map(({ op, nonce = 0, userId = 7, committedMs = 0 }, index) => {
    text = apply(text, op);
    return { version: index + 1, op, nonce, userId, committedMs, crc32: crc32OfText(text) };
  });
}

function textOf(packets: readonly OtPacket[]): string {
  return packets.reduce((text, { op }) => apply(text, op), "");
}

/** What somebody knows who has opened the text at a version, and seen all that came later. */
function known(packets: readonly OtPacket[], from: number, past = 0): Committed {
  const committed = new Committed(
    from,
    textOf(packets.slice(0, from)),
    packets.slice(from - past, from),
  );
  for (const packet of packets.slice(from)) committed.add(packet);
  return committed;
}

function find(history: Committed, packets: readonly OtPacket[]): Promise<Fork | undefined> {
  const snapshot = { version: packets.length, contents: textOf(packets), cursors: [] };
  return findFork(history, snapshot, {
    fetch: async (from, to) => ok(packets.slice(from - 1, to)),
  });
}

const before: readonly Made[] = [
  { op: ["one"], userId: 0 },
  { op: [3, " two"], nonce: 2 },
  { op: [7, " three"], nonce: 3 },
];

describe("findFork", () => {
  it("[CL25] goes back to the version that a container was restored to", async () => {
    const history = known(packetsOf(before), 1);
    expect(await find(history, packetsOf(before.slice(0, 2)))).toMatchObject({
      known: 2,
      version: 2,
      text: "one two",
    });
  });

  it("[CL25] takes the version of the same number where a text was there twice", async () => {
    const twice = [...before, { op: [7, -6], nonce: 4 }];
    const fork = await find(known(packetsOf(twice), 1), packetsOf(before.slice(0, 2)));
    expect(fork).toMatchObject({ known: 2, version: 2 });
  });

  it("[CL25] takes a text that was there before for no older version", async () => {
    const emptied = packetsOf([
      { op: [], userId: 0 },
      { op: ["one"], nonce: 2 },
      { op: [-3], userId: 0 },
    ]);
    const history = known(
      packetsOf([
        { op: [], userId: 0 },
        { op: ["one"], nonce: 2 },
        { op: [3, "!"], nonce: 3 },
      ]),
      1,
    );
    const fork = await find(history, emptied);
    expect(fork).toMatchObject({ known: 2, version: 2, text: "one" });
    expect(fork && lostSince(history, fork, []).map(({ nonce }) => nonce)).toEqual([3]);
  });

  it("[CL25] does not take for lost what was given back and then deleted", async () => {
    const whole = packetsOf([...before, { op: [3, "!"], nonce: 4 }]);
    const history = known(whole, 3);
    const given = packetsOf([
      { op: ["one two"], userId: 0 },
      { op: [7, " three"], nonce: 3 },
      { op: [3, "!"], nonce: 4 },
      { op: [3, -1], nonce: 5 },
    ]);
    const fork = await find(history, given);
    expect(fork).toMatchObject({ known: 4, version: 3 });
    expect(fork && lostSince(history, fork, [])).toEqual([]);
  });

  it("[CL25] finds it behind what was edited since", async () => {
    const edited = packetsOf([...before.slice(0, 2), { op: ["> "], nonce: 9 }, { op: ["# "] }]);
    expect(await find(known(packetsOf(before), 1), edited)).toMatchObject({
      known: 2,
      version: 2,
      text: "one two",
    });
  });

  it("[CL25] finds one that is older than all texts it knows, by the packets before them", async () => {
    const many = [...before, { op: ["a"], nonce: 4 }, { op: ["b"], nonce: 5 }];
    const history = known(packetsOf(many), 5, 3);
    const edited = packetsOf([...before.slice(0, 3), { op: ["> "], nonce: 9 }]);
    const fork = await find(history, edited);
    expect(fork).toMatchObject({ known: 3, version: 3, text: "one two three" });
    expect(fork && lostSince(history, fork, [])).toEqual([
      { op: ["a"], nonce: 4, lostFrom: 7 },
      { op: ["b"], nonce: 5, lostFrom: 7 },
    ]);
  });

  it("[CL25] knows where all began, though the file was another then", async () => {
    const history = known(packetsOf(before), 1);
    const anew = packetsOf([{ op: ["ONE"], userId: 0 }]);
    const fork = await find(history, anew);
    expect(fork).toMatchObject({ known: 1, version: 1, text: "ONE" });
    expect(fork && lostSince(history, fork, []).map(({ nonce }) => nonce)).toEqual([2, 3]);
  });

  it("[CL25] knows by its nonce what the container has got otherwise", async () => {
    const history = known(packetsOf(before), 2);
    const other = packetsOf([
      { op: ["1"], userId: 0 },
      { op: [1, " three"], nonce: 3 },
    ]);
    const fork = await find(history, other);
    expect(fork).toMatchObject({ version: 2, text: "1 three" });
    const pending = [{ op: [13, "!"], nonce: 50 }];
    expect(fork && lostSince(history, fork, pending)).toEqual([{ op: [7, "!"], nonce: 50 }]);
  });

  it("[CL25] places what was made of a program's text in what the container found in the file", async () => {
    const history = known(
      packetsOf([...before, { op: [13, " four"], userId: 0 }, { op: [14, -2], nonce: 5 }]),
      1,
    );
    // The file has outlived the loss of its history, and another program was at it.
    const found: Made = { op: ["> ", 13, " four"], userId: 0 };
    const fork = await find(history, packetsOf([...before, found, { op: ["# "], nonce: 9 }]));
    expect(fork).toMatchObject({ known: 3, version: 4, text: "> one two three four" });
    expect(fork && lostSince(history, fork, [])).toEqual([{ op: [16, -2], nonce: 5, lostFrom: 7 }]);
    // It was restored with its history.
    const without = await find(history, packetsOf([...before, { op: ["> "], userId: 0 }]));
    expect(without && lostSince(history, without, [])).toMatchObject([{ op: [], nonce: 5 }]);
  });

  it("[CL25] takes what a program did after somebody's new edit for none of what was found", async () => {
    const history = known(packetsOf([...before, { op: ["> "], userId: 0 }]), 1);
    const later = packetsOf([...before, { op: ["new "], nonce: 9 }, { op: ["# "], userId: 0 }]);
    expect(await find(history, later)).toMatchObject({
      known: 3,
      version: 3,
      text: "one two three",
    });
  });

  it("[CL25] calls a container older only when it has no packet as new as ours", async () => {
    const timed = before.map((each, index) => ({ ...each, committedMs: 100 + index }));
    const many = [...timed, { op: ["a"], committedMs: 200 }, { op: ["b"], committedMs: 201 }];
    const older = packetsOf([{ op: ["else"], userId: 0, committedMs: 50 }]);
    const newer = packetsOf([{ op: ["else"], userId: 0, committedMs: 300 }]);
    expect(await find(known(packetsOf(many), 5, 1), older)).toMatchObject({ isOlder: true });
    expect(await find(known(packetsOf(many), 5, 1), newer)).toMatchObject({ isOlder: false });
    expect(await find(known(packetsOf(many), 5), older)).toMatchObject({ isOlder: false });
  });

  it("tells nothing when the container's packets are not to be had", async () => {
    const snapshot = { version: 9, contents: "something else", cursors: [] };
    const fetch = async () => fail(new RequestError("failed", "damaged"));
    expect(await findFork(known(packetsOf(before), 1), snapshot, { fetch })).toBeUndefined();
  });
});

describe("lostSince", () => {
  it("[CL25] leaves out what programs have done, and keeps what people have typed into it", () => {
    const history = known(
      packetsOf([
        ...before,
        { op: [3, "XYZ"], userId: 0 },
        { op: [4, "typed"], nonce: 5, userId: 8 },
      ]),
      1,
    );
    expect(lostSince(history, { known: 3, text: "one two three" }, [])).toEqual([
      { op: [3, "typed"], nonce: 5, lostFrom: 8 },
    ]);
  });

  it("[CL25] deletes what was deleted behind a program's text that the file still has", () => {
    const typed = packetsOf([
      { op: ["one"], userId: 0 },
      { op: ["typed "], nonce: 2 },
      { op: [6, "program "], userId: 0 },
      { op: [-6], nonce: 3 },
    ]);
    const fork = { known: 1, text: "program one", arrived: new Set<number>() };
    expect(lostSince(known(typed, 1), fork, [])).toEqual([
      { op: ["typed "], nonce: 2, lostFrom: 7 },
      { op: [-6], nonce: 3, lostFrom: 7 },
    ]);
  });

  it("[CL25] gives an edit without a nonce one that all compute alike", () => {
    const made = packetsOf([...before, { op: ["a"] }]);
    const nonces = [known(made, 1), known(made, 2)].map(
      (history) => lostSince(history, { known: 3, text: "one two three" }, [])[0]?.nonce,
    );
    expect(nonces[0]).toBe(nonces[1]);
    expect(nonces[0]).not.toBe(0);
  });
});

describe("givenFrom", () => {
  const history = known(packetsOf(before), 1);
  const fork = { known: 2, version: 12, text: "one two" };
  const given = [
    { op: [3, " two"], nonce: 2, lostFrom: 7 },
    { op: [7, " three"], nonce: 3, lostFrom: 7 },
    { op: [13, "!"], nonce: 50 },
  ];

  it("[CL25] gives back no more what another has given back", () => {
    expect(givenFrom(history, fork, given)).toEqual(given.slice(1));
  });

  it("[CL25] gives back more where another has given an older text", () => {
    const pending = [{ op: [13, "!"], nonce: 50 }];
    expect(givenFrom(known(packetsOf(before), 3, 2), fork, pending)).toEqual(given.slice(1));
  });

  it("says so when something else is waiting", () => {
    expect(givenFrom(history, fork, given.slice(1))).toBeUndefined();
  });
});

describe("Committed", () => {
  it("knows every text once it knows all that led to the oldest one", () => {
    const made = packetsOf(before);
    const committed = known(made, 2);
    expect(committed.textOf(1)).toBeUndefined();
    committed.learnPast(made.slice(0, 2));
    expect(committed.baseVersion).toBe(0);
    expect(committed.textOf(1)).toBe("one");
    expect(committed.text.toString()).toBe("one two three");
  });

  it("tells a text from another by the packets that lead on from it", () => {
    const committed = known(packetsOf(before), 3, 1);
    expect(committed.has(2, "one two")).toBe(true);
    expect(committed.has(2, "two one")).toBe(false);
    expect(committed.has(2, "")).toBe(false);
  });

  it("is as before when a packet does not fit", () => {
    const committed = known(packetsOf(before), 1);
    const packet = { version: 4, op: [40, "x"], nonce: 1, userId: 1, committedMs: 0, crc32: 0 };
    expect(() => committed.add(packet)).toThrow("past the end");
    expect(() => committed.add({ ...packet, op: ["x", 2, -1], crc32: 1 })).toThrow("checksum");
    expect(committed.version).toBe(3);
    expect(committed.text.toString()).toBe("one two three");
  });

  it("goes back to any version that it remembers", () => {
    const committed = known(packetsOf(before), 2, 1);
    expect(committed.at(2, "one two").text.toString()).toBe("one two");
    expect(committed.at(2, "one two").base).toEqual(committed.base);
    expect(committed.at(1, "one").version).toBe(1);
  });
});
