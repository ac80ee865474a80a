import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { OtClient } from "./otClient.ts";
import { memoryHost, type OtHost } from "./otHosts.ts";

describe("ot and its disk", () => {
  /** Operations on stored data that the disk keeps waiting, while there is a list. */
  let held: (() => void)[] | undefined;
  /** Called when something has been done to the files. */
  let onFiles: () => void;
  /** Called when something has been done to stored data. */
  let onStorage: () => void;
  let host: OtHost & { readonly disk: MemoryDisk };

  beforeEach(async () => {
    held = undefined;
    onFiles = () => {};
    onStorage = () => {};
    host = await memoryHost(
      new MemoryDisk((operation, part) => {
        if (part === "storage" && held !== undefined) held.push(operation);
        else {
          queueMicrotask(() => {
            operation();
            if (part === "files") onFiles();
            else onStorage();
          });
        }
      }),
    );
  });

  afterEach(async () => {
    await host.close();
  });

  function release(): void {
    const operations = held ?? [];
    held = undefined;
    for (const operation of operations) queueMicrotask(operation);
  }

  async function open(content?: string): Promise<OtClient> {
    if (content !== undefined) await host.write("a.txt", content);
    return OtClient.open(await host.join(), "a.txt");
  }

  it("[OT22] tells nobody of a packet that is not stored yet, newcomers included", async () => {
    const ada = await open("abc");
    const bob = await open();
    held = [];
    const sent = ada.send([3, "d"]);
    const more = bob.send(["0"]);
    const joined = open();
    for (let i = 0; i < 5; i++) await ada.client.ping();
    const edits = (client: OtClient) =>
      client.client.received.filter(({ channel }) => channel === client.id);
    expect([edits(ada), edits(bob)]).toEqual([[], []]);
    release();
    expect([await sent, await more]).toEqual(["ok", "ok"]);
    expect([await ada.upTo(3), await bob.upTo(3)]).toEqual(["0abcd", "0abcd"]);
    const carol = await joined;
    await carol.upTo(3);
    expect(carol.text).toBe("0abcd");
  });

  it("[OT37] [DU1] keeps the history of a copy, whenever the end comes", async () => {
    const openCopy = async (): Promise<OtClient> => OtClient.open(await host.join(), "b.txt");
    const ada = await open("abc");
    expect(await ada.send([3, "d"])).toBe("ok");
    held = [];
    void host.copy("a.txt", "b.txt");
    // All of it waits for the disk, and never comes to its end.
    for (let i = 0; i < 5; i++) await ada.client.ping();
    held = undefined;
    host.disk.losePower();
    host = await memoryHost(host.disk);
    expect((await open()).text).toMatch(/^abcd?$/);
    await host.remove("b.txt").catch(() => undefined);

    const bob = await open();
    const { version, text } = bob;
    await host.copy("a.txt", "b.txt");
    host.disk.losePower();
    host = await memoryHost(host.disk);
    const copy = await openCopy();
    expect([copy.text, copy.version]).toEqual([text, version]);
    expect(await copy.fetch(1, 0)).toHaveLength(version);
    expect(await copy.send(["more "])).toBe("ok");
  });

  it("[OT23] [OT28] answers flush, and edits in high consistency, when loss of power cannot take them", async () => {
    const ada = await open("abc");
    expect(await ada.send([3, "d"])).toBe("ok");
    expect(await ada.flush()).toBe("ok");
    await ada.upTo(2);
    expect(await ada.send([4, " and this may go"])).toBe("ok");
    host.disk.losePower();
    host = await memoryHost(host.disk);
    const bob = await open();
    expect([bob.text, bob.version]).toEqual(["abcd", 2]);

    await bob.link("a.txt", true);
    expect(await bob.send([4, "!"])).toBe("ok");
    host.disk.losePower();
    host = await memoryHost(host.disk);
    expect((await open()).text).toBe("abcd!");
  });

  it("[OT31] never lets the file have what a loss of power could take from the history", async () => {
    const ada = await open("abc");
    expect(await ada.send([3, "d"])).toBe("ok");
    const { disk } = host;
    const content = (): string => {
      const file = disk.nodes.get("a.txt");
      return file?.kind === "file" ? (decodeUtf8(file.content) ?? "") : "";
    };
    onFiles = () => {
      if (content() !== "abcd") return;
      onFiles = () => {};
      disk.losePower();
    };
    await host.until(() => content() === "abcd");
    host = await memoryHost(host.disk);
    const bob = await open();
    expect([bob.text, bob.version]).toEqual(["abcd", 2]);
  });

  it.each([
    { edits: [[-1], [1, "1"]], left: "1!" },
    { edits: [[1, -1], ["2"]], left: "2!" },
  ] as const)(
    "[OT31] keeps what was typed apart from what a program deletes and looks alike: $left",
    async ({ edits, left }) => {
      const ada = await open("12");
      for (const edit of edits) {
        expect(await ada.send(edit)).toBe("ok");
        await ada.upTo(ada.version + 1);
      }
      expect(ada.text).toBe("21");
      const { disk } = host;
      const write = (text: string): void => {
        const times = { modifiedMs: text.length, changedMs: text.length };
        disk.nodes.set("a.txt", { kind: "file", content: encodeUtf8(text), ...times });
      };
      // The end comes when the program's change is in the history, and before the file is written anew.
      let isOver = false;
      onStorage = () => {
        const logs = [...disk.logs].filter(([name]) => /^ot-.*-0$/.test(name));
        if (isOver || logs.flatMap(([, records]) => records).length < 4) return;
        disk.crash();
        isOver = true;
      };
      write("12!");
      await host.until(() => isOver);
      write("!");
      host = await memoryHost(disk);
      const bob = await open();
      await bob.upTo(5);
      expect(bob.text).toBe(left);
    },
  );

  it("[OT32] refuses what does not fit, and goes on from what was acknowledged", async () => {
    const ada = await open("abc");
    const bob = await open();
    expect(await ada.send([3, "d"])).toBe("ok");
    await bob.upTo(2);
    await ada.upTo(2);
    host.disk.isFull = true;
    const refused = await Promise.all([ada.send(["lost "]), bob.send(["gone "])]);
    expect(refused.map((text) => text.includes("no space left on device"))).toEqual([true, true]);
    host.disk.isFull = false;
    expect(await bob.send([4, "e"])).toBe("ok");
    expect([await ada.upTo(3), await bob.upTo(3)]).toEqual(["abcde", "abcde"]);
    await host.restart();
    expect((await open()).text).toBe("abcde");
  });

  it("[OT32] keeps a text that cannot be saved, says so once, and saves it later", async () => {
    const ada = await open("abc");
    expect(await ada.send([3, "d"])).toBe("ok");
    host.disk.isFull = true;
    expect(await ada.flush()).toContain("no space left on device");
    const toasts = () => ada.client.received.filter(({ body }) => body.case === "toast");
    await host.until(() => toasts().length > 0);
    expect(toasts()[0]?.body.value).toMatchObject({
      text: "Not saved: a.txt: no space left on device",
    });
    let refused = 0;
    await host.until(async () => (await ada.flush()).includes("no space") && ++refused === 20);
    // Half a minute, in which it is tried again by itself.
    let moments = 0;
    await host.until(() => ++moments === 1500);
    host.disk.isFull = false;
    await host.until(async () => (await host.read("a.txt")) === "abcd");
    expect(toasts()).toHaveLength(1);
  });
});
