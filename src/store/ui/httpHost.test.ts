import { afterEach, expect, test, vi } from "vitest";
import { createHttpHost } from "./httpHost.ts";

const PAGE = "https://ide.example/tandem/";

/** A host that answers everything the same way, and what it was asked. */
function answering(answer: unknown, status = 200) {
  const asked: (Pick<RequestInit, "method" | "body"> & {
    readonly url: string;
    readonly headers: Headers;
  })[] = [];
  vi.stubGlobal("fetch", (url: URL, { headers, method = "GET", body = null }: RequestInit) => {
    asked.push({ url: url.href, headers: new Headers(headers), method, body });
    return Promise.resolve(Response.json(answer, { status }));
  });
  return asked;
}

afterEach(() => vi.unstubAllGlobals());

test("[CL1] the host is asked below the page, and told where that is", async () => {
  const asked = answering({ link: "https://4010.preview.example/?key=1" });
  const host = createHttpHost("secret", PAGE);
  expect(await host.previewLink(3000)).toEqual({
    ok: true,
    value: "https://4010.preview.example/?key=1",
  });
  expect(asked.map(({ url }) => url)).toEqual([`${PAGE}api/preview?port=3000`]);
  expect(asked[0]?.headers.get("x-tandem-page")).toBe(PAGE);
  expect(asked[0]?.headers.get("authorization")).toBe("Bearer secret");
});

test("[HT7] there is a link for each role that may be invited", async () => {
  answering({ viewer: "v", owner: "o", editor: "e", other: "x" });
  expect(await createHttpHost("secret", PAGE).invites()).toEqual({
    ok: true,
    value: [
      { role: "owner", url: "o" },
      { role: "editor", url: "e" },
      { role: "viewer", url: "v" },
    ],
  });
});

test("[HT12] an image is sent as it is, and shown by its name", async () => {
  const asked = answering({ name: "a.png" });
  const host = createHttpHost("secret", PAGE);
  const image = new Blob(["bytes"]);
  expect(await host.sendImage(image)).toEqual({ ok: true, value: "a.png" });
  expect(await host.image("a.png")).toMatchObject({ ok: true });
  expect(asked.map(({ url, method, body }) => [method, url, body === image])).toEqual([
    ["POST", `${PAGE}api/images`, true],
    ["GET", `${PAGE}api/images/a.png`, false],
  ]);
});

test("a host that does not answer is told from one that refuses", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  expect(await createHttpHost("secret", PAGE).sendImage(new Blob())).toEqual({
    ok: false,
    message: "The host cannot be reached.",
    isUnreachable: true,
  });
  vi.stubGlobal("fetch", () =>
    Promise.resolve(new Response("<h1>Too large</h1>", { status: 413 })),
  );
  expect(await createHttpHost("secret", PAGE).sendImage(new Blob())).toEqual({
    ok: false,
    message: "The host answered 413.",
  });
});

test("[HT2] a refusal is told in the host's words", async () => {
  answering({ error: "Only an owner may see the invites." }, 403);
  expect(await createHttpHost(null, PAGE).invites()).toEqual({
    ok: false,
    message: "Only an owner may see the invites.",
  });
});
