import { describe, expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { crc32OfText } from "#common/ot/crc32.ts";
import type { Op } from "#common/ot/op.ts";
import { Bench, Server, turn } from "#test/helpers/documentBench.ts";
import type { OtMessage } from "../services/ot.ts";

describe("editing", () => {
  it("[CL21] sends the first edit at once, and what follows as one when its packet is back", () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.editor.append("?");
    bench.editor.type(0, "> ");
    expect(bench.sent.map(({ base, op }) => ({ base, op }))).toEqual([{ base: 1, op: [5, "!"] }]);
    bench.arrive();
    expect(bench.sent.map(({ base, op }) => ({ base, op }))).toEqual([
      { base: 2, op: ["> ", 6, "?"] },
    ]);
    expect(bench.settle()).toBe("> hello!?");
  });

  it("[CL21] numbers its edits, each by another nonce", () => {
    const bench = new Bench();
    for (const letter of "abc") {
      bench.editor.append(letter);
      bench.arrive();
    }
    const nonces = bench.server.packets.map(({ nonce }) => nonce);
    expect(new Set(nonces).size).toBe(3);
    expect(nonces).not.toContain(0);
  });

  it("[OT5] carries others' edits across ours", () => {
    const bench = new Bench("ab");
    bench.editor.type(1, "X");
    bench.editor.type(2, "Y");
    bench.receive(bench.server.edit([1, "Z"]));
    expect(bench.editor.text).toBe("aZXYb");
    expect(bench.editor.authors).toEqual([9]);
    expect(bench.settle()).toBe("aZXYb");
  });

  it("takes back own edits and leaves others' alone", async () => {
    const bench = new Bench("");
    for (const letter of "one") bench.editor.append(letter);
    bench.clock.advance(2000);
    await turn();
    bench.settle();
    for (const letter of " two") bench.editor.append(letter);
    bench.settle();
    bench.receive(bench.server.edit(["<", 7, ">"]));
    bench.editor.undo();
    expect(bench.editor.text).toBe("<one>");
    bench.editor.undo();
    expect(bench.editor.text).toBe("<>");
    expect(bench.document.undo()).toBeUndefined();
    bench.editor.redo();
    bench.editor.redo();
    expect(bench.editor.text).toBe("<one two>");
    bench.settle();
  });

  it("begins a step of undo with a jump and with a change from typing to deleting", () => {
    const bench = new Bench("12345");
    bench.editor.type(5, "a");
    bench.editor.type(0, "b");
    bench.editor.type(0, "", 1);
    bench.editor.undo();
    expect(bench.editor.text).toBe("b12345a");
    bench.editor.undo();
    expect(bench.editor.text).toBe("12345a");
    bench.editor.undo();
    expect(bench.editor.text).toBe("12345");
    bench.settle();
  });

  it("takes a run of deleting back in one step, forwards as backwards", () => {
    const bench = new Bench("one two three");
    for (let end = 13; end > 8; end--) bench.editor.type(end - 1, "", 1);
    for (let i = 0; i < 4; i++) bench.editor.type(0, "", 1);
    expect(bench.editor.text).toBe("two ");
    bench.editor.undo();
    expect(bench.editor.text).toBe("one two ");
    bench.editor.undo();
    expect(bench.editor.text).toBe("one two three");
    expect(bench.document.undo()).toBeUndefined();
    bench.settle();
  });
});

describe("versions", () => {
  it("are replaced by an edit of ours that is a step of its own", () => {
    const bench = new Bench("one two three");
    bench.editor.append("!");
    bench.settle();
    bench.document.replace("one 2 three");
    bench.editor.append("?");
    expect(bench.settle()).toBe("one 2 three?");
    // What others type meanwhile stays, whatever we take back.
    bench.receive(bench.server.edit(["zero "]));
    bench.editor.undo();
    expect(bench.settle()).toBe("zero one 2 three");
    bench.editor.undo();
    expect(bench.settle()).toBe("zero one two three!");
    bench.document.replace(bench.document.text());
    expect(bench.sent).toEqual([]);
  });

  it("are told of with their packets, also those that were missed, unless none lead to them", async () => {
    const bench = new Bench();
    const told: (readonly [number, boolean])[] = [];
    bench.document.onVersion((version, packet) => told.push([version, packet !== undefined]));
    bench.editor.append("!");
    bench.settle();
    bench.receive(bench.server.edit(["x"]));
    bench.cut();
    bench.server.edit(["y"]);
    await bench.attach();
    expect(told).toEqual([
      [2, true],
      [3, true],
      [4, true],
    ]);
    bench.cut();
    bench.server = new Server("of another time", 2);
    await bench.attach();
    expect(told.at(-1)).toEqual([2, false]);
    expect(bench.document.version).toBe(2);
  });
});

describe("a long absence", () => {
  it("[CL24] brings what others have done meanwhile as one change, and every version", async () => {
    const bench = new Bench("hello");
    const versions: number[] = [];
    bench.document.onVersion((version) => versions.push(version));
    bench.editor.append("!");
    bench.cut();
    bench.editor.append("?");
    for (let i = 0; i < 150; i++) bench.server.edit([`${i},`]);
    await bench.attach();
    await turn();
    const told = bench.editor.authors.length;
    expect(told).toBeLessThanOrEqual(2);
    expect(versions).toEqual(Array.from({ length: 150 }, (_, i) => i + 2));
    expect(bench.settle()).toMatch(/^149,148,.*,0,hello!\?$/);
  });

  it("[CL24] finds its own edit among them", async () => {
    const bench = new Bench("hello");
    bench.editor.append("!");
    bench.editor.append("?");
    bench.server.edit(["a"]);
    bench.server.edit(["b"]);
    bench.accept();
    bench.server.edit(["c"]);
    bench.server.edit(["d"]);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("dcbahello!?");
    expect(bench.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL26] takes in what fits of them, and starts over from there", async () => {
    const bench = new Bench("hello");
    bench.editor.append("!");
    bench.cut();
    for (let i = 0; i < 5; i++) bench.server.edit([`${i}`]);
    const { packets } = bench.server;
    bench.server.packets = packets.map((packet) =>
      packet.version === 4 ? { ...packet, crc32: 1 } : packet,
    );
    await bench.attach();
    expect(bench.reopened).toBe(1);
    bench.server.packets = packets;
    bench.cut();
    await bench.attach();
    await turn();
    expect(bench.settle()).toBe("43210hello!");
  });
});

describe("what is saved", () => {
  it("[CL22] counts edits until their packet is back", () => {
    const bench = new Bench();
    expect(bench.states).toEqual([{ kind: "live", unsent: 0 }]);
    bench.editor.append("!");
    bench.editor.append("?");
    expect(bench.document.state).toEqual({ kind: "live", unsent: 2 });
    bench.arrive();
    expect(bench.document.state).toEqual({ kind: "live", unsent: 1 });
    bench.arrive();
    expect(bench.document.state).toEqual({ kind: "live", unsent: 0 });
    // Nothing of this lasted long enough to be worth telling.
    expect(bench.states).toEqual([{ kind: "live", unsent: 0 }]);
  });

  it("[CL22] tells of unsent edits that last, and that they wait for the connection", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.clock.advance(1000);
    bench.cut();
    bench.editor.append("?");
    bench.clock.advance(1000);
    await bench.attach();
    bench.settle();
    expect(bench.states).toEqual([
      { kind: "live", unsent: 0 },
      { kind: "live", unsent: 1 },
      { kind: "offline", unsent: 1 },
      { kind: "offline", unsent: 2 },
      { kind: "live", unsent: 2 },
      { kind: "live", unsent: 0 },
    ]);
  });

  it("[CL22] a flush waits for what was typed before it, and for the disk", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    let isFlushed = false;
    const flushed = bench.document.flush().then(() => (isFlushed = true));
    await turn();
    expect(isFlushed).toBe(false);
    bench.arrive();
    bench.editor.append("?");
    await flushed;
    expect(isFlushed).toBe(true);
    bench.flushes = new RequestError("failed", "no space left on device");
    bench.settle();
    await expect(bench.document.flush()).rejects.toThrow("no space left");
  });

  it("shows a file that cannot be saved, tries again, and is glad when that works", async () => {
    const bench = new Bench();
    bench.flushes = new RequestError("failed", "no space left on device");
    const error = { code: "failed", message: "not saved: no space left on device" } as const;
    bench.document.handle({ kind: "failed", error });
    expect(bench.document.state).toEqual({ kind: "stuck", unsent: 0, message: error.message });
    bench.clock.advance(5_000);
    await turn();
    expect(bench.document.state.kind).toBe("stuck");
    bench.flushes = undefined;
    bench.clock.advance(5_000);
    await turn();
    expect(bench.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL23] is closed only when nothing is unsent any more", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.cut();
    bench.document.close();
    expect(bench.closed).toBe(0);
    await bench.attach();
    expect(bench.closed).toBe(0);
    bench.arrive();
    expect(bench.closed).toBe(1);
    expect(bench.server.text).toBe("hello!");
    expect(bench.clock.pending).toBe(0);
  });

  it("shows that the file is gone, and is there again", () => {
    const bench = new Bench();
    bench.document.handle({ kind: "removed" });
    expect(bench.document.state).toEqual({ kind: "deleted", unsent: 0 });
    bench.document.handle({ kind: "restored" });
    expect(bench.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  describe("when the container has no room", () => {
    const full = new RequestError("no-space", "no space left on device");

    /** Refuses what was sent last. */
    async function refuse(bench: Bench): Promise<void> {
      bench.sent.shift()?.answer(full);
      await turn();
    }

    it("[CL29] keeps what was typed and sends it again, ever more seldom, until it is stored", async () => {
      const bench = new Bench();
      bench.editor.append("!");
      const [{ nonce } = { nonce: 0 }] = bench.sent;
      await refuse(bench);
      bench.editor.append("?");
      expect(bench.document.state).toEqual({ kind: "stuck", unsent: 2, message: full.message });
      for (const waitMs of [1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
        bench.clock.advance(waitMs - 1);
        expect(bench.sent).toEqual([]);
        bench.clock.advance(1);
        expect(bench.sent).toMatchObject([{ base: 1, op: [5, "!"], nonce }]);
        await refuse(bench);
      }
      expect(bench.reopened).toBe(0);
      bench.clock.advance(15_000);
      bench.arrive();
      expect(bench.document.state).toEqual({ kind: "live", unsent: 1 });
      expect(bench.settle()).toBe("hello!?");
    });

    it("[CL29] sends it as others' edits have made it meanwhile", async () => {
      const bench = new Bench();
      bench.editor.append("!");
      await refuse(bench);
      bench.receive(bench.server.edit(["> "]));
      bench.clock.advance(1_000);
      expect(bench.sent).toMatchObject([{ base: 2, op: [7, "!"] }]);
      expect(bench.settle()).toBe("> hello!");
    });

    it("[CL29] sends it once when the connection is lost meanwhile", async () => {
      const bench = new Bench();
      bench.editor.append("!");
      await refuse(bench);
      bench.cut();
      bench.clock.advance(60_000);
      expect(bench.sent).toEqual([]);
      await bench.attach();
      expect(bench.sent).toHaveLength(1);
      expect(bench.settle()).toBe("hello!");
      expect(bench.document.state).toEqual({ kind: "live", unsent: 0 });
    });

    it("[CL29] attaches again when there was no room for that", async () => {
      const bench = new Bench();
      bench.editor.append("!");
      bench.cut();
      bench.document.handle({ kind: "failed", error: full });
      expect(bench.document.state).toMatchObject({ kind: "stuck", unsent: 1 });
      bench.clock.advance(1_000);
      expect(bench.reopened).toBe(1);
      await bench.attach();
      expect(bench.settle()).toBe("hello!");
    });

    it("[CL29] leaves no clock running when the text is closed at last", async () => {
      const bench = new Bench();
      bench.editor.append("!");
      await refuse(bench);
      bench.document.close();
      expect(bench.closed).toBe(0);
      bench.clock.advance(1_000);
      bench.arrive();
      expect(bench.closed).toBe(1);
      expect(bench.clock.pending).toBe(0);
    });
  });

  it("says so when an edit may not be made", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.sent[0]?.answer(new RequestError("denied", "permission denied: a viewer may not edit"));
    await turn();
    expect(bench.document.state).toMatchObject({ kind: "failed" });
  });
});

describe("coming back (the table of reconnects)", () => {
  it("[CL24] sends an edit again that never arrived", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    const nonce = bench.sent[0]?.nonce;
    bench.cut();
    bench.editor.append("?");
    await bench.attach();
    expect(bench.sent.map((sent) => sent.nonce)).toEqual([nonce]);
    expect(bench.settle()).toBe("hello!?");
  });

  it("[CL24] finds an edit that had arrived by its nonce, and does not send it again", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.accept();
    bench.cut();
    bench.editor.append("?");
    bench.server.edit(["> "]);
    await bench.attach();
    expect(bench.settle()).toBe("> hello!?");
    expect(bench.editor.text).toBe("> hello!?");
  });

  it.each([1, 2, 3])("[CL24] takes in all that was missed, by %i packets", async (limit) => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.cut();
    bench.server.fetchLimit = limit;
    for (let i = 0; i < 20; i++) bench.server.edit([`${i} `]);
    bench.document.handle(bench.server.snapshot());
    bench.receive(bench.server.edit(["live "]));
    for (let i = 0; i < 50; i++) await turn();
    expect(bench.reopened).toBe(0);
    expect(bench.settle()).toMatch(/^live 19 18 .* 0 hello!$/);
  });

  it("[CL24] takes no packets for those of a life that has begun since they were asked for", async () => {
    const bench = Bench.from(["one"]);
    bench.editor.append("!");
    bench.cut();
    bench.server.edit([3, " lost"], 70);
    // The answer is there, but the next life comes in the same batch.
    bench.document.handle(bench.server.snapshot());
    bench.cut();
    bench.server = Server.from(["one"], ["else "]);
    await bench.attach();
    expect(bench.sent).toMatchObject([{ base: 2, op: [8, "!"] }]);
    expect(bench.settle()).toBe("else one!");
    expect(bench.reopened).toBe(0);
  });

  it("[CL26] takes no refusal for one of a life that has begun since", async () => {
    const bench = new Bench();
    bench.editor.append("!");
    bench.sent[0]?.answer(new RequestError("conflict", "version too old"));
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("hello!");
    expect(bench.reopened).toBe(0);
  });

  it("[CL24] goes on when nothing has happened", async () => {
    const bench = new Bench();
    bench.cut();
    await bench.attach();
    bench.editor.append("!");
    expect(bench.settle()).toBe("hello!");
  });

  it("[CL25] merges when the text is another at the same version", async () => {
    const bench = new Bench("one two");
    bench.editor.append(" mine");
    bench.cut();
    bench.server = new Server("ONE two", 1);
    await bench.attach();
    expect(bench.settle()).toBe("ONE two mine");
  });

  it("[CL25] gives a container back what it has lost", async () => {
    const bench = new Bench("old");
    bench.editor.append(" mine");
    bench.arrive();
    bench.receive(bench.server.edit([8, " theirs"]));
    bench.editor.append(" unsent");
    bench.cut();
    bench.server = new Server("old", 1);
    await bench.attach();
    expect(bench.settle()).toBe("old mine theirs unsent");
  });

  it("[CL25] takes a snapshot that comes late for no older container", async () => {
    const bench = Bench.from(["old"]);
    const late = bench.server.snapshot();
    bench.receive(bench.server.commit(1, [3, " program"], 0, 0));
    bench.cut();
    bench.editor.type(3, "", 8);
    bench.document.handle(late);
    await turn();
    bench.receive(bench.server.packets.at(-1));
    expect(bench.settle()).toBe("old");
    expect(bench.merged).toEqual([]);
  });

  it("[CL25] knows what it gives back when somebody else has given it before, in another order", async () => {
    const bench = Bench.from(["old"]);
    bench.editor.append("A");
    bench.arrive();
    bench.receive(bench.server.edit([4, "BC"], 77));
    bench.editor.type(5, "", 1);
    const [sent] = bench.sent;
    bench.cut();
    bench.server = Server.from(["old"]);
    bench.server.commit(1, [3, "BC"], 77);
    await bench.attach();
    expect(bench.settle()).toBe("oldAB");
    expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 77, 1000, sent?.nonce]);
  });

  it("[CL25] keeps text deleted whose deletion somebody else gave back without it", async () => {
    const bench = Bench.from(["old"]);
    bench.receive(bench.server.edit([3, "XY"], 70));
    bench.receive(bench.server.edit([1, "!", 3, -1], 71));
    bench.cut();
    bench.server = Server.from(["old"]);
    bench.server.commit(1, [1, "!"], 71);
    await bench.attach();
    expect(bench.settle()).toBe("o!ldX");
    // Nobody else may know that what was sent under a nonce is less by now.
    expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 71, 70, 1001]);
  });

  it("[CL25] gives nothing back twice, whoever knows less of it", async () => {
    const bench = Bench.from(["old"]);
    bench.receive(bench.server.edit([3, " lost"], 70));
    bench.receive(bench.server.edit([8, " too"], 71));
    bench.editor.append("!");
    bench.cut();
    bench.server = Server.from(["old"]);
    await bench.attach();
    // One who knows only the second edit, and has put it elsewhere.
    bench.receive(bench.server.commit(1, [" too"], 71));
    expect(bench.settle()).toBe(" tooold lost!");
    expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 71, 70, 1000]);
  });

  it.each([
    ["soon after it was opened", async (bench: Bench) => bench.clock.advance(1_000)],
    [
      "when it is attached again",
      async (bench: Bench) => {
        bench.cut();
        await bench.attach();
      },
    ],
  ])("[CL25] learns %s how its oldest text was made, and gives that back too", async (_, learn) => {
    const bench = Bench.from(["one"], [3, " two"]);
    expect(bench.fetched).toEqual([]);
    await learn(bench);
    await turn();
    expect(bench.fetched).toEqual([[1, 2]]);
    bench.cut();
    bench.server = Server.from(["one"]);
    await bench.attach();
    expect(bench.settle()).toBe("one two");
    expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 2]);
  });

  it("[CL25] has a large file not sent twice for that", async () => {
    const large = "x".repeat(300_000);
    const bench = Bench.from([large], ["one "], ["two "]);
    bench.clock.advance(1_000);
    await turn();
    expect(bench.fetched).toEqual([[2, 3]]);
    bench.cut();
    bench.server = Server.from([large], ["one "]);
    await bench.attach();
    expect(bench.settle()).toBe(`two one ${large}`);
    expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 2, 3]);
  });

  it("[CL25] sees that the versions it missed belong to another history", async () => {
    const bench = Bench.from(["old"]);
    bench.receive(bench.server.edit([3, " lost"], 70));
    bench.editor.append("!");
    bench.cut();
    bench.server = Server.from(["old"]);
    for (const letter of "abc") bench.server.edit([letter]);
    await bench.attach();
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("cbaold lost!");
  });

  it("[CL25] tells what was here, what the container had, and what is there now", async () => {
    const bench = Bench.from(["old"]);
    bench.receive(bench.server.edit([3, " lost"], 70));
    bench.cut();
    bench.server = Server.from(["old"]);
    await bench.attach();
    bench.settle();
    expect(bench.merged).toEqual([{ ours: "old lost", theirs: "old", merged: "old lost" }]);
  });

  it("[CL25] takes over a text under a version that starts anew", async () => {
    const bench = new Bench("text", 41);
    bench.receive(bench.server.edit([4, "!"]));
    bench.editor.append(" unsent");
    bench.cut();
    bench.server = new Server("text!", 1);
    await bench.attach();
    expect(bench.settle()).toBe("text! unsent");
  });

  it("[CL25] merges with what is there when the versions between are not to be had", async () => {
    const bench = new Bench("one\ntwo\n");
    bench.editor.type(0, "mine\n");
    bench.cut();
    bench.server.edit([8, "three\n"]);
    bench.server.edit([14, "four\n"]);
    bench.server.packets.length = 0;
    await bench.attach();
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("mine\none\ntwo\nthree\nfour\n");
  });

  it.each([
    ["unavailable", 0],
    ["timeout", 1],
  ] as const)(
    "[CL25] merges by guess no text whose past is not told (%s)",
    async (code, reopened) => {
      const bench = Bench.from(["old"]);
      bench.receive(bench.server.edit([3, " lost"], 70));
      bench.editor.append("!");
      bench.cut();
      bench.server = Server.from(["old"], ["> "]);
      bench.server.fetchFault = new RequestError(code, "no answer");
      await bench.attach();
      expect(bench.document.state).toEqual({ kind: "offline", unsent: 1 });
      expect(bench.reopened).toBe(reopened);
      bench.cut();
      bench.server.fetchFault = undefined;
      await bench.attach();
      expect(bench.settle()).toBe("> old lost!");
      expect(bench.server.packets.map(({ nonce }) => nonce)).toEqual([1, 2, 70, 1000]);
    },
  );

  it("[CL25] does not forget what it has seen of a container that forgets again", async () => {
    const bench = Bench.from(["old"]);
    bench.receive(bench.server.edit([3, " lost"], 70));
    bench.cut();
    bench.server = Server.from(["old"], ["> "], [5, " more"]);
    await bench.attach();
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("> old more lost");
    bench.cut();
    bench.server = Server.from(["old"]);
    await bench.attach();
    expect(bench.settle()).toBe("> old more lost");
  });

  it("[CL25] does not type twice what had arrived, though nobody can tell by packets", async () => {
    const bench = new Bench("one\n");
    bench.editor.append("a whole line of mine\n");
    bench.accept();
    bench.cut();
    bench.editor.append("and one more\n");
    bench.server.edit(["zero\n"]);
    bench.server.packets.length = 0;
    await bench.attach();
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("zero\none\na whole line of mine\nand one more\n");
  });
});

describe("distrust", () => {
  it("[CL26] starts over from the container's text when a checksum is another, and loses nothing", async () => {
    const bench = new Bench("one two");
    bench.editor.append(" mine");
    bench.receive({ ...bench.server.edit([3, "!"]), crc32: 12345 });
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("one! two mine");
  });

  it("[CL25] gives back nothing that it has got wrong, not even what came without a nonce", async () => {
    const bench = Bench.from(["one two"]);
    bench.editor.append(" mine");
    bench.receive({ ...bench.server.edit([3, "!"]), op: [2, "!"] });
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    expect(bench.settle()).toBe("one! two mine");
  });

  it("[CL26] starts over when a packet does not fit the text", async () => {
    const bench = new Bench("one");
    bench.receive({ version: 2, op: [100, "x"], nonce: 0, crc32: 0, userId: 9, committedMs: 0 });
    expect(bench.reopened).toBe(1);
    bench.cut();
    await bench.attach();
    bench.editor.append("!");
    bench.settle();
  });

  it("[CL26] takes no checksum for none", () => {
    const bench = new Bench("one");
    bench.receive({ ...bench.server.edit(["x"]), crc32: 0 });
    expect(bench.reopened).toBe(0);
    bench.settle();
  });

  it("[CL26] starts over when an edit is refused, and gives up when that does not help", async () => {
    const bench = new Bench("one");
    bench.editor.append("!");
    for (let attempt = 1; attempt <= 3; attempt++) {
      bench.sent[0]?.answer(new RequestError("conflict", "version too old"));
      await turn();
      expect(bench.reopened).toBe(attempt);
      bench.cut();
      await bench.attach();
    }
    bench.sent[0]?.answer(new RequestError("conflict", "version too old"));
    await turn();
    expect(bench.document.state).toMatchObject({ kind: "failed" });
    expect(bench.document.text()).toBe("one!");
  });

  it("fetches what is missing when packets skip a version", async () => {
    const bench = new Bench("one");
    bench.server.edit(["a"]);
    bench.server.edit(["b"]);
    bench.receive(bench.server.edit(["c"]));
    bench.receive(bench.server.edit(["d"]));
    await turn();
    expect(bench.settle()).toBe("dcbaone");
  });
});

describe("carets", () => {
  const cursor = (id: string, userId: number, position: number): OtMessage => ({
    kind: "cursor",
    cursor: {
      id,
      session: userId + 10,
      userId,
      name: "Ada",
      position,
      selectionStart: position,
      selectionEnd: position,
    },
  });

  it("[CL27] shows others' carets where they are on the screen, and moves them with every edit", async () => {
    const bench = new Bench("😀 one two");
    let told = 0;
    bench.document.onCursors(() => told++);
    bench.editor.type(0, "> ");
    bench.document.handle(cursor("a", 9, 5));
    expect(bench.document.cursors()).toMatchObject([{ session: 19, name: "Ada", position: 8 }]);
    bench.editor.type(8, "!");
    expect(bench.document.cursors()[0]?.position).toBe(8);
    bench.receive(bench.server.edit([5, "typed by Ada"]));
    expect(bench.document.cursors()[0]?.position).toBe(8 + 12);
    await turn();
    expect(told).toBe(1);
    bench.document.handle({ kind: "cursor-gone", id: "a" });
    expect(bench.document.cursors()).toEqual([]);
  });

  it("[CL27] never shows one beyond the end, and none of a connection that is lost", () => {
    const bench = new Bench("one");
    bench.document.handle(cursor("a", 9, 400));
    expect(bench.document.cursors()[0]?.position).toBe(3);
    bench.cut();
    expect(bench.document.cursors()).toEqual([]);
  });

  it("[CL28] sends own carets in code points, at most every 50 ms, the newest last", () => {
    const bench = new Bench("😀 one");
    bench.document.setSelections([{ anchor: 2, head: 2 }]);
    bench.document.setSelections([{ anchor: 2, head: 4 }]);
    bench.document.setSelections([{ anchor: 6, head: 3 }]);
    expect(bench.cursors).toEqual([[{ position: 1, selectionStart: 1, selectionEnd: 1 }]]);
    bench.clock.advance(50);
    expect(bench.cursors.slice(1)).toEqual([[{ position: 2, selectionStart: 2, selectionEnd: 5 }]]);
    bench.clock.advance(500);
    expect(bench.cursors).toHaveLength(2);
  });

  it("[CL28] sends none while an edit is on its way, and then where it is by now", () => {
    const bench = new Bench("one");
    bench.editor.append("!");
    bench.document.setSelections([{ anchor: 4, head: 4 }]);
    bench.receive(bench.server.edit(["> "]));
    expect(bench.cursors).toEqual([]);
    bench.arrive();
    expect(bench.cursors).toEqual([[{ position: 6, selectionStart: 6, selectionEnd: 6 }]]);
  });

  it("[CL28] tells nobody where others' edits have carried them, which everyone knows", () => {
    const bench = new Bench("one");
    bench.document.setSelections([{ anchor: 1, head: 3 }]);
    expect(bench.cursors).toHaveLength(1);
    bench.receive(bench.server.edit(["> "]));
    bench.receive(bench.server.edit([3, "at its edge"]));
    bench.document.setSelections([{ anchor: 14, head: 16 }]);
    bench.clock.advance(500);
    expect(bench.cursors).toHaveLength(1);
    bench.document.setSelections([{ anchor: 16, head: 14 }]);
    expect(bench.cursors[1]).toEqual([{ position: 14, selectionStart: 14, selectionEnd: 16 }]);
  });

  it("[CL28] tells them anew on a new connection", async () => {
    const bench = new Bench("one");
    bench.document.setSelections([{ anchor: 1, head: 1 }]);
    bench.cut();
    bench.clock.advance(1000);
    await bench.attach();
    expect(bench.cursors).toHaveLength(2);
    bench.document.close();
    expect(bench.cursors.at(-1)).toEqual([]);
  });
});

/** The nearest offset before `offset` that cuts no pair. */
function wholeCharacters(text: string, offset: number): number {
  const within = Math.min(offset, text.length);
  return /[\uD800-\uDBFF]/.test(text.charAt(within - 1)) ? within - 1 : within;
}

describe("chance", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))(
    "[OT6] converges, seed %i",
    async (seed) => {
      const random = mulberry32(seed);
      const below = (n: number): number => randomBelow(random, n);
      const bench = new Bench("The quick 😀 brown fox\r\njumps over\n");
      const inserts = ["a", "😀", "\n", "word ", "\r\n", "é"];
      const pick = (): string => inserts[below(inserts.length)] ?? "";
      for (let step = 0; step < 150; step++) {
        const isUp = bench.document.state.kind === "live";
        switch (below(8)) {
          case 0:
          case 1:
          case 2: {
            const { text } = bench.editor;
            const offset = wholeCharacters(text, below(text.length + 1));
            bench.editor.type(offset, pick(), wholeCharacters(text, offset + below(4)) - offset);
            break;
          }
          case 3: {
            const at = below(bench.server.authority.text.length);
            const op: Op = below(2) === 0 ? [at, pick()] : [at, -1];
            const packet = bench.server.edit(at === 0 ? op.slice(1) : op);
            if (isUp) bench.receive(packet);
            break;
          }
          case 4:
            if (isUp && bench.sent.length > 0) bench.arrive();
            break;
          case 5:
            if (isUp && bench.sent.length > 0 && below(2) === 0) bench.accept();
            bench.cut();
            break;
          case 6:
            if (!isUp) await bench.attach();
            break;
          default:
            if (below(2) === 0) bench.editor.undo();
            else bench.editor.redo();
        }
        expect(bench.editor.text).toBe(bench.document.text());
      }
      bench.cut();
      await bench.attach();
      await turn();
      bench.settle();
      expect(bench.reopened).toBe(0);
      expect(crc32OfText(bench.server.text)).toBe(bench.server.authority.text.crc32());
    },
  );
});
