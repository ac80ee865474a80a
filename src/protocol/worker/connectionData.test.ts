import { describe, expect, it } from "vitest";
import { createFetchConnection, type Credentials } from "./connectionData.ts";

const credentials: Credentials = { replId: "r 1", invite: "secret", guest: "me", name: "Zoë" };
const good = {
  token: "v2.public.x",
  gurl: "wss://host",
  conmanURL: "https://host",
  dotdevHostname: "host",
  repl: { id: "r1", slug: "sample", language: "nodejs" },
  role: "viewer",
};

function answering(status: number, text: string) {
  const requests: { readonly url: string; readonly headers: Record<string, string> }[] = [];
  const fetch = createFetchConnection((url, { headers }) => {
    requests.push({ url, headers });
    const ok = status >= 200 && status < 300;
    return Promise.resolve({ ok, status, text: () => Promise.resolve(text) });
  }, "https://host.test");
  return { fetch, requests };
}

describe("asking for connection data", () => {
  it("[CL1] shows invite, guest secret and name, and takes token, address, repl and role", async () => {
    const { fetch, requests } = answering(200, JSON.stringify(good));
    const { token, gurl, repl } = good;
    expect(await fetch(credentials)).toEqual({
      kind: "granted",
      data: { token, gurl, repl, role: "viewer" },
    });
    expect(requests).toEqual([
      {
        url: "https://host.test/api/connection?repl=r+1",
        headers: {
          Authorization: "Bearer secret",
          "X-Tandem-Page": "https://host.test/",
          "X-Tandem-Guest": "me",
          "X-Tandem-Name": "Zo%C3%AB",
        },
      },
    ]);
  });

  it("[CL1] makes do with the four fields that every host gives", async () => {
    const { fetch, requests } = answering(200, '{"token":"t","gurl":"ws://h"}');
    expect(await fetch({ ...credentials, name: "" })).toEqual({
      kind: "granted",
      data: {
        token: "t",
        gurl: "ws://h",
        repl: { id: "", slug: "", language: "" },
        role: "editor",
      },
    });
    expect(requests[0]?.headers).not.toHaveProperty("X-Tandem-Name");
  });

  it.each([400, 408, 409, 429, 500, 502, 503, 504])(
    "[CL2] tries again after %i",
    async (status) => {
      const answer = await answering(status, '{"error":"Busy."}').fetch(credentials);
      expect(answer).toEqual({ kind: "retry", reason: "Busy." });
    },
  );

  it.each([401, 403, 404, 410, 501])(
    "[CL2] gives up after %i, with the host's words",
    async (status) => {
      const answer = await answering(status, '{"error":"Ask for a new link."}').fetch(credentials);
      expect(answer).toEqual({ kind: "refused", reason: "Ask for a new link." });
    },
  );

  it("[CL2] finds words of its own when the host has none", async () => {
    const refused = { kind: "refused", reason: "The host answered 404." };
    expect(await answering(404, "<html>proxy</html>").fetch(credentials)).toEqual(refused);
    expect(await answering(404, "").fetch(credentials)).toEqual(refused);
    expect(await answering(404, "no such repl").fetch(credentials)).toEqual({
      kind: "refused",
      reason: "no such repl",
    });
  });

  it("[CL2] tries again when there is no answer, or one that makes no sense", async () => {
    const unreachable = createFetchConnection(
      () => Promise.reject(new Error("refused")),
      "https://h",
    );
    expect((await unreachable(credentials)).kind).toBe("retry");
    expect((await answering(200, "{}").fetch(credentials)).kind).toBe("retry");
    expect((await answering(200, "not json").fetch(credentials)).kind).toBe("retry");
    expect((await answering(200, '{"token":1,"gurl":"x"}').fetch(credentials)).kind).toBe("retry");
  });
});
