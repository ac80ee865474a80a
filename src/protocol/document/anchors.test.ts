import { expect, it } from "vitest";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import { files } from "#container/services/files.ts";
import { ot } from "#container/services/ot.ts";
import { parseReplPath } from "#container/paths.ts";
import { bringClient, pass, type WorldClient } from "#test/helpers/clientWorld.ts";
import { Editor } from "#test/helpers/editor.ts";
import { FakeClock } from "#test/helpers/fakeClock.ts";
import { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { createRoom } from "#test/helpers/room.ts";
import { OtClient } from "#test/contract/otClient.ts";
import type { Anchor, Anchors } from "../document.ts";

/** A room with one file, whose people look at places in it. */
class World {
  readonly clock = new FakeClock();
  readonly disk = new MemoryDisk();
  room = createRoom({ services: [files, ot], clock: this.clock, disk: this.disk });
  #people = 0;

  pass(ms = 200): Promise<void> {
    return pass(this.clock, ms);
  }

  async during<T>(work: Promise<T>): Promise<T> {
    const [result] = await Promise.all([work, this.pass()]);
    return result;
  }

  write(text: string): Promise<void> {
    return this.room.platform.files.write(parseReplPath("a.txt"), encodeUtf8(text));
  }

  async enter(): Promise<{ world: WorldClient; editor: Editor; anchors: Anchors }> {
    const world = bringClient(() => this.room, { userId: ++this.#people });
    await this.pass();
    const opened = await this.during(world.client.ot.openDocument("a.txt"));
    if (!opened.ok) throw opened.error;
    const anchors = world.client.ot.anchors(opened.value);
    return { world, editor: new Editor(opened.value), anchors };
  }

  async mark(anchors: Anchors, editor: Editor, words: string): Promise<Anchor> {
    const from = editor.text.indexOf(words);
    const made = await this.during(anchors.make(() => ({ from, to: from + words.length })));
    if (made === undefined) throw new Error("no connection");
    return made;
  }
}

function shown(anchors: Anchors, { text }: Editor, id = "a"): string | undefined {
  const place = anchors.places().get(id);
  if (place === undefined) return undefined;
  return place.isRemoved ? `removed at ${place.from}` : text.slice(place.from, place.to);
}

it("follows everybody's edits, sent or not, and takes in nothing typed at its edges", async () => {
  const world = new World();
  await world.write("🙂 one two three\n");
  const [ada, bob] = [await world.enter(), await world.enter()];
  const anchor = await world.mark(ada.anchors, ada.editor, "two");
  expect(anchor).toEqual({ version: 1, from: 6, to: 9, quote: "two" });
  for (const { anchors } of [ada, bob]) anchors.follow(new Map([["a", anchor]]));
  bob.editor.type(0, "🦩 above\n");
  expect(shown(bob.anchors, bob.editor)).toBe("two");
  bob.editor.type(bob.editor.text.indexOf("two"), "<");
  bob.editor.type(bob.editor.text.indexOf("two") + 3, ">");
  bob.editor.type(bob.editor.text.indexOf("wo"), "o");
  expect(shown(bob.anchors, bob.editor)).toBe("towo");
  await world.pass();
  expect(shown(ada.anchors, ada.editor)).toBe("towo");
  expect(shown(bob.anchors, bob.editor)).toBe("towo");
});

it("finds an old anchor through the history, and says where it is at the newest version", async () => {
  const world = new World();
  await world.write("one two three\n");
  const ada = await world.enter();
  const anchor = await world.mark(ada.anchors, ada.editor, "two");
  for (let i = 0; i < 30; i++) {
    ada.editor.type(0, "x");
    await world.pass(50);
  }
  const bob = await world.enter();
  bob.anchors.follow(new Map([["a", anchor]]));
  await world.pass();
  expect(shown(bob.anchors, bob.editor)).toBe("two");
  expect(bob.anchors.places().get("a")?.anchor).toEqual({
    version: bob.editor.document.version,
    from: 34,
    to: 37,
    quote: "two",
  });
});

it("waits for a version that it has not heard of", async () => {
  const world = new World();
  await world.write("one two\n");
  const [ada, bob] = [await world.enter(), await world.enter()];
  bob.world.link[1].stall(true);
  ada.editor.type(0, "zero ");
  await world.pass();
  const anchor = await world.mark(ada.anchors, ada.editor, "two");
  bob.anchors.follow(new Map([["a", anchor]]));
  expect(shown(bob.anchors, bob.editor)).toBeUndefined();
  bob.world.link[1].stall(false);
  await world.pass();
  expect(shown(bob.anchors, bob.editor)).toBe("two");
});

it("says of removed text where it was, and finds it again when it comes back", async () => {
  const world = new World();
  await world.write("one two three\n");
  const ada = await world.enter();
  ada.anchors.follow(new Map([["a", await world.mark(ada.anchors, ada.editor, "two")]]));
  ada.editor.type(2, "", 8);
  await world.pass();
  expect(ada.editor.text).toBe("onree\n");
  expect(shown(ada.anchors, ada.editor)).toBe("removed at 2");
  ada.editor.undo();
  await world.pass();
  expect(ada.editor.text).toBe("one two three\n");
  expect(shown(ada.anchors, ada.editor)).toBe("two");
});

it.each([
  ["the nearer one of two", "and two one, two three\n", 13],
  ["one far before", "two one, and no more than that\n", 0],
  ["one far behind", "one, and there is no other but two\n", 31],
])(
  "looks for the words where no packets lead from the anchor to the text: %s",
  async (_, text, at) => {
    const world = new World();
    await world.write("two one two three\n");
    const ada = await world.enter();
    const lost = { version: 1, from: 9, to: 12, quote: "two" };
    ada.anchors.follow(new Map([["a", lost]]));
    // Another history of the same file: its versions say nothing of ours.
    world.room = createRoom({ services: [files, ot], clock: world.clock });
    await world.write(text);
    ada.world.cut();
    await world.pass(2000);
    expect(ada.editor.text).toBe(text);
    expect(shown(ada.anchors, ada.editor)).toBe("two");
    expect(ada.anchors.places().get("a")?.from).toBe(at);
  },
);

it("makes an anchor of a stretch only when all that was typed has arrived", async () => {
  const world = new World();
  await world.write("one\n");
  const ada = await world.enter();
  ada.editor.type(0, "zero ");
  expect(await world.mark(ada.anchors, ada.editor, "one")).toEqual({
    version: 2,
    from: 5,
    to: 8,
    quote: "one",
  });
  ada.world.down = true;
  ada.world.cut();
  await world.pass();
  expect(await ada.anchors.make(() => ({ from: 0, to: 1 }))).toBeUndefined();
});

it("leads a page that was away through thousands of versions, as it does one that comes anew", async () => {
  const world = new World();
  await world.write("one two three\n");
  const ada = await world.enter();
  const anchor = await world.mark(ada.anchors, ada.editor, "two");
  ada.anchors.follow(new Map([["a", anchor]]));
  ada.world.down = true;
  ada.world.cut();
  await world.pass();
  const bob = await OtClient.open(await world.room.join({ userId: 99 }), "a.txt");
  for (let i = 0; i < 2_500; i++) {
    // Above it, one by one, and once right at its edges.
    const op = i === 1000 ? [1004, "<", 3, ">"] : ["🦩"];
    expect(await bob.send(op, { base: i + 1 })).toBe("ok");
  }
  ada.world.down = false;
  await world.pass(20_000);
  expect(shown(ada.anchors, ada.editor)).toBe("two");
  const eve = await world.enter();
  eve.anchors.follow(new Map([["a", anchor]]));
  await world.pass();
  expect(shown(eve.anchors, eve.editor)).toBe("two");
  expect(eve.anchors.places().get("a")?.anchor).toEqual(ada.anchors.places().get("a")?.anchor);
  expect(eve.anchors.places().get("a")?.anchor.version).toBe(2_501);
});
