import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeCommand } from "#common/wire/codec.ts";
import { connectCrosis } from "#test/helpers/crosisClient.ts";
import { makeScratch, startHost, type RunningHost } from "#test/helpers/host.ts";
import { mintToken, type TokenInit } from "#test/helpers/mintToken.ts";
import { dial } from "#test/helpers/webSocketClient.ts";

const scratch = makeScratch();
const issuer = generateKeyPairSync("ed25519");
const signer = { id: "dev:1", key: issuer.privateKey };
const rawPublicKey = issuer.publicKey.export({ format: "der", type: "spki" }).subarray(-32);

let host: RunningHost;
let url: string;

beforeAll(async () => {
  writeFileSync(join(scratch.folder, "hello.txt"), "hello\n");
  host = await startHost([
    ...["--home", scratch.home, "--cluster", "test"],
    ...["--trust-key", `dev:1=${rawPublicKey.toString("base64")}`],
    scratch.folder,
  ]);
  url = host.origin.replace("http", "ws");
});

afterAll(async () => {
  await host.stop();
  scratch.remove();
});

function mint(token: TokenInit, by = signer): string {
  return mintToken(
    {
      iat: timestampFromMs(Date.now() - 15_000),
      exp: timestampFromMs(Date.now() + 60_000),
      cluster: "test",
      presenced: { bearerID: 7, bearerName: "Ada" },
      ...token,
    },
    by,
  );
}

const described = (id: string, more: object = {}): TokenInit => ({
  metadata: { case: "repl", value: { id, slug: id, language: "nodejs", ...more } },
});
const known = (id: string): TokenInit => ({ metadata: { case: "id", value: { id } } });

/** The folder of a repl that a token has made. */
const filesOf = (id: string) => join(scratch.home, "repls", id, "files");

async function refusalOf(token: string): Promise<{ code: number; reason: string }> {
  const { client } = await dial(url, token);
  return client.closed;
}

async function enter(token: string) {
  const { client } = await dial(url, token);
  await client.ready();
  return client;
}

/** Connects and leaves, and waits until the host has seen it. */
async function visit(token: string): Promise<void> {
  const client = await enter(token);
  client.send(0, { case: "goodbye", value: {} });
  await client.closed;
}

test("[TK1] a token in the path lets its bearer in", async () => {
  const client = await enter(await host.tokenFor("owner"));
  expect((await client.ping()).body.case).toBe("pong");
  client.close();
});

test.each([
  [
    "a forged one",
    () =>
      mint(described("forged"), { id: "dev:1", key: generateKeyPairSync("ed25519").privateKey }),
  ],
  ["one of an unknown key", () => mint(described("forged"), { ...signer, id: "dev:2" })],
  ["an expired one", () => mint({ ...described("late"), exp: timestampFromMs(Date.now() - 1) })],
  [
    "an early one",
    () => mint({ ...described("early"), iat: timestampFromMs(Date.now() + 60_000) }),
  ],
  ["one for another cluster", () => mint({ ...described("far"), cluster: "local" })],
  ["one for a repl that is not known", () => mint(known("never-seen"))],
  ["one with two roles", () => mint({ ...described("two"), flags: ["role:owner", "role:viewer"] })],
  ["one that is none", () => "hello"],
])("[TK1] %s is refused by 1008 after the upgrade, with a reason", async (_, token) => {
  const { code, reason } = await refusalOf(token());
  expect(code).toBe(1008);
  expect(reason).toMatch(/^the token /);
  expect(host.errors()).toBe("");
});

test("[TK1] the public client asks for a new token when its own is refused", async () => {
  const expired = mint({ ...described("late"), exp: timestampFromMs(Date.now() - 1) });
  const tokens = [expired, await host.tokenFor("editor")];
  const crosis = await connectCrosis(url, () => Promise.resolve(tokens.shift() ?? ""));
  expect(tokens).toEqual([]);
  const { channel } = await crosis.open("presence", "presencer");
  expect(channel.status).toBe("open");
  await crosis.close();
});

test("[TK1] a refused token makes no repl", async () => {
  await refusalOf(mint({ ...described("unmade"), cluster: "other" }));
  expect(existsSync(filesOf("unmade"))).toBe(false);
});

test("[TK6] a repl that is described is made, then known, and the same for all", async () => {
  expect(await refusalOf(mint(known("made")))).toMatchObject({ code: 1008 });
  const ada = await enter(mint(described("made")));
  expect(readdirSync(filesOf("made"))).toEqual([]);
  const lin = await enter(
    mint({ ...known("made"), presenced: { bearerID: 8, bearerName: "Lin" } }),
  );
  expect(lin.session).not.toBe(ada.session);
  const { id } = await ada.open("presence", "presencer");
  await ada.next("roster", id);
  await lin.open("presence", "presencer");
  expect(await ada.next("join", id)).toMatchObject({ id: 8, name: "Lin" });
  ada.close();
  lin.close();
});

test("[TK6] what a made repl holds is there when it is opened again", async () => {
  await visit(mint(described("kept")));
  writeFileSync(join(filesOf("kept"), "a.txt"), "kept");
  await visit(mint(described("kept")));
  await visit(mint(known("kept")));
  expect(readFileSync(join(filesOf("kept"), "a.txt"), "utf8")).toBe("kept");
});

test("[TK10] a made repl begins with the files of its source, and keeps its own", async () => {
  await visit(mint(described("source")));
  mkdirSync(join(filesOf("source"), "lib"));
  writeFileSync(join(filesOf("source"), "lib", "a.txt"), "one");
  await visit(mint(described("copy", { sourceRepl: "source" })));
  expect(readFileSync(join(filesOf("copy"), "lib", "a.txt"), "utf8")).toBe("one");
  writeFileSync(join(filesOf("source"), "lib", "a.txt"), "two");
  await visit(mint(described("copy", { sourceRepl: "source" })));
  expect(readFileSync(join(filesOf("copy"), "lib", "a.txt"), "utf8")).toBe("one");
});

test("[TK10] a source that is not known is refused", async () => {
  const token = mint(described("orphan", { sourceRepl: "never-seen" }));
  expect(await refusalOf(token)).toEqual({
    code: 1008,
    reason: "the token's source repl is not known here",
  });
  expect(existsSync(filesOf("orphan"))).toBe(false);
});

test("[TK11] a repl without persistence vanishes when the last one leaves", async () => {
  const token = mint({ ...described("fleeting"), persistence: 2 });
  const ada = await enter(token);
  const lin = await enter(token);
  writeFileSync(join(filesOf("fleeting"), "a.txt"), "");
  ada.close();
  await ada.closed;
  await lin.ping();
  expect(existsSync(filesOf("fleeting"))).toBe(true);
  lin.close();
  await expect.poll(() => existsSync(filesOf("fleeting"))).toBe(false);
  expect(await refusalOf(mint(known("fleeting")))).toMatchObject({ code: 1008 });
});

test("[TK11] the last token says what stays", async () => {
  const first = await enter(mint({ ...described("changed"), persistence: 2 }));
  const second = await enter(mint(described("changed")));
  first.close();
  second.close();
  await second.closed;
  await visit(mint(known("changed")));
  expect(existsSync(filesOf("changed"))).toBe(true);
});

test("[TK12] a client may send its token in the first frame instead", async () => {
  const { client } = await dial(url, "");
  const token = await host.tokenFor("viewer");
  const { body } = await client.request(0, { case: "auth", value: { token } });
  expect(body.case).toBe("ok");
  await client.ready();
  expect((await client.ping()).body.case).toBe("pong");
  client.close();
});

test("[TK12] what is sent right after the token is not lost", async () => {
  const { client } = await dial(url, "");
  client.send(0, { case: "auth", value: { token: await host.tokenFor("viewer") } });
  expect((await client.ping()).body.case).toBe("pong");
  client.close();
});

test.each([
  ["another first frame", encodeCommand({ body: { case: "ping", value: {} } })],
  ["a first frame that does not decode", Uint8Array.of(0xff, 0xff)],
  ["auth with a wrong token", encodeCommand({ body: { case: "auth", value: { token: "x" } } })],
])("[TK12] %s closes the connection with 1008", async (_, frame) => {
  const { client } = await dial(url, "");
  client.sendFrame(frame);
  expect(await client.closed).toMatchObject({ code: 1008 });
});
