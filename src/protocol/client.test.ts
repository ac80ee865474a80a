import { afterEach, describe, expect, it } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Editor } from "#test/helpers/editor.ts";
import { World } from "#test/helpers/world.ts";
import { parseReplPath } from "#container/paths.ts";

describe("a room", () => {
  it("connects, learns who it is and who else is here, and talks", async () => {
    const world = new World();
    const ada = await world.bring({ userId: 1, name: "Ada", role: "owner" });
    expect(ada.connection()).toEqual({ kind: "connected" });
    expect(ada.events).toContainEqual({
      slice: "control",
      event: { kind: "boot", stage: "handshake", progress: 0, total: 0 },
    });
    expect(ada.events).toContainEqual({
      slice: "control",
      event: { kind: "self", self: { userId: 1, session: 2, name: "Ada", role: "owner" } },
    });
    expect(ada.events).toContainEqual({
      slice: "control",
      event: {
        kind: "repl",
        repl: { id: "repl", slug: "sample", language: "nodejs" },
        role: "owner",
      },
    });

    const bob = await world.bring({ userId: 2, name: "Bob" });
    const said = JSON.stringify({ kind: "said", id: "m", text: "hi" });
    for (const { client } of [ada, bob]) client.metadata.watch("chat");
    expect(await world.during(bob.client.metadata.append("chat", said))).toEqual({
      ok: true,
      value: undefined,
    });
    for (const { events } of [ada, bob]) {
      expect(events).toContainEqual({
        slice: "metadata",
        event: {
          kind: "added",
          key: "chat",
          text: expect.stringContaining(`"userId":2,"name":"Bob"`) as string,
        },
      });
    }
    expect(ada.events).toContainEqual({
      slice: "presence",
      event: { kind: "joined", person: { session: 3, userId: 2, name: "Bob", role: "editor" } },
    });
    expect(await world.during(bob.client.connection.rename("Bobby"))).toMatchObject({ ok: true });
    expect(ada.events).toContainEqual({
      slice: "presence",
      event: { kind: "joined", person: { session: 3, userId: 2, name: "Bobby", role: "editor" } },
    });
  });

  it("comes back after a cut and after a restart of the machine", async () => {
    const world = new World();
    const ada = await world.bring({ userId: 1 });
    for (let loss = 0; loss < 3; loss++) {
      await world.pass(10_000);
      if (loss === 1) world.restart([ada]);
      else ada.cut();
      await world.pass();
      expect(ada.connection()).toEqual({ kind: "connected" });
    }
    expect(ada.dials).toBe(4);
  });
});

describe("texts in a room", () => {
  it("[OT6] two people type at once, and all see the same, on the screen and on the disk", async () => {
    const world = new World();
    await world.write("a.txt", "one 😀\r\n");
    const ada = await world.open(await world.bring({ userId: 1 }), "a.txt");
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    for (let i = 0; i < 50; i++) {
      ada.type(i % 3, "A");
      bob.append("é😀");
      if (i % 7 === 0) bob.type(0, "", 1);
      if (i % 5 === 0) await world.pass(10);
    }
    await world.pass();
    expect(ada.text).toBe(bob.text);
    expect(ada.authors).toContain(2);
    await world.during(ada.document.flush());
    expect(await world.read("a.txt")).toBe(ada.text);
    expect(ada.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL24] loses and doubles nothing over cuts, at whatever moment they come", async () => {
    const world = new World();
    await world.write("a.txt", "");
    const clients = [await world.bring({ userId: 1 }), await world.bring({ userId: 2 })];
    const editors: Editor[] = [];
    for (const client of clients) editors.push(await world.open(client, "a.txt"));
    const [ada, bob] = editors;
    for (let i = 0; i < 120; i++) {
      ada?.append(`a${i} `);
      bob?.type(0, `b${i} `);
      // Not awaited to its end: frames are under way when the cut comes.
      for (let turn = 0; turn < i % 13; turn++) await Promise.resolve();
      if (i % 3 === 0) clients[(i / 3) % 2]?.cut();
      if (i % 4 === 0) await world.pass(20);
      if (i === 60) world.restart(clients);
    }
    await world.pass(60_000);
    expect(ada?.text).toBe(bob?.text);
    const words = ada?.text.trim().split(" ") ?? [];
    const expected = Array.from({ length: 120 }, (_, i) => [`a${i}`, `b${i}`]).flat();
    expect(words.toSorted()).toEqual(expected.toSorted());
    expect(ada?.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL24] keeps what was typed offline, and merges it with what others did meanwhile", async () => {
    const world = new World();
    await world.write("a.txt", "one\ntwo\nthree\n");
    const away = await world.bring({ userId: 1 });
    const ada = await world.open(away, "a.txt");
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    away.down = true;
    away.cut();
    await world.pass();
    ada.append("four\n");
    ada.type(0, "zero\n");
    bob.type(4, "TWO", 3);
    await world.pass(20_000);
    expect(ada.document.state).toEqual({ kind: "offline", unsent: 2 });
    await world.write("a.txt", bob.text.replace("three", "3"));
    away.down = false;
    await world.pass(20_000);
    expect(ada.text).toBe("zero\none\nTWO\n3\nfour\n");
    expect(bob.text).toBe(ada.text);
    expect(ada.document.state).toEqual({ kind: "live", unsent: 0 });
  });

  it("[CL23] sends what a closed tab left unsent, and opens it again with that", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const away = await world.bring({ userId: 1 });
    const ada = await world.open(away, "a.txt");
    away.down = true;
    away.cut();
    await world.pass();
    ada.append("!");
    ada.document.close();
    const again = await world.open(away, "a.txt");
    expect(again.text).toBe("one!");
    again.document.close();
    away.down = false;
    await world.pass(20_000);
    const bob = await world.open(await world.bring({ userId: 2 }), "a.txt");
    expect(bob.text).toBe("one!");
    expect(away.events).toContainEqual({ slice: "ot", event: { kind: "closed", path: "a.txt" } });
  });

  it("shares one text among all who open it, until the last has closed it", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const client = await world.bring({ userId: 1 });
    const opened = await world.during(
      Promise.all([client.client.ot.openDocument("a.txt"), client.client.ot.openDocument("a.txt")]),
    );
    const [first, second] = opened.map((one) => (one.ok ? one.value : undefined));
    expect(first).toBe(second);
    first?.close();
    await world.pass();
    first?.edit([{ offset: 0, deleteLength: 0, insert: "> " }]);
    await world.pass();
    const closed = { slice: "ot", event: { kind: "closed", path: "a.txt" } };
    expect(client.events).not.toContainEqual(closed);
    second?.close();
    await world.pass();
    expect(client.events).toContainEqual(closed);
    expect((await world.open(client, "a.txt")).text).toBe("> one");
  });

  it("fails to open what is no text, in words that say why", async () => {
    const world = new World();
    await world.room.platform.files.write(parseReplPath("b"), new Uint8Array([0xff, 0, 1]));
    const { client } = await world.bring({ userId: 1 });
    const binary = await world.during(client.ot.openDocument("b"));
    expect(binary).toMatchObject({ ok: false, error: { code: "not-text" } });
    const missing = await world.during(client.ot.openDocument("nothing"));
    expect(missing).toMatchObject({ ok: false, error: { code: "not-found" } });
    await world.write("b", "text now");
    expect(await world.during(client.ot.openDocument("b"))).toMatchObject({ ok: true });
  });

  it("does not leave somebody waiting who opens a text without a connection", async () => {
    const world = new World();
    const client = await world.bring({ userId: 1 });
    client.down = true;
    client.cut();
    const opened = await world.during(client.client.ot.openDocument("a"), 30_100);
    expect(opened).toMatchObject({ ok: false, error: { code: "timeout" } });
  });

  it("[CL27] shows others' carets, and takes them away with their session", async () => {
    const world = new World();
    await world.write("a.txt", "😀 one two");
    const ada = await world.open(await world.bring({ userId: 1 }), "a.txt");
    const away = await world.bring({ userId: 2, name: "Bob" });
    const bob = await world.open(away, "a.txt");
    bob.document.setSelections([{ anchor: 3, head: 6 }]);
    await world.pass();
    const [caret] = ada.document.cursors();
    expect(caret).toMatchObject({ userId: 2, name: "Bob", position: 6, selectionStart: 3 });
    bob.append("!");
    bob.document.setSelections([{ anchor: 11, head: 11 }]);
    await world.pass();
    expect(ada.document.cursors()).toMatchObject([{ position: 11, selectionStart: 11 }]);
    away.down = true;
    away.cut();
    await world.pass();
    expect(ada.document.cursors()).toEqual([]);
  });

  it("shows that a file is gone, and brings it back with the next edit", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const client = await world.bring({ userId: 1 });
    const ada = await world.open(client, "a.txt");
    await world.room.platform.files.remove(parseReplPath("a.txt"));
    await world.pass(500);
    expect(ada.document.state).toEqual({ kind: "deleted", unsent: 0 });
    ada.append("!");
    await world.pass(5_000);
    expect(ada.document.state).toEqual({ kind: "live", unsent: 0 });
    expect(await world.read("a.txt")).toBe("one!");
  });

  it("a viewer reads along and cannot change anything", async () => {
    const world = new World();
    await world.write("a.txt", "one");
    const ada = await world.open(await world.bring({ userId: 1 }), "a.txt");
    const viewer = await world.open(await world.bring({ userId: 2, role: "viewer" }), "a.txt");
    ada.append("!");
    await world.pass();
    expect(viewer.text).toBe("one!");
    viewer.append("?");
    await world.pass();
    expect(viewer.document.state).toMatchObject({ kind: "failed" });
    expect(ada.text).toBe("one!");
  });
});

describe("files in a room", () => {
  const names = (result: unknown): string[] =>
    (result as { value: { name: string }[] }).value.map(({ name }) => name).toSorted();

  it("reads, writes, moves and removes, and fails in codes", async () => {
    const world = new World();
    const { client } = await world.bring({ userId: 1 });
    const { files: calls } = client;
    const content = encodeUtf8("hello");
    expect(await world.during(calls.write("dir/a", content))).toEqual({ ok: true });
    expect(await world.during(calls.read("dir/a"))).toEqual({ ok: true, value: content });
    expect(await world.during(calls.stat("dir/a"))).toMatchObject({
      value: { kind: "file", sizeBytes: 5 },
    });
    expect(await world.during(calls.move("dir/a", "b"))).toMatchObject({ ok: true });
    expect(await world.during(calls.stat("dir/a"))).toEqual({ ok: true });
    expect(await world.during(calls.read("dir/a"))).toMatchObject({ error: { code: "not-found" } });
    expect(await world.during(calls.read("dir"))).toMatchObject({
      error: { code: "is-a-directory" },
    });
    expect(await world.during(calls.mkdir("c/d"))).toMatchObject({ ok: true });
    expect(await world.during(calls.remove("c"))).toMatchObject({ ok: true });
    expect(await world.during(calls.remove("c"))).toMatchObject({ error: { code: "not-found" } });
    expect(await world.during(calls.write("../x", content))).toMatchObject({
      error: { code: "denied" },
    });
  });

  it("keeps open directories true through changes, cuts and renames", async () => {
    const world = new World();
    await world.write("src/a.ts", "");
    const ada = await world.bring({ userId: 1 });
    const root = await world.during(ada.client.files.openDirectory("."));
    expect(names(root)).toEqual(["src"]);
    await world.during(ada.client.files.openDirectory("src"));
    ada.events.length = 0;
    await world.write("src/b.ts", "");
    await world.pass(500);
    expect(ada.events).toContainEqual({
      slice: "files",
      event: { kind: "created", path: "src/b.ts", entry: "file" },
    });

    ada.down = true;
    ada.cut();
    await world.write("src/c.ts", "");
    await world.room.platform.files.remove(parseReplPath("src/a.ts"));
    ada.down = false;
    ada.events.length = 0;
    await world.pass(20_000);
    const listed = ada.events.findLast(
      ({ slice, event }) => slice === "files" && event.kind === "listed" && event.path === "src",
    );
    expect(listed?.event).toMatchObject({
      entries: [
        { name: "b.ts", kind: "file" },
        { name: "c.ts", kind: "file" },
      ],
    });

    await world.room.platform.files.move(parseReplPath("src"), parseReplPath("lib"));
    await world.pass(500);
    await world.write("lib/d.ts", "");
    await world.pass(500);
    expect(ada.events).toContainEqual({
      slice: "files",
      event: { kind: "created", path: "lib/d.ts", entry: "file" },
    });
  });

  it("notices between two connections that an open directory is gone", async () => {
    const world = new World();
    await world.write("src/a.ts", "");
    const ada = await world.bring({ userId: 1 });
    await world.during(ada.client.files.openDirectory("src"));
    ada.down = true;
    ada.cut();
    await world.room.platform.files.remove(parseReplPath("src"));
    ada.down = false;
    await world.pass(20_000);
    expect(ada.events).toContainEqual({ slice: "files", event: { kind: "removed", path: "src" } });
  });

  it("lists all files by walking, where nothing can be run", async () => {
    const world = new World();
    for (const path of ["a", "src/b", "src/deep/c", "node_modules/x/y", ".git/config"]) {
      await world.write(path, "");
    }
    for (const role of ["editor", "viewer"] as const) {
      const { client } = await world.bring({ userId: 1, role });
      const all = await world.during(client.files.listAll(), 500);
      expect(all).toEqual({ ok: true, value: ["a", "src/b", "src/deep/c"] });
    }
  });

  it("says why a program cannot be run", async () => {
    const world = new World();
    const { client } = await world.bring({ userId: 1 });
    expect(await world.during(client.exec.run(["nope"]))).toMatchObject({
      ok: true,
      value: { output: "", failed: expect.stringContaining("not found") as string },
    });
    const viewer = await world.bring({ userId: 2, role: "viewer" });
    expect(await world.during(viewer.client.exec.run(["ls"]))).toMatchObject({
      ok: false,
      error: { code: "denied" },
    });
  });

  it("waits for the next connection to read, and does not wait to write", async () => {
    const world = new World();
    await world.write("a", "one");
    const { client, ...ada } = await world.bring({ userId: 1 });
    void ada;
    const away = await world.bring({ userId: 2 });
    away.down = true;
    away.cut();
    await world.pass();
    const read = away.client.files.read("a");
    expect(await world.during(away.client.files.write("a", encodeUtf8("two")))).toMatchObject({
      ok: false,
      error: { code: "unavailable" },
    });
    away.down = false;
    expect(await world.during(read, 10_000)).toMatchObject({ ok: true });
    expect(await world.during(client.files.read("a"))).toMatchObject({ ok: true });
  });
});

describe("the end", () => {
  let leftovers = 0;
  afterEach(() => {
    leftovers = 0;
  });

  it("[CL6] leaves for good: every call is answered, and no timer runs on", async () => {
    const world = new World();
    const before = world.clock.pending;
    const ada = await world.bring({ userId: 1 });
    const waiting = ada.client.files.read("a");
    ada.client.connection.leave();
    expect(await world.during(waiting)).toMatchObject({ ok: false });
    expect(ada.connection()).toMatchObject({ kind: "ended" });
    expect(await world.during(ada.client.files.read("a"))).toMatchObject({
      ok: false,
      error: { code: "unavailable" },
    });
    expect(await world.during(ada.client.ot.openDocument("a"))).toMatchObject({ ok: false });
    await world.pass(60_000);
    leftovers = world.clock.pending - before;
    expect(leftovers).toBe(0);
    expect(world.room.container.sessions.size).toBe(0);
  });
});
