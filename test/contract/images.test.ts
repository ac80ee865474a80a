import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeScratch, startHost, type RunningHost } from "#test/helpers/host.ts";

const scratch = makeScratch();
let host: RunningHost;
let invites: Record<"owner" | "editor" | "viewer", string>;

beforeAll(async () => {
  host = await startHost(["--home", scratch.home, scratch.folder]);
  const links = (await (await host.api("invites")).json()) as typeof invites;
  const secretOf = (link: string) => new URL(link).hash.slice("#invite=".length);
  invites = {
    owner: secretOf(links.owner),
    editor: secretOf(links.editor),
    viewer: secretOf(links.viewer),
  };
});

afterAll(async () => {
  await host.stop();
  scratch.remove();
});

const heads = {
  png: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  jpg: [0xff, 0xd8, 0xff, 0xe0],
  gif: [...Buffer.from("GIF89a")],
  webp: [...Buffer.from("RIFF\x04\x00\x00\x00WEBP", "latin1")],
} as const;

/** The least that begins like an image, and `more` after it. */
const imageOf = (kind: keyof typeof heads, more = "") =>
  Buffer.concat([Buffer.from(heads[kind]), Buffer.from(more)]);

function send(image: Uint8Array | string, invite = invites.editor): Promise<Response> {
  const headers = { Authorization: `Bearer ${invite}`, "Content-Type": "image/png" };
  const body = typeof image === "string" ? image : new Uint8Array(image);
  return fetch(`${host.origin}/api/images`, { method: "POST", headers, body });
}

async function sent(image: Uint8Array, invite?: string): Promise<string> {
  return ((await (await send(image, invite)).json()) as { name: string }).name;
}

async function refusal(answer: Promise<Response>): Promise<string> {
  const { status } = await answer;
  const { error } = (await (await answer).json()) as { error: string };
  return `${status} ${error}`;
}

/** A PNG in which nothing is but a text of its author. */
const signed = Buffer.concat([
  imageOf("png"),
  Buffer.from("\0\0\0\x10tEXtPlace\0At home 2b\0\0\0\0\0\0\0\0IEND\xae\x42\x60\x82", "latin1"),
]);

test("[HT12] what a picture tells besides itself is not kept", async () => {
  const name = await sent(signed);
  const shown = Buffer.from(await (await host.api(`images/${name}`)).arrayBuffer());
  expect(shown.toString("latin1")).toBe(
    `${imageOf("png").toString("latin1")}\0\0\0\0IEND\xae\x42\x60\x82`,
  );
  expect(name).toBe(`${createHash("sha256").update(shown).digest("hex")}.png`);
});

test("[HT12] whoever may talk may send an image, and whoever may read sees it", async () => {
  for (const role of ["owner", "editor", "viewer"] as const) {
    const image = imageOf("gif", role);
    const name = await sent(image, invites[role]);
    expect(name).toMatch(/^[0-9a-f]{64}\.gif$/);
    const answer = await host.api(`images/${name}`, { invite: invites.viewer });
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(image);
  }
  expect(readdirSync(scratch.folder)).toEqual([]);
});

test("[HT12] the kind of an image is what its bytes say", async () => {
  for (const [kind, type] of Object.entries({
    png: "image/png",
    jpg: "image/jpeg",
    gif: "image/gif",
    webp: "image/webp",
  })) {
    const name = await sent(imageOf(kind as keyof typeof heads));
    expect(name.endsWith(`.${kind}`)).toBe(true);
    expect((await host.api(`images/${name}`)).headers.get("content-type")).toBe(type);
  }
  for (const other of ["", "<svg xmlns='http://www.w3.org/2000/svg'/>", "<script>", "BM", "RIFF"]) {
    expect(await refusal(send(other))).toBe(
      "415 Only PNG, JPEG, GIF and WebP images can be shown.",
    );
  }
});

test("[HT12] an image can do nothing but be seen", async () => {
  const name = await sent(imageOf("gif", "<script>alert(1)</script>"));
  const { headers } = await host.api(`images/${name}`);
  expect(Object.fromEntries(headers)).toMatchObject({
    "content-type": "image/gif",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; sandbox",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  });
});

test("[HT12] nothing is taken from, or shown to, who has no invite", async () => {
  const image = imageOf("gif", "secret");
  const name = await sent(image);
  expect(await refusal(send(image, "wrong"))).toMatch(/^401 /);
  expect((await fetch(`${host.origin}/api/images/${name}`)).status).toBe(401);
  expect((await host.api(`images/${name.replace(/^./, "g")}`)).status).toBe(404);
  for (const path of ["images/..%2finvites.json", "images/images", "images"]) {
    expect((await host.api(path)).status).toBe(404);
  }
});

test("[HT12] what is too large is refused, announced or not", async () => {
  const limit = 5 * 1024 * 1024;
  const most = Buffer.concat([imageOf("gif"), Buffer.alloc(limit - heads.gif.length)]);
  expect((await send(most)).status).toBe(200);
  expect(await refusal(send(Buffer.concat([most, Buffer.alloc(1)])))).toBe(
    "413 An image may have 5 MB at most.",
  );
  const { port } = new URL(host.origin);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = { Authorization: `Bearer ${invites.editor}` };
    const upload = request({ port, path: "/api/images", method: "POST", headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    upload.on("error", reject);
    upload.write(most);
    upload.end(Buffer.alloc(1));
  });
  expect(status).toBe(413);
});

test("[HT12] an image that was taken survives the end of the host", async () => {
  const image = imageOf("gif", "kept");
  const name = await sent(image);
  expect(await sent(image)).toBe(name);
  await host.stop("SIGKILL");
  host = await startHost(["--home", scratch.home, scratch.folder]);
  const answer = await host.api(`images/${name}`);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(image);
});
