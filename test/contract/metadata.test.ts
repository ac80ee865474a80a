import { afterEach, beforeEach, expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { FrameClient } from "#test/helpers/frameClient.ts";
import { makeScratch, startHost, type RunningHost, type Scratch } from "#test/helpers/host.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

let scratch: Scratch;
let host: RunningHost;

beforeEach(async () => {
  scratch = makeScratch();
  host = await start();
});

afterEach(async () => {
  await host.stop("SIGKILL");
  scratch.remove();
});

function start(): Promise<RunningHost> {
  return startHost(["--home", scratch.home, scratch.folder]);
}

async function enter(role: "owner" | "editor" | "viewer", guest?: string) {
  const url = host.origin.replace("http", "ws");
  const { client } = await dial(url, await host.tokenFor(role, guest));
  await client.ready();
  await client.announceHasCap();
  return { client, id: (await client.open("metadata")).id };
}

interface Person {
  readonly name: string;
}

type Entered = Awaited<ReturnType<typeof enter>>;

async function change({ client, id }: Entered, how: "writeMeta" | "appendMeta", text: string) {
  const value = { key: "notes", data: encodeUtf8(text) };
  return (await client.request(id, { case: how, value })).body;
}

async function read({ client, id }: Entered, key: string): Promise<string | undefined> {
  const { body } = await client.request(id, { case: "readMeta", value: { key } });
  return body.case === "readMeta" && body.value.exists ? decodeUtf8(body.value.data) : undefined;
}

async function named(client: FrameClient, username: string): Promise<void> {
  await client.request(0, { case: "hello", value: { username } });
}

test("[MD1] [MD3] what is acknowledged is told to the others and survives kill -9", async () => {
  const [ada, bob] = [await enter("owner"), await enter("editor")];
  expect(await change(ada, "writeMeta", "a".repeat(200_000))).toMatchObject({ case: "ok" });
  await bob.client.take(
    ({ body: { case: name, value } }) => name === "writeMeta" && value.data.byteLength === 200_000,
  );
  expect(await change(bob, "appendMeta", " and b")).toMatchObject({ case: "ok" });
  await host.stop("SIGKILL");
  host = await start();
  expect(await read(await enter("viewer"), "notes")).toBe(`${"a".repeat(200_000)} and b`);
});

test("[MD5] everyone who was ever here has a name still after kill -9", async () => {
  const ada = await enter("owner", "ada");
  await named(ada.client, "Ada");
  const bob = await enter("editor", "bob");
  await named(bob.client, "Bob");
  const names = async (reader: Entered) => {
    const people = JSON.parse((await read(reader, "people")) ?? "{}") as Record<string, Person>;
    return Object.values(people).map(({ name }) => name);
  };
  expect((await names(ada)).toSorted()).toEqual(["Ada", "Bob"]);
  await host.stop("SIGKILL");
  host = await start();
  expect(await names(await enter("viewer", "cid"))).toEqual(expect.arrayContaining(["Ada", "Bob"]));
});
