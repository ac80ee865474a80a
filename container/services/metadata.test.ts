import { describe, expect, it } from "vitest";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { createRoom } from "#test/helpers/room.ts";
import { parseReplPath } from "../paths.ts";
import { files } from "./files.ts";
import { metadata } from "./metadata.ts";
import { ot } from "./ot.ts";

const services = [metadata];
const MIB = 1024 * 1024;

async function enter(client: FrameClient): Promise<Board> {
  await client.announceHasCap();
  return new Board(client, (await client.open("metadata")).id);
}

/** One client's channel. */
class Board {
  readonly client: FrameClient;
  readonly #id: number;

  constructor(client: FrameClient, id: number) {
    this.client = client;
    this.#id = id;
  }

  async read(key: string): Promise<string | undefined> {
    const { body } = await this.client.request(this.#id, { case: "readMeta", value: { key } });
    if (body.case === "error") return body.value;
    if (body.case !== "readMeta" || body.value.key !== key) throw new Error("another answer");
    return body.value.exists ? decodeUtf8(body.value.data) : undefined;
  }

  ask(key: string, ref: string): void {
    this.client.send(this.#id, { case: "readMeta", value: { key } }, ref);
  }

  write(key: string, data: string | Uint8Array): Promise<string> {
    return this.#change("writeMeta", key, data);
  }

  append(key: string, data: string | Uint8Array): Promise<string> {
    return this.#change("appendMeta", key, data);
  }

  /** The next change of a key that it is told. */
  async told(key: string): Promise<string> {
    const { body } = await this.client.take(
      ({ body: { case: name, value } }) =>
        (name === "writeMeta" || name === "appendMeta") && value.key === key,
    );
    if (body.case !== "writeMeta" && body.case !== "appendMeta") throw new Error("not a change");
    return `${body.case} ${decodeUtf8(body.value.data)}`;
  }

  /** What it was told of a key and has not taken. */
  async untaken(key: string): Promise<readonly unknown[]> {
    await this.read(key);
    return this.client.received.filter(
      ({ body: { case: name, value } }) =>
        (name === "writeMeta" || name === "appendMeta") && value.key === key,
    );
  }

  async #change(name: "writeMeta" | "appendMeta", key: string, data: string | Uint8Array) {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    const value = { key, data: bytes };
    const { body } = await this.client.request(this.#id, { case: name, value });
    return body.case === "error" ? body.value : (body.case ?? "");
  }
}

describe("a value", () => {
  it("[MD1] is what was written and added to it, also after a crash", async () => {
    const room = createRoom({ services });
    const ada = await enter(await room.join());
    expect(await ada.read("notes")).toBeUndefined();
    expect(await ada.append("notes", "a")).toBe("ok");
    expect(await ada.write("notes", "one, ")).toBe("ok");
    expect(await ada.append("notes", "two")).toBe("ok");
    expect(await ada.write("empty", "")).toBe("ok");

    const after = await enter(await createRoom({ services, disk: room.platform.disk }).join());
    expect(await after.read("notes")).toBe("one, two");
    expect(await after.read("empty")).toBe("");
  });

  it("[MD1] of any size is replaced whole, and nothing of an older one comes back", async () => {
    const room = createRoom({ services });
    const ada = await enter(await room.join());
    for (const letter of "abc") await ada.append("k", letter.repeat(50_000));
    expect((await ada.read("k"))?.length).toBe(150_000);
    await ada.write("k", "short");
    expect(await ada.read("k")).toBe("short");
    await ada.append("k", "d".repeat(65_536));
    expect(await ada.read("k")).toBe(`short${"d".repeat(65_536)}`);
    await ada.write("k", "");
    await ada.append("k", "e");
    expect(await ada.read("k")).toBe("e");
    expect([...room.platform.disk.records.keys()].filter((name) => name.endsWith("-k"))).toEqual([
      "meta-0-k",
    ]);
  });

  it("[MD1] that grows writes little, however long it is", async () => {
    const room = createRoom({ services });
    const ada = await enter(await room.join());
    await ada.write("k", new Uint8Array(MIB - 10));
    const before = new Map(room.platform.disk.records);
    await ada.append("k", "0123456789");
    const written = [...room.platform.disk.records].filter(
      ([name, record]) => before.get(name) !== record,
    );
    expect(written.map(([, { byteLength }]) => byteLength)).toEqual([14]);
  });

  it("[MD2] has at most 1 MiB, and a refused change leaves it as it was", async () => {
    const ada = await enter(await createRoom({ services }).join());
    expect(await ada.write("k", new Uint8Array(MIB + 1))).toBe(
      "value too large: k would have 1048577 bytes, at most 1048576 fit",
    );
    expect(await ada.read("k")).toBeUndefined();
    expect(await ada.write("k", "x".repeat(MIB))).toBe("ok");
    expect(await ada.append("k", "y")).toContain("at most 1048576 fit");
    expect((await ada.read("k"))?.length).toBe(MIB);
  });

  it("[MD2] has a key of 1 to 64 plain characters", async () => {
    const ada = await enter(await createRoom({ services }).join());
    for (const key of ["", "x".repeat(65), "a b", "ä", "a\0", "a\n"]) {
      expect(await ada.read(key)).toContain("bad request: a key has 1 to 64");
      expect(await ada.write(key, "")).toContain("bad request: a key has 1 to 64");
      expect(await ada.append(key, "")).toContain("bad request: a key has 1 to 64");
    }
    for (const key of ["x".repeat(64), "X".repeat(64), "../etc/a:b_c-d", "constructor"]) {
      expect(await ada.write(key, key)).toBe("ok");
      expect(await ada.read(key)).toBe(key);
    }
    expect(await ada.read("X")).toBeUndefined();
  });

  it("[MD1] is not told as written when the disk is full", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await enter(await room.join()), await enter(await room.join())];
    await ada.write("k", "old");
    room.platform.disk.isFull = true;
    expect(await ada.write("k", "new")).toContain("no space left on device");
    expect(await ada.append("k", "er")).toContain("no space left on device");
    room.platform.disk.isFull = false;
    expect(await ada.append("k", "er")).toBe("ok");
    expect(await bob.read("k")).toBe("older");
    expect(await bob.told("k")).toBe("writeMeta old");
    expect(await bob.told("k")).toBe("appendMeta er");
    expect(await bob.untaken("k")).toEqual([]);
  });
});

describe("a change", () => {
  it("[MD3] is told to the others who listen, by the same body", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await enter(await room.join()), await enter(await room.join())];
    const old = await room.join();
    const seed = new Board(old, (await old.open("metadata")).id);
    await ada.write("k", "1");
    await ada.append("k", "2");
    expect(await bob.told("k")).toBe("writeMeta 1");
    expect(await bob.told("k")).toBe("appendMeta 2");
    expect([await ada.untaken("k"), await seed.untaken("k")]).toEqual([[], []]);
  });

  it("[MD3] told after an answer is not in it, and one told before is", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await enter(await room.join()), await enter(await room.join())];
    const appends: Promise<string>[] = [];
    for (let i = 0; i < 20; i++) {
      appends.push(ada.append("k", "."));
      bob.ask("k", `ask ${i}`);
    }
    await Promise.all(appends);
    expect(await bob.read("k")).toBe(".".repeat(20));
    let told = 0;
    const answers: number[] = [];
    for (const { body } of bob.client.received) {
      if (body.case === "appendMeta") told++;
      if (body.case === "readMeta") answers.push(body.value.data.byteLength - told);
    }
    expect(told).toBe(20);
    expect(answers).toEqual(Array.from({ length: 20 }, () => 0));
  });

  it("[MD4] by a viewer is refused", async () => {
    const room = createRoom({ services });
    await (await enter(await room.join())).write("k", "v");
    const viewer = await enter(await room.join({ role: "viewer" }));
    expect(await viewer.write("k", "")).toContain("permission denied");
    expect(await viewer.append("k", "")).toContain("permission denied");
    expect(await viewer.append("threads", "{}")).toContain("permission denied");
    expect(await viewer.read("k")).toBe("v");
  });
});

describe("people", () => {
  const people = async (board: Board) => JSON.parse((await board.read("people")) ?? "") as unknown;

  it("[MD5] are everyone who was ever here, by their last names", async () => {
    const room = createRoom({ services });
    const ada = await enter(await room.join({ userId: 7, name: "Ada", guest: false }));
    const bob = await room.join({ userId: 9, name: "guest" });
    expect(await ada.told("people")).toContain("guest");
    await bob.request(0, { case: "hello", value: { username: "Bob" } });
    expect(await ada.told("people")).toContain("Bob");
    bob.close();
    const then = room.clock.now();
    expect(await people(ada)).toEqual({
      7: { name: "Ada", lastSeenMs: then },
      9: { name: "Bob", lastSeenMs: then },
    });

    const after = createRoom({ services, disk: room.platform.disk });
    after.clock.advance(2000);
    const now = after.clock.now();
    expect(await people(await enter(await after.join({ userId: 8, name: "Cid" })))).toEqual({
      7: { name: "Ada", lastSeenMs: then },
      8: { name: "Cid", lastSeenMs: now },
      9: { name: "Bob", lastSeenMs: then },
    });
  });

  it("[MD5] are written anew only for news", async () => {
    const room = createRoom({ services });
    const ada = await enter(await room.join({ userId: 7, name: "Ada" }));
    await ada.read("people");
    const record = () => room.platform.disk.records.get("meta-0-people");
    const before = record();
    const again = await enter(await room.join({ userId: 7, name: "Ada" }));
    await again.read("people");
    expect(record()).toBe(before);
    room.clock.advance(60 * 60_000);
    await (await enter(await room.join({ userId: 7, name: "Ada" }))).read("people");
    expect(record()).not.toBe(before);
  });

  it("[MD5] cannot be written by anybody else", async () => {
    const ada = await enter(await createRoom({ services }).join({ role: "owner" }));
    expect(await ada.write("people", "{}")).toContain("permission denied");
    expect(await ada.append("people", "{}")).toContain("permission denied");
  });
});

describe("a log", () => {
  it("[MD7] of comments says where a file has gone that they are on", async () => {
    const room = createRoom({ services: [metadata, files, ot] });
    const ada = await enter(await room.join({ userId: 7, name: "Ada" }));
    const filesChannel = (await ada.client.open("files")).id;
    await room.platform.files.write(parseReplPath("src/a.txt"), encodeUtf8("a"));
    const text = (await ada.client.open("ot", "ot:src/a.txt")).id;
    const file = { path: "src/a.txt" };
    await ada.client.request(text, { case: "otLinkFile", value: { file } });
    const move = (oldPath: string, newPath: string) =>
      ada.client.request(filesChannel, { case: "move", value: { oldPath, newPath } });
    await move("src", "lib");
    await ada.append("threads", JSON.stringify({ kind: "opened", path: "lib/a.txt" }));
    await ada.told("threads");
    await move("lib", "more");
    expect(await ada.told("threads")).toBe(
      `appendMeta ${JSON.stringify({
        userId: 0,
        name: "Program",
        atMs: room.clock.now(),
        entry: { kind: "moved", from: "lib/a.txt", to: "more/a.txt" },
      })}\n`,
    );
    await move("more", "most");
    expect(await ada.told("threads")).toContain('"to":"most/a.txt"');
  });

  it("[MD6] says of each entry who added it and when, to everyone", async () => {
    const room = createRoom({ services });
    const atMs = room.clock.now();
    const ada = await enter(await room.join({ userId: 7, name: "Ada" }));
    const bob = await enter(await room.join({ userId: 9, name: "Bob" }));
    const forged = JSON.stringify({ userId: 9, name: "Bob", text: "a\nb" }, undefined, 2);
    expect(await ada.append("threads", forged)).toBe("ok");
    expect(await bob.append("threads", '"two"')).toBe("ok");
    const lines = [
      { userId: 7, name: "Ada", atMs, entry: { userId: 9, name: "Bob", text: "a\nb" } },
      { userId: 9, name: "Bob", atMs, entry: "two" },
    ].map((line) => `${JSON.stringify(line)}\n`);
    for (const board of [ada, bob]) {
      expect(await board.told("threads")).toBe(`appendMeta ${lines[0]}`);
      expect(await board.told("threads")).toBe(`appendMeta ${lines[1]}`);
      expect(await board.read("threads")).toBe(lines.join(""));
    }
  });

  it("[MD6] takes one JSON value at a time, and is never replaced", async () => {
    const ada = await enter(await createRoom({ services }).join({ role: "owner" }));
    expect(await ada.write("threads", "")).toContain("permission denied");
    for (const entry of ["", "{", "1\n2", new Uint8Array([0x22, 0xff, 0x22])]) {
      expect(await ada.append("threads", entry)).toContain("one JSON value");
    }
    expect(await ada.append("threads", JSON.stringify("x".repeat(65_536)))).toContain("too large");
    expect(await ada.read("threads")).toBeUndefined();
  });
});
