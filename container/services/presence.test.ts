import { describe, expect, it } from "vitest";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { MemoryDisk } from "#test/helpers/memoryDisk.ts";
import { createRoom } from "#test/helpers/room.ts";
import { presence } from "./presence.ts";

const services = [presence];

async function enter(client: FrameClient) {
  const { id } = await client.open("presence", "presencer");
  return { id, roster: await client.next("roster", id) };
}

/** Everything a client has received and not taken, once the container has caught up. */
async function rest(client: FrameClient) {
  await client.ping();
  return client.received.splice(0).map(({ body }) => body);
}

describe("the roster", () => {
  it("[PR1] has everyone with the joiner, by account, name, role and session", async () => {
    const room = createRoom({ services });
    const ada = await room.join({ name: "ada", userId: 7, role: "owner" });
    const { roster } = await enter(ada);
    expect(roster.user).toMatchObject([{ id: 7, name: "ada", roles: ["owner"], session: 2 }]);
    const again = await room.join({ name: "ada", userId: 7, role: "viewer" });
    expect((await enter(again)).roster.user).toMatchObject([
      { id: 7, session: 2 },
      { id: 7, roles: ["viewer"], session: 3 },
    ]);
    expect(await ada.next("join")).toMatchObject({ id: 7, roles: ["viewer"], session: 3 });
    expect(await rest(again)).toEqual([]);
  });

  it("[PR2] loses whoever has left, however that came", async () => {
    const room = createRoom({ services });
    const stays = await room.join();
    const { id } = await enter(stays);
    const lost = room.connect();
    await lost.client.ready();
    await enter(lost.client);
    lost.clientEnd.close(1006, "");
    expect(await stays.next("part")).toMatchObject({ session: 3 });

    const closes = await room.join();
    await enter(closes);
    await closes.request(0, { case: "closeChan", value: { id } });
    expect(await stays.next("part")).toMatchObject({ session: 4 });

    const leaves = await room.join();
    await enter(leaves);
    leaves.send(0, { case: "goodbye", value: {} });
    expect(await stays.next("part")).toMatchObject({ session: 5 });
    expect((await enter(await room.join())).roster.user).toHaveLength(2);
  });

  it("[CN10] [PR3] shows a new name as a join, to clients of old after a part", async () => {
    const room = createRoom({ services });
    const [guest, other, old] = [
      await room.join({ name: "guest" }),
      await room.join(),
      await room.join(),
    ];
    for (const client of [guest, other, old]) await enter(client);
    await other.announceHasCap();
    await guest.request(0, { case: "hello", value: { username: "grace" } });
    const join = { case: "join", value: { session: 2, name: "grace" } };
    expect((await rest(other)).slice(-1)).toMatchObject([join]);
    expect(await rest(old)).toMatchObject([{ case: "part", value: { session: 2 } }, join]);
    expect((await rest(guest)).map(({ case: name }) => name)).not.toContain("part");
  });
});

describe("the open file", () => {
  it("[PR4] is told to the others, and to joiners, who know the later bodies", async () => {
    const room = createRoom({ services });
    const [ada, bob, old] = [
      await room.join({ userId: 7, role: "viewer" }),
      await room.join(),
      await room.join(),
    ];
    const { id } = await enter(ada);
    await bob.announceHasCap();
    await enter(bob);
    await enter(old);
    await rest(bob);
    const answer = await ada.request(id, { case: "openFile", value: { file: "src/a.js" } });
    expect(answer.body.case).toBe("ok");
    const seconds = BigInt(room.clock.now() / 1000);
    const opened = { userId: 7, session: 2, file: "src/a.js", timestamp: { seconds } };
    expect(await rest(bob)).toMatchObject([{ case: "fileOpened", value: opened }]);
    expect(await rest(old)).toEqual([]);

    const young = await room.join();
    await young.announceHasCap();
    expect((await enter(young)).roster.files).toMatchObject([opened]);
    expect((await enter(await room.join())).roster.files).toEqual([]);
    await ada.request(id, { case: "openFile", value: {} });
    expect(await young.next("fileOpened")).toMatchObject({ session: 2, file: "" });
    expect((await enter(await room.join())).roster.files).toEqual([]);

    const long = await ada.request(id, { case: "openFile", value: { file: "x".repeat(4097) } });
    expect(long.body.case).toBe("error");
  });
});

describe("following", () => {
  it("[PR5] is told to the one who is followed, and ends with the follower", async () => {
    const room = createRoom({ services });
    const [ada, bob, other] = [await room.join(), await room.join(), await room.join()];
    const { id } = await enter(ada);
    await enter(bob);
    await enter(other);
    await ada.announceHasCap();
    await rest(ada);
    const follow = async (session: number) =>
      (await bob.request(id, { case: "followUser", value: { session } })).body;
    expect(await follow(2)).toMatchObject({ case: "ok" });
    expect(await ada.next("followUser")).toMatchObject({ session: 3 });
    await bob.request(id, { case: "unfollowUser", value: { session: 2 } });
    expect(await ada.next("unfollowUser")).toMatchObject({ session: 3 });
    expect(await follow(99)).toMatchObject({ value: "session 99: no such session to follow" });
    expect(await follow(3)).toMatchObject({ case: "error" });

    await follow(2);
    bob.close();
    await ada.next("part");
    expect((await rest(ada)).map(({ case: name }) => name)).toEqual(["followUser", "unfollowUser"]);
    expect((await rest(other)).map(({ case: name }) => name)).toEqual(["part"]);
  });
});

describe("signs of life", () => {
  it("[PR6] are passed on once a second, and told to joiners", async () => {
    const room = createRoom({ services });
    const [ada, bob] = [await room.join(), await room.join()];
    const { id } = await enter(ada);
    await bob.announceHasCap();
    await enter(bob);
    await rest(bob);
    const touch = () => ada.request(id, { case: "updateSessionTimestamp", value: {} });
    await touch();
    await touch();
    const first = { session: 2, timestamp: { seconds: BigInt(room.clock.now() / 1000) } };
    expect(await rest(bob)).toMatchObject([{ value: first }]);
    room.clock.advance(1000);
    await touch();
    expect(await rest(bob)).toHaveLength(1);
    const young = await room.join();
    await young.announceHasCap();
    await enter(young);
    expect(await young.next("sessionTimestampUpdated")).toMatchObject({ session: 2 });
  });
});

describe("what no body of the schema can say", () => {
  const say = async (client: FrameClient, id: number, what: unknown) =>
    (await client.request(id, { case: "input", value: JSON.stringify(what) })).body;
  const outputs = async (client: FrameClient) =>
    (await rest(client)).flatMap((body) =>
      body.case === "output" ? [JSON.parse(body.value) as unknown] : [],
    );

  it("[PR7] [PR8] is where a session is, told to those who understand it and to joiners", async () => {
    const room = createRoom({ services });
    const [ada, bob, old] = [
      await room.join({ role: "viewer" }),
      await room.join(),
      await room.join(),
    ];
    const { id } = await enter(ada);
    await bob.announceHasCap();
    await enter(bob);
    await enter(old);
    await rest(bob);
    const view = { pane: "file:a.js", line: 7 };
    expect(await say(ada, id, { view })).toMatchObject({ case: "ok" });
    expect(await outputs(bob)).toEqual([{ session: 2, view }]);
    expect(await outputs(old)).toEqual([]);
    const young = await room.join();
    await young.announceHasCap();
    await enter(young);
    expect(await outputs(young)).toContainEqual({ session: 2, view });
    for (const bad of [1, null, "x".repeat(9000)]) {
      expect(await say(ada, id, bad)).toMatchObject({ case: "error" });
    }
  });

  it("[PR9] is a colour, which everyone has and keeps", async () => {
    const disk = new MemoryDisk();
    const room = createRoom({ services, disk });
    const ada = await room.join({ userId: 7 });
    await ada.announceHasCap();
    const { id } = await enter(ada);
    expect(await outputs(ada)).toEqual([{ colors: { 7: 0 } }]);
    const bob = await room.join({ userId: 15 });
    await enter(bob);
    expect(await outputs(ada)).toEqual([{ colors: { 15: 1 } }]);
    expect(await say(ada, id, { color: 5 })).toMatchObject({ case: "ok" });
    expect(await outputs(ada)).toEqual([{ colors: { 7: 5 } }]);
    expect(await say(ada, id, { color: 8 })).toMatchObject({ case: "error" });
    await room.container.close();

    const later = createRoom({ services, disk });
    const again = await later.join({ userId: 15 });
    await again.announceHasCap();
    await enter(again);
    expect(await outputs(again)).toEqual([{ colors: { 7: 5, 15: 1 } }]);
  });

  it("[PR9] is no colour twice among eight who are here", async () => {
    const room = createRoom({ services });
    for (let person = 1; person <= 8; person++) {
      await enter(await room.join({ userId: person * 8 }));
    }
    const last = await room.join({ userId: 8 });
    await last.announceHasCap();
    await enter(last);
    const [told] = await outputs(last);
    const { colors } = told as { readonly colors: Readonly<Record<string, number>> };
    expect(new Set(Object.values(colors)).size).toBe(8);
  });

  it("[PR10] is a call to come, which a viewer may not give, and nobody again and again", async () => {
    const room = createRoom({ services });
    const [ada, eve] = [await room.join(), await room.join({ role: "viewer" })];
    const { id } = await enter(ada);
    await eve.announceHasCap();
    await enter(eve);
    await rest(eve);
    const call = { pane: "console" };
    expect(await say(ada, id, { call })).toMatchObject({ case: "ok" });
    expect(await outputs(eve)).toEqual([{ session: 2, call }]);
    expect(await say(ada, id, { call })).toMatchObject({ case: "error" });
    room.clock.advance(3000);
    expect(await say(ada, id, { call })).toMatchObject({ case: "ok" });
    expect(await say(eve, id, { call })).toMatchObject({ case: "error" });
  });
});
