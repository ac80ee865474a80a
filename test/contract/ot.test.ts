import { api } from "@replit/protocol";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32OfText } from "#common/ot/crc32.ts";
import { componentsOf } from "#container/services/ot/commit.ts";
import { parseReplPath } from "#container/paths.ts";
import { OtClient, replay } from "./otClient.ts";
import { memoryHost, nodeHost, type OtHost } from "./otHosts.ts";

// What a client may rely on, over frames alone, on both machines that the container runs on.
describe.each([
  ["memory", memoryHost],
  ["node", nodeHost],
])("ot over %s", (_, createHost) => {
  let host: OtHost;

  beforeEach(async () => {
    host = await createHost();
  });

  afterEach(async () => {
    await host.close();
  });

  /** A new client with the text of a file open, which is written first when its content is given. */
  async function open(path: string, content?: string): Promise<OtClient> {
    if (content !== undefined) await host.write(path, content);
    return OtClient.open(await host.join(), path);
  }

  describe("linking", () => {
    it("[OT21] tells a text as one insert, as ok and as a response", async () => {
      await host.write("a.txt", "hi 🙂\r\n");
      const client = await host.join();
      const { id } = await client.open("ot", "ot:a.txt");
      const status = await client.next("otstatus", id);
      expect([status.version, status.contents, status.linkedFile]).toEqual([0, "", undefined]);

      const frames: Uint8Array[] = [];
      host.onFrame((frame) => frames.push(frame));
      const file = { path: "./a.txt" };
      const { body } = await client.request(id, { case: "otLinkFile", value: { file } });
      expect(body).toMatchObject({
        case: "otLinkFileResponse",
        value: {
          version: 1,
          linkedFile: { path: "a.txt", content: new TextEncoder().encode("hi 🙂\r\n") },
        },
      });
      const packet = await client.next("ot", id);
      expect(packet).toMatchObject({ version: 1, spookyVersion: 1, nonce: 0 });
      expect(packet.crc32).toBe(crc32OfText("hi 🙂\r\n"));
      expect(componentsOf(packet.ops)).toEqual(["hi 🙂\r\n"]);
      // The public library of the seed schema, on the same frames.
      const seen = frames.map((frame) => api.Command.decode(frame));
      expect(seen.map((command) => command.body)).toEqual(["ot", "ok"]);
      expect(seen.map((command) => command.session)).toEqual([0, 2]);
    });

    it("[OT21] tells an empty text without an operation", async () => {
      await host.write("empty", "");
      const client = await host.join();
      const { id } = await client.open("ot", "ot:empty");
      client.send(id, { case: "otLinkFile", value: { file: { path: "empty" } } }, "r");
      const packet = await client.next("ot", id);
      expect([packet.version, packet.ops, packet.crc32]).toEqual([1, [], 0]);
      const response = await client.next("otLinkFileResponse", id);
      expect([response.version, response.linkedFile?.content.byteLength]).toEqual([1, 0]);
    });

    it("[OT21] answers a second link to its session only, and a third path not at all", async () => {
      const ada = await open("a.txt", "one");
      const bob = await open("a.txt");
      expect(bob.status.linkedFile?.path).toBe("a.txt");
      await ada.send([3, " two"]);
      await bob.upTo(2);
      const again = await bob.link("a.txt");
      expect([again.version, bob.version, bob.text]).toEqual([2, 2, "one two"]);
      await ada.upTo(2);
      await ada.client.ping();
      expect(ada.client.received).toEqual([]);
      await host.write("b.txt", "other");
      await expect(bob.link("b.txt")).rejects.toThrow("linked to a.txt already");
    });

    it("[OT26] refuses what is no text, and leaves the channel as it was", async () => {
      await host.write("latin1", Uint8Array.of(0x67, 0xfc, 0x6e));
      await host.write("binary", Uint8Array.of(0x61, 0, 0x62));
      await host.write("surrogate", Uint8Array.of(0xed, 0xa0, 0x80));
      await host.write("large", new Uint8Array(10 * 1024 * 1024 + 1).fill(0x61));
      await host.write("good", "text");
      const client = await host.join();
      const { id } = await client.open("ot", "ot:any");
      const link = async (path: string) => {
        const { body } = await client.request(id, {
          case: "otLinkFile",
          value: { file: { path } },
        });
        return body.case === "error" ? body.value : body.case;
      };
      expect(await link("latin1")).toContain("not a text file");
      expect(await link("binary")).toContain("not a text file");
      expect(await link("surrogate")).toContain("not a text file");
      expect(await link("large")).toContain("file too large");
      expect(await link("missing")).toContain("no such file or directory");
      expect(await link(".")).toContain("is a directory");
      expect(await link("../outside")).toContain("not inside the repl");
      expect(await link("good")).toBe("otLinkFileResponse");
    });

    it("[OT26] keeps a text byte for byte", async () => {
      const content = "\uFEFFone\r\ntwo\nthree\rfour 👩‍👩‍👧\u2028 end";
      const ada = await open("a.txt", content);
      expect(ada.text).toBe(content);
      expect(await ada.send([4, "!"])).toBe("ok");
      expect(await ada.flush()).toBe("ok");
      expect(await host.read("a.txt")).toBe(`${content.slice(0, 4)}!${content.slice(4)}`);
    });

    it("takes requests on an unlinked channel for mistakes", async () => {
      const client = await host.join();
      const { id } = await client.open("ot", "ot:a.txt");
      const answers = await Promise.all([
        client.request(id, { case: "ot", value: { ops: [] } }),
        client.request(id, { case: "flush", value: {} }),
        client.request(id, { case: "otFetchRequest", value: { versionFrom: 1, versionTo: 1 } }),
      ]);
      const error = { case: "error", value: "no file is linked yet" };
      expect(answers.map(({ body }) => body)).toEqual([error, error, error]);
    });
  });

  describe("editing", () => {
    it("[OT22] sends a packet to all, then ok to its sender", async () => {
      const ada = await open("a.txt", "hello");
      const bob = await open("a.txt");
      const value = {
        spookyVersion: 1,
        ops: [
          { op: { case: "skip", value: 5 } as const },
          { op: { case: "insert", value: " 🙂" } as const },
        ],
        nonce: 77,
      };
      ada.client.send(ada.id, { case: "ot", value }, "mine");
      const first = await ada.client.take(({ channel }) => channel === ada.id);
      const second = await ada.client.take(({ channel }) => channel === ada.id);
      expect([first.body.case, first.ref, first.session]).toEqual(["ot", "", 0]);
      expect([second.body.case, second.ref, second.session]).toEqual(["ok", "mine", 2]);
      const packet = await bob.client.next("ot", bob.id);
      expect(packet).toMatchObject({ version: 2, spookyVersion: 2, nonce: 77, userId: 1 });
      expect(packet.crc32).toBe(crc32OfText("hello 🙂"));
      expect(Number(packet.committed?.seconds)).toBeGreaterThan(1_600_000_000);
      bob.takeIn(packet);
      expect(bob.text).toBe("hello 🙂");
    });

    it("[OT20] puts a packet behind those that its base does not know", async () => {
      const ada = await open("a.txt", "abc");
      const bob = await open("a.txt");
      expect(await ada.send([1, "1"])).toBe("ok");
      // Both insert at one place: what was committed first goes first.
      expect(await bob.send([1, "2"], { base: 1 })).toBe("ok");
      expect(await bob.send([-3], { version: 2 })).toBe("ok");
      expect(await ada.upTo(4)).toBe("12");
      expect(await bob.upTo(4)).toBe("12");
    });

    it("[OT20] refuses a packet that does not fit, and nothing changes", async () => {
      const ada = await open("a.txt", "a🙂c");
      expect(await ada.send(["x"], { base: 2 })).toContain("no version 2 yet");
      expect(await ada.send([4, "x"])).toContain("past the end");
      expect(await ada.send([-4])).toContain("past the end");
      expect(await ada.send([1, 0, "x"])).toContain("invalid op");
      expect(await ada.send([1, ""])).toContain("invalid op");
      const nothing = { spookyVersion: 1, ops: [{}] };
      const { body } = await ada.client.request(ada.id, { case: "ot", value: nothing });
      expect(body).toMatchObject({ case: "error", value: expect.stringContaining("invalid op") });
      expect(await ada.send([1, -1, "b"])).toBe("ok");
      expect(await ada.upTo(2)).toBe("abc");
    });

    it("[OT26] refuses what would make the text too large", async () => {
      const ada = await open("a.txt", "x".repeat(10 * 1024 * 1024 - 3));
      expect(await ada.send(["🙂"])).toContain("file too large");
      expect(await ada.send(["é"])).toBe("ok");
      expect(await ada.send([10, -10])).toBe("ok");
      expect(await ada.send(["🙂"], { base: 3 })).toBe("ok");
    });

    it("[OT24] makes a version of an edit of which nothing is left", async () => {
      const ada = await open("a.txt", "abc");
      const bob = await open("a.txt");
      await ada.send([-3]);
      expect(await bob.send([1, -1], { base: 1 })).toBe("ok");
      expect(await ada.upTo(3)).toBe("");
      expect(componentsOf(ada.packets.at(-1)?.ops ?? [])).toEqual([]);
    });

    it("[OT24] applies a packet once that is sent twice, across a restart too", async () => {
      const ada = await open("a.txt", "abc");
      expect(await ada.send([3, "d"], { nonce: 5 })).toBe("ok");
      expect(await ada.send([3, "d"], { nonce: 5, base: 1 })).toBe("ok");
      expect(await ada.upTo(2)).toBe("abcd");

      await host.restart();
      const again = await OtClient.open(await host.join({ userId: 1 }), "a.txt");
      expect([again.text, again.version]).toEqual(["abcd", 2]);
      expect(await again.send([3, "d"], { nonce: 5, base: 1 })).toBe("ok");
      // Another person's nonce of that number, and the same number later, are other edits.
      const bob = await OtClient.open(await host.join({ userId: 9 }), "a.txt");
      expect(await bob.send(["B"], { nonce: 5, base: 1 })).toBe("ok");
      expect(await again.send(["A"], { nonce: 5, base: 3 })).toBe("ok");
      expect(await again.upTo(4)).toBe("ABabcd");
    });

    it("[OT36] takes what it has lost as its author's, from anyone, and once", async () => {
      const ada = await open("a.txt", "abc");
      expect(await ada.send(["1"], { nonce: 5, userId: 77 })).toBe("ok");
      expect(await ada.send(["2"], { nonce: 6, userId: 0xffffffff })).toBe("ok");
      const bob = await OtClient.open(await host.join({ userId: 9 }), "a.txt");
      expect(await bob.send(["1"], { nonce: 5, base: 1, userId: 77 })).toBe("ok");
      expect(await bob.send(["B"], { nonce: 7 })).toBe("ok");
      expect(await ada.upTo(4)).toBe("B12abc");
      expect(ada.packets.slice(-3).map(({ userId }) => userId)).toEqual([77, 0, 9]);
    });

    it("[OT22] keeps hundreds of edits that come at once in order", async () => {
      const ada = await open("a.txt", "");
      const bob = await open("a.txt");
      const answers: Promise<string>[] = [];
      for (let i = 0; i < 300; i++) {
        // Each on the first version: every one is carried across all before it.
        const client = i % 2 === 0 ? ada : bob;
        answers.push(client.send([`${i},`], { base: 1, nonce: i + 1 }));
      }
      expect(new Set(await Promise.all(answers))).toEqual(new Set(["ok"]));
      const text = await ada.upTo(301);
      expect(await bob.upTo(301)).toBe(text);
      const numbers = text.split(",").slice(0, -1).map(Number);
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 300 }, (__, i) => i));
      // What one client sends keeps its order.
      for (const half of [0, 1]) {
        const own = numbers.filter((n) => n % 2 === half);
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
    });

    it("[OT23] acknowledges with high consistency what is in the file", async () => {
      await host.write("a.txt", "abc");
      const client = await host.join();
      const { id } = await client.open("ot", "ot:a.txt");
      const ada = new OtClient(client, id, await client.next("otstatus", id));
      await ada.link("a.txt", true);
      for (let i = 0; i < 5; i++) {
        expect(await ada.send([String(i)])).toBe("ok");
        expect(await host.read("a.txt")).toBe(await ada.upTo(2 + i));
      }
    });

    it("lets a viewer read and look, and change nothing", async () => {
      await host.write("a.txt", "abc");
      const viewer = await OtClient.open(await host.join({ role: "viewer" }), "a.txt");
      expect(viewer.text).toBe("abc");
      expect(await viewer.send(["x"])).toContain("permission denied");
      expect(await viewer.flush()).toContain("permission denied");
      expect(await viewer.fetch(1, 1)).toHaveLength(1);
      const ada = await open("a.txt");
      expect(ada.text).toBe("abc");
    });
  });

  describe("history", () => {
    it("[OT27] is fetched by versions from 1, both ends included", async () => {
      const ada = await open("a.txt", "abc");
      for (const n of [1, 2, 3, 4]) {
        await ada.send([String(n)]);
        await ada.upTo(n + 1);
      }
      expect(await ada.fetch(3, 3)).toEqual([ada.packets[1]]);
      expect(await ada.fetch(2, 5)).toEqual(ada.packets);
      const all = await ada.fetch(1, 5);
      expect(all).toHaveLength(5);
      expect(all[0]).toMatchObject({ version: 1, userId: 0, crc32: crc32OfText("abc") });
      expect(await ada.fetch(4, 0)).toEqual(ada.packets.slice(2));
      expect(await ada.fetch(6, 0)).toEqual([]);
      for (const [from, to] of [
        [0, 2],
        [7, 0],
        [3, 2],
        [2, 6],
        [6, 6],
      ] as const) {
        await expect(ada.fetch(from, to)).rejects.toThrow(`no versions ${from} to `);
      }
    });

    it("[OT33] [OT34] is read without opening the file, also when the file is gone", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await ada.upTo(2);
      await host.restart();
      await host.remove("a.txt");
      const viewer = await host.join({ role: "viewer" });
      const read = async (name: string, versionFrom: number, versionTo: number) => {
        const { id } = await viewer.open("ot", name);
        const value = { versionFrom, versionTo };
        const { body } = await viewer.request(id, { case: "otFetchRequest", value });
        return body.case === "otFetchResponse" ? body.value.packets : body.value;
      };
      expect(await read("history:a.txt", 1, 0)).toHaveLength(2);
      expect(await read("history:a.txt", 2, 2)).toEqual(ada.packets);
      expect(await read("history:a.txt", 3, 0)).toEqual([]);
      expect(await read("history:b.txt", 1, 0)).toContain("b.txt: no history");
      expect(await read("ot:a.txt", 1, 0)).toContain("no file is linked yet");
      await open("kept.txt", "here");
      expect(await read("history:", 1, 0)).toEqual([
        {
          ...ada.packets[0],
          ops: [expect.objectContaining({ op: { case: "insert", value: "a.txt" } })],
        },
      ]);
      // Who comes with the file again finds it as it would have been.
      const bob = await open("a.txt", "abcd");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
      expect(await read("history:a.txt", 2, 2)).toEqual(ada.packets);
      expect(await read("history:", 1, 0)).toEqual([]);
    });

    it("[OT31] goes on after a restart, and through a rename", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await ada.upTo(2);
      await host.restart();
      await host.move("a.txt", "b.txt");
      await host.join();
      host.announce({ kind: "moved", from: parseReplPath("a.txt"), to: parseReplPath("b.txt") });
      await host.restart();
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
      expect(await bob.fetch(2, 2)).toEqual(ada.packets);
      const carol = await open("a.txt", "new");
      expect([carol.text, carol.version]).toEqual(["new", 1]);
    });

    it("[OT31] takes what changed while the container was away for one packet", async () => {
      const ada = await open("a.txt", "one two three");
      await ada.send([3, "!"]);
      await host.restart();
      expect(await host.read("a.txt")).toBe("one! two three");
      await host.write("a.txt", "one! 2 three");
      const bob = await open("a.txt");
      expect([bob.text, bob.version]).toEqual(["one! 2 three", 3]);
      const [packet] = await bob.fetch(3, 3);
      expect(packet?.userId).toBe(0);
      expect(componentsOf(packet?.ops ?? [])).toEqual([5, -3, "2"]);
    });

    it("[OT31] comes back with a removed file", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send(["x"]);
      await host.restart();
      await host.remove("a.txt");
      const client = await host.join();
      const { id } = await client.open("ot", "ot:a.txt");
      const { body } = await client.request(id, {
        case: "otLinkFile",
        value: { file: { path: "a.txt" } },
      });
      expect(body).toMatchObject({
        case: "error",
        value: expect.stringContaining("no such file or directory"),
      });
      const bob = await open("a.txt", "back");
      expect([bob.text, bob.version]).toEqual(["back", 3]);
      expect(await bob.fetch(1, 3)).toHaveLength(3);
    });

    it("[OT27] [OT31] is all there behind many key frames", { timeout: 30_000 }, async () => {
      let ada = await open("a.txt", "start ");
      let expected = ada.text;
      for (let round = 0; round < 4; round++) {
        const line = `${round} `.repeat(10_000);
        for (let i = 0; i < 4; i++) {
          expect(await ada.send([expected.length, line])).toBe("ok");
          expected = await ada.upTo(ada.version + 1);
          expect(await ada.send([6, -15_000])).toBe("ok");
          expected = await ada.upTo(ada.version + 1);
        }
        expect(await ada.flush()).toBe("ok");
        await host.restart();
        ada = await open("a.txt");
        expect(ada.text).toBe(expected);
        expect(ada.version).toBe(1 + 8 * (round + 1));
      }
      const packets = await ada.fetch(1, ada.version);
      expect(replay(packets)).toBe(expected);
      expect(await ada.fetch(9, 9)).toEqual([packets[8]]);
    });
  });
});
