import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { componentsOf } from "#container/services/ot/commit.ts";
import { parseReplPath } from "#container/paths.ts";
import { OtClient } from "./otClient.ts";
import { memoryHost, nodeHost, type OtHost } from "./otHosts.ts";

// How text and file follow each other, on both machines that the container runs on.
describe.each([
  ["memory", memoryHost],
  ["node", nodeHost],
])("ot and files over %s", (_, createHost) => {
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

  async function fileIs(path: string, content: string | undefined): Promise<void> {
    await host.until(async () => (await host.read(path).catch(() => undefined)) === content);
  }

  const announceMoved = (from: string, to: string): void =>
    host.announce({ kind: "moved", from: parseReplPath(from), to: parseReplPath(to) });

  describe("saving", () => {
    it("[OT28] follows an edit by itself, and follows fast typing within three seconds", async () => {
      const ada = await open("a.txt", "");
      let typed = "";
      // Never a pause of a second: the file must not wait for one.
      await host.until(async () => {
        typed += "x";
        expect(await ada.send(["x"])).toBe("ok");
        await ada.upTo(ada.version + 1);
        return (await host.read("a.txt")) !== "";
      });
      await fileIs("a.txt", typed);
    });

    it("[OT28] is done when flush is answered, and before a program is run", async () => {
      const ada = await open("a.txt", "one");
      const bob = await open("b.txt", "two");
      await ada.send(["1 "]);
      expect(await ada.flush()).toBe("ok");
      expect(await host.read("a.txt")).toBe("1 one");
      await ada.send(["! "], { base: 2 });
      await bob.send(["? "]);
      await host.repl.documents.save();
      expect(await host.read("a.txt")).toBe("! 1 one");
      expect(await host.read("b.txt")).toBe("? two");
    });

    it("[OT28] happens when the last one leaves and when the container stops", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await host.restart();
      expect(await host.read("a.txt")).toBe("abcd");
    });

    it("[OT25] does not come back as a change", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await ada.upTo(2);
      await fileIs("a.txt", "abcd");
      await host.write("a.txt", "abcd");
      await ada.send([4, "e"]);
      expect(await ada.flush()).toBe("ok");
      await host.write("a.txt", "abcde!");
      expect(await ada.upTo(4)).toBe("abcde!");
    });
  });

  describe("a program's change", () => {
    it("[OT25] comes as a packet of user 0, with only what is different", async () => {
      const ada = await open("a.txt", "one\ntwo\nthree\n");
      await host.write("a.txt", "one\n2\nthree\nfour\n");
      expect(await ada.upTo(2)).toBe("one\n2\nthree\nfour\n");
      const [packet] = ada.packets;
      expect(packet).toMatchObject({ userId: 0, nonce: 0, version: 2 });
      expect(componentsOf(packet?.ops ?? [])).toEqual([4, -3, "2", 6, "\nfour"]);
    });

    it("[OT25] is merged with what was typed and is not saved yet", async () => {
      const ada = await open("a.txt", "begin middle end");
      await ada.send([16, " typed"]);
      await host.write("a.txt", "begin MIDDLE end");
      expect(await ada.upTo(3)).toBe("begin MIDDLE end typed");
      await ada.send(["more "]);
      await fileIs("a.txt", "more begin MIDDLE end typed");
    });

    it("[OT25] is found at the latest before the next saving", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await host.write("a.txt", "0abc");
      expect(await ada.flush()).toBe("ok");
      expect(await host.read("a.txt")).toBe("0abcd");
      expect(await ada.upTo(3)).toBe("0abcd");
    });

    it("[OT25] is seen at once when the files service made it", async () => {
      const ada = await open("a.txt", "abc");
      await host.write("a.txt", "xyz");
      host.announce({ kind: "wrote", path: parseReplPath("a.txt") });
      expect(await ada.upTo(2)).toBe("xyz");
    });

    it("[OT26] that makes no text of the file leaves the text alone, until it is one", async () => {
      const ada = await open("a.txt", "abc");
      await host.write("a.txt", Uint8Array.of(0xff, 0xfe));
      const toast = await ada.client.next("toast");
      expect(toast.text).toContain("a.txt: not a text file");
      expect(await ada.send([3, "d"])).toBe("ok");
      expect(await ada.flush()).toContain("not a text file");
      await host.write("a.txt", "0abc");
      expect(await ada.upTo(3)).toBe("0abcd");
      await fileIs("a.txt", "0abcd");
    });
  });

  describe("removal", () => {
    it("[OT30] leaves the text, and only an edit brings the file back", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await ada.upTo(2);
      await host.remove("a.txt");
      host.announce({ kind: "removed", path: parseReplPath("a.txt") });
      await host.until(async () => (await ada.flush()).includes("no such file or directory"));
      expect(await ada.send([4, "e"])).toBe("ok");
      await fileIs("a.txt", "abcde");
    });

    it("[OT30] of the folder is no different", async () => {
      await host.mkdir("folder");
      const ada = await open("folder/a.txt", "abc");
      await host.remove("folder");
      await host.until(async () => (await ada.flush()).includes("no such file or directory"));
      expect(await ada.send([3, "d"])).toBe("ok");
      expect(await ada.flush()).toBe("ok");
      expect(await host.read("folder/a.txt")).toBe("abcd");
    });

    it("[OT30] is over when the file is written again", async () => {
      const ada = await open("a.txt", "abc");
      await host.remove("a.txt");
      await host.until(async () => (await ada.flush()).includes("no such file or directory"));
      await host.write("a.txt", "abcd");
      expect(await ada.upTo(2)).toBe("abcd");
      expect(await ada.flush()).toBe("ok");
    });
  });

  describe("renaming", () => {
    it("[OT30] takes the text along, whichever name it was opened by", async () => {
      const ada = await open("a.txt", "abc");
      await host.move("a.txt", "b.txt");
      announceMoved("a.txt", "b.txt");
      await ada.send([3, "d"]);
      await fileIs("b.txt", "abcd");
      await ada.upTo(2);
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
      await bob.send([4, "e"]);
      expect(await ada.upTo(3)).toBe("abcde");
      expect(await bob.flush()).toBe("ok");
      expect(await host.read("b.txt")).toBe("abcde");
      await expect(host.read("a.txt")).rejects.toThrow("no such file");
      await host.write("b.txt", "0abcde");
      expect(await ada.upTo(4)).toBe("0abcde");
    });

    it("[OT30] leaves who had it open under its old name together with those who come there", async () => {
      const ada = await open("a.txt", "abc");
      await host.move("a.txt", "b.txt");
      announceMoved("a.txt", "b.txt");
      await fileIs("a.txt", undefined);
      const bob = await open("a.txt");
      await bob.send([3, "d"]);
      expect(await ada.upTo(2)).toBe("abcd");
      await fileIs("b.txt", "abcd");
      await fileIs("a.txt", undefined);
    });

    it("[OT30] lets the old name be used anew when those who had it open have left", async () => {
      const ada = await open("a.txt", "abc");
      await host.move("a.txt", "b.txt");
      announceMoved("a.txt", "b.txt");
      ada.client.close();
      const bob = await open("a.txt", "new");
      expect([bob.text, bob.version]).toEqual(["new", 1]);
      const carol = await open("b.txt");
      expect([carol.text, carol.version]).toEqual(["abc", 1]);
    });

    it("[OT30] of a folder takes all its texts along", async () => {
      await host.mkdir("old");
      await host.mkdir("old/deep");
      const ada = await open("old/deep/a.txt", "abc");
      await host.move("old", "new");
      announceMoved("old", "new");
      await ada.send([3, "d"]);
      await fileIs("new/deep/a.txt", "abcd");
      await host.write("new/deep/a.txt", "0abcd");
      expect(await ada.upTo(3)).toBe("0abcd");
    });

    it("[OT30] by a program is followed too", async () => {
      const ada = await open("a.txt", "abc");
      await host.write("a.txt", "abcd");
      await ada.upTo(2);
      await host.move("a.txt", "b.txt");
      await host.until(async () => (await ada.flush()) === "ok");
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
      await ada.send([4, "e"]);
      await fileIs("b.txt", "abcde");
      await expect(host.read("a.txt")).rejects.toThrow("no such file");
    });

    it("[OT30] by a program is followed to a folder that nobody has looked into", async () => {
      await host.mkdir("old");
      const ada = await open("old/a.txt", "abc");
      await host.write("old/a.txt", "abc.");
      await ada.upTo(2);
      await host.mkdir("new");
      await host.mkdir("new/deep");
      await host.move("old/a.txt", "new/deep/a.txt");
      await host.until(async () => (await ada.flush()) === "ok");
      await ada.send([4, "d"], { base: 2 });
      await fileIs("new/deep/a.txt", "abc.d");
      await fileIs("old/a.txt", undefined);
      const bob = await open("new/deep/a.txt");
      expect([bob.text, bob.version]).toEqual(["abc.d", 3]);
    });

    it("[OT30] by a program is followed right after a saving", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      expect(await ada.flush()).toBe("ok");
      await host.move("a.txt", "b.txt");
      await host.until(async () => (await ada.flush()) === "ok");
      await ada.send([4, "e"], { base: 2 });
      await fileIs("b.txt", "abcde");
      await fileIs("a.txt", undefined);
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcde", 3]);
    });

    it("[OT30] by a program is followed by what is typed before that is known", async () => {
      const ada = await open("a.txt", "abc");
      await host.write("a.txt", "abc.");
      await ada.upTo(2);
      await host.move("a.txt", "b.txt");
      await host.until(async () => (await ada.flush()).includes("no such file or directory"));
      await ada.send([4, "d"], { base: 2 });
      const flushed = ada.flush();
      await fileIs("b.txt", "abc.d");
      expect(await flushed).toBe("ok");
      await fileIs("a.txt", undefined);
    });

    it("[OT30] by a program is followed from name to name", async () => {
      const ada = await open("a.txt", "abc");
      await host.write("a.txt", "abc.");
      await ada.upTo(2);
      await host.move("a.txt", "b.txt");
      await host.until(async () => (await ada.flush()).includes("no such file or directory"));
      await host.move("b.txt", "c.txt");
      await host.until(async () => (await ada.flush()) === "ok");
      await ada.send([4, "d"], { base: 2 });
      await fileIs("c.txt", "abc.d");
      const bob = await open("c.txt");
      expect([bob.text, bob.version]).toEqual(["abc.d", 3]);
    });

    it("[OT30] away and writing anew, as editors save, is a change of the file", async () => {
      const ada = await open("a.txt", "abc");
      await host.move("a.txt", "a.txt~");
      await host.write("a.txt", "abc changed");
      await host.until(async () => {
        if ((await host.read("a.txt")) !== "abc changed") return false;
        return (await open("a.txt")).text === "abc changed";
      });
      await host.remove("a.txt~");
      await ada.send([3, "!"], { base: 1 });
      await fileIs("a.txt", "abc changed!");
      expect((await open("a.txt")).version).toBe(3);
    });

    it("[OT30] onto an open text changes that text, and leaves the other without a file", async () => {
      const ada = await open("a.txt", "text of a");
      const bob = await open("b.txt", "text of b");
      await host.move("a.txt", "b.txt");
      announceMoved("a.txt", "b.txt");
      expect(await bob.upTo(2)).toBe("text of a");
      await bob.send(["new "]);
      await fileIs("b.txt", "new text of a");
      expect(await ada.flush()).toContain("no such file or directory");
    });
  });

  describe("copying", () => {
    const facts = async (client: OtClient) =>
      (await client.fetch(1, 0)).map(({ version, userId, committed, ops }) => ({
        version,
        userId,
        committed,
        ops: componentsOf(ops),
      }));

    it("[OT37] gives the copy the history of its source, from which it goes its own way", async () => {
      const ada = await open("a.txt", "abc");
      await ada.send([3, "d"]);
      await host.copy("a.txt", "b.txt");
      expect(await host.read("b.txt")).toBe("abcd");
      await ada.send([4, "e"], { base: 2 });
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
      await bob.send(["0"]);
      const [original, copy] = [await facts(ada), await facts(bob)];
      expect(original).toHaveLength(3);
      expect(copy.slice(0, 2)).toEqual(original.slice(0, 2));
      expect(copy[1]).toMatchObject({ userId: 1 });
      expect(copy[2]).toMatchObject({ userId: 2, ops: ["0"] });
      expect(await ada.upTo(3)).toBe("abcde");

      await host.restart();
      const carol = await open("b.txt");
      expect(carol.text).toBe("0abcd");
      expect((await facts(carol)).slice(0, 3)).toEqual(copy);
      expect(await facts(await open("a.txt"))).toEqual(original);
    });

    it("[OT37] goes for all texts of a folder, open or not, and for copies of copies", async () => {
      await host.mkdir("lib");
      const ada = await open("lib/a.txt", "abc");
      await ada.send([3, "d"]);
      await (await open("lib/b.txt", "xyz")).send(["w"]);
      await host.restart();
      await (await open("lib/b.txt")).send(["v"]);
      await host.write("lib/unseen.txt", "never opened");
      await host.copy("lib", "lib 2");
      await host.copy("lib 2", "deep/lib 3");
      const [a, b] = [await open("deep/lib 3/a.txt"), await open("deep/lib 3/b.txt")];
      expect([a.text, a.version]).toEqual(["abcd", 2]);
      expect([b.text, b.version]).toEqual(["vwxyz", 3]);
      expect((await facts(b)).map(({ userId }) => userId)).toEqual([0, 2, 3]);
      const unseen = await open("lib 2/unseen.txt");
      expect([unseen.text, unseen.version]).toEqual(["never opened", 1]);
    });

    it("[OT37] ends the history where the copy was made, though somebody goes on typing", async () => {
      const ada = await open("a.txt", "abc");
      const copied = { from: parseReplPath("a.txt"), to: parseReplPath("b.txt") };
      await host.repl.documents.copy(copied, async () => {
        await host.write("b.txt", await host.read("a.txt"));
        await ada.send([3, "d"]);
        await ada.send([4, "e"], { base: 2 });
      });
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abc", 1]);
      await bob.send(["0"]);
      await host.restart();
      const carol = await open("b.txt");
      expect([carol.text, carol.version]).toEqual(["0abc", 2]);
      expect(await facts(carol)).toHaveLength(2);
    });

    it("[OT37] leaves the history of a file that was there and is gone behind", async () => {
      await (await open("b.txt", "old")).send(["very "]);
      await host.restart();
      await host.remove("b.txt");
      await (await open("a.txt", "abc")).send([3, "d"]);
      await host.copy("a.txt", "b.txt");
      const bob = await open("b.txt");
      expect([bob.text, bob.version]).toEqual(["abcd", 2]);
    });

    it("[OT37] that fails changes nothing", async () => {
      await open("a.txt", "abc");
      const bob = await open("b.txt", "xyz");
      await expect(host.copy("a.txt", "b.txt")).rejects.toThrow("file exists");
      await expect(host.copy("none.txt", "c.txt")).rejects.toThrow("no such file or directory");
      expect(await bob.send(["w"])).toBe("ok");
      expect((await open("a.txt")).text).toBe("abc");
    });

    it("[OT37] [DU1] keeps all key frames and what is between them", async () => {
      const ada = await open("a.txt", "");
      const line = "x".repeat(16 * 1024);
      for (let version = 1; version <= 40; version++) {
        expect(await ada.send([`${version} ${line}\n`], { base: version })).toBe("ok");
        if (version % 12 === 0) await ada.flush();
      }
      await host.copy("a.txt", "b.txt");
      const bob = await open("b.txt");
      expect(bob.version).toBe(41);
      expect(await facts(bob)).toEqual(await facts(ada));
      await bob.send(["end "]);
      expect(await bob.flush()).toBe("ok");
      await host.restart();
      const carol = await open("b.txt");
      expect(carol.text.startsWith("end 40 xxx")).toBe(true);
      expect(await facts(carol)).toHaveLength(42);
    });
  });

  describe("carets", () => {
    const cursor = (id: string, position: number, selectionStart = position) =>
      ({
        case: "otNewCursor",
        value: {
          id,
          position,
          selectionStart,
          selectionEnd: position,
          user: { id: 99, name: "x" },
        },
      }) as const;

    it("[OT29] go to the others, stamped with who they are of", async () => {
      await host.write("a.txt", "hello");
      const ada = await OtClient.open(await host.join({ userId: 7, name: "ada" }), "a.txt");
      const bob = await open("a.txt");
      ada.client.send(ada.id, cursor("c1", 3, 1));
      const seen = await bob.client.take(({ body }) => body.case === "otNewCursor");
      expect(seen.session).toBe(-2);
      expect(seen.body.value).toMatchObject({
        id: "c1",
        position: 3,
        selectionStart: 1,
        selectionEnd: 3,
        user: { id: 7, name: "ada", session: 2 },
      });
      ada.client.send(ada.id, { case: "otDeleteCursor", value: { id: "c1" } });
      expect((await bob.client.next("otDeleteCursor")).id).toBe("c1");
      await ada.client.ping();
      expect(ada.client.received).toEqual([]);
    });

    it("[OT29] [CL27] stand in otstatus before what others have inserted there", async () => {
      const ada = await open("a.txt", "hello");
      const bob = await open("a.txt");
      ada.client.send(ada.id, cursor("c1", 5));
      ada.client.send(ada.id, cursor("c2", 5, 2));
      await ada.send([5, " there"]);
      await bob.send([11, "!"], { base: 2 });
      await bob.send([2, "?"], { base: 3 });
      const carol = await open("a.txt");
      expect(carol.text).toBe("he?llo there!");
      expect(
        carol.status.cursors.map(({ position, selectionStart, selectionEnd }) => [
          selectionStart,
          selectionEnd,
          position,
        ]),
      ).toEqual([
        [12, 12, 12],
        [3, 12, 12],
      ]);
    });

    it("[OT29] stand in otstatus where edits have carried them, inside of the text", async () => {
      const ada = await open("a.txt", "hello");
      ada.client.send(ada.id, cursor("c1", 5, 2));
      ada.client.send(ada.id, cursor("c2", 999));
      await ada.send(["🙂 "]);
      await ada.send([4, -1], { base: 2 });
      const bob = await open("a.txt");
      expect(bob.text).toBe("🙂 helo");
      expect(
        bob.status.cursors.map(({ id, position, selectionStart }) => [
          id,
          position,
          selectionStart,
        ]),
      ).toEqual([
        ["c1", 6, 4],
        ["c2", 6, 6],
      ]);
    });

    it("[OT29] leave with their session, and are nobody else's to delete", async () => {
      const ada = await open("a.txt", "hello");
      const bob = await open("a.txt");
      ada.client.send(ada.id, cursor("c1", 1));
      await bob.client.next("otNewCursor");
      bob.client.send(bob.id, { case: "otDeleteCursor", value: { id: "c1" } });
      await bob.client.ping();
      expect((await open("a.txt")).status.cursors).toHaveLength(1);
      ada.client.close();
      expect((await bob.client.next("otDeleteCursor")).id).toBe("c1");
      expect((await open("a.txt")).status.cursors).toEqual([]);
    });

    it("[OT29] are at most 200 of one session", async () => {
      const ada = await open("a.txt", "hello");
      const bob = await open("a.txt");
      for (let i = 0; i < 202; i++) ada.client.send(ada.id, cursor(`c${i}`, 1));
      expect((await bob.client.next("otDeleteCursor")).id).toBe("c0");
      expect((await bob.client.next("otDeleteCursor")).id).toBe("c1");
      const ids = (await open("a.txt")).status.cursors.map(({ id }) => id);
      expect([ids.length, ids[0], ids.at(-1)]).toEqual([200, "c2", "c201"]);
    });
  });
});
