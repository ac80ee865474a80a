import { describe, expect, it } from "vitest";
import { mulberry32 } from "#common/lib/random.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { createRoom } from "#test/helpers/room.ts";
import { chat } from "./chat.ts";

const services = [chat];

async function enter(client: FrameClient, name = "chatter") {
  const { id } = await client.open("chat", name);
  const { scrollback } = await client.next("chatScrollback", id);
  return { id, lines: scrollback.map(({ username, text }) => `${username}: ${text}`) };
}

async function say(client: FrameClient, channel: number, text: string) {
  const value = { username: "somebody else", text };
  return (await client.request(channel, { case: "chatMessage", value })).body;
}

describe("a message", () => {
  it("[CT1] goes to the others under the name that the container knows", async () => {
    const room = createRoom({ services });
    const ada = await room.join({ name: "ada", role: "viewer" });
    const bob = await room.join();
    const { id } = await enter(ada);
    await enter(bob);
    expect(await say(ada, id, "hi 🙂")).toMatchObject({ case: "ok" });
    expect(await bob.next("chatMessage")).toMatchObject({ username: "ada", text: "hi 🙂" });
    await ada.ping();
    expect(ada.received).toEqual([]);
  });

  it("[CT2] is told to whoever joins later, also after a crash", async () => {
    const room = createRoom({ services });
    const ada = await room.join({ name: "ada" });
    expect(await enter(ada)).toEqual({ id: 1, lines: [] });
    await say(ada, 1, "one");
    await say(ada, 1, "two");
    const bob = await room.join();
    expect((await enter(bob)).lines).toEqual(["ada: one", "ada: two"]);

    const after = createRoom({ services, disk: room.platform.disk, random: mulberry32(2) });
    const carol = await after.join({ name: "carol" });
    expect((await enter(carol)).lines).toEqual(["ada: one", "ada: two"]);
    await say(carol, 1, "three");
    expect((await enter(await after.join())).lines.at(-1)).toBe("carol: three");
  });

  it("[CT2] makes room for itself by the oldest ones", async () => {
    const room = createRoom({ services });
    const ada = await room.join({ name: "ada" });
    const { id } = await enter(ada);
    for (let i = 0; i <= 500; i++) await say(ada, id, String(i));
    const { lines } = await enter(await room.join());
    expect([lines.length, lines[0], lines.at(-1)]).toEqual([500, "ada: 1", "ada: 500"]);

    for (let i = 0; i < 21; i++) await say(ada, id, "x".repeat(10_000));
    expect((await enter(await room.join())).lines).toHaveLength(20);
  });

  it("[CT2] is not told as sent when the disk is full, and harms nothing", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await room.join(), await room.join()];
    const { id } = await enter(ada);
    await enter(bob);
    room.platform.disk.isFull = true;
    expect(await say(ada, id, "lost")).toEqual({
      case: "error",
      value: "meta-0-chat: no space left on device",
    });
    room.platform.disk.isFull = false;
    expect(await say(ada, id, "found")).toMatchObject({ case: "ok" });
    expect(await bob.next("chatMessage")).toMatchObject({ text: "found" });
  });

  it("[CT3] has a text, and not a book", async () => {
    const ada = await createRoom({ services }).join();
    const { id } = await enter(ada);
    expect(await say(ada, id, " \n")).toMatchObject({ value: "bad request: an empty message" });
    expect(await say(ada, id, "x".repeat(10_001))).toMatchObject({
      value: "message too long: at most 10000 characters",
    });
    expect(await say(ada, id, "x".repeat(10_000))).toMatchObject({ case: "ok" });
    const { body } = await ada.request(id, { case: "chatScrollback", value: {} });
    expect(body).toMatchObject({ value: "bad request: chat takes no chatScrollback" });
  });

  it("[CT4] of a room of another name is not kept when everyone has left it", async () => {
    const room = createRoom({ services });
    const ada = await room.join();
    const { id } = await enter(ada, "corner");
    await say(ada, id, "psst");
    expect((await enter(await room.join(), "corner")).lines).toHaveLength(1);
    expect((await enter(ada)).lines).toEqual([]);
  });
});

describe("typing", () => {
  it("[CT5] is told once, and ends by a message, by itself, or with the connection", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await room.join({ name: "ada" }), await room.join()];
    const { id } = await enter(ada);
    await enter(bob);
    const type = async (): Promise<void> => {
      ada.send(id, { case: "chatTyping", value: { username: "x", typing: true } });
      await ada.ping();
    };
    const started = { username: "ada", typing: true };
    const stopped = { username: "ada", typing: false };

    await type();
    await type();
    expect(await bob.next("chatTyping")).toMatchObject(started);
    await say(ada, id, "there");
    expect(await bob.next("chatTyping")).toMatchObject(stopped);
    expect(await bob.next("chatMessage")).toMatchObject({ text: "there" });

    await type();
    room.clock.advance(5999);
    await type();
    room.clock.advance(5999);
    expect(await bob.next("chatTyping")).toMatchObject(started);
    await bob.ping();
    expect(bob.received).toEqual([]);
    room.clock.advance(1);
    expect(await bob.next("chatTyping")).toMatchObject(stopped);

    await type();
    const carol = await room.join();
    await enter(carol);
    expect(await carol.next("chatTyping")).toMatchObject(started);
    ada.close();
    expect(await carol.next("chatTyping")).toMatchObject(stopped);
    // What is left is that ada may come back (CT9).
    expect(room.clock.pending).toBe(1);
  });
});
