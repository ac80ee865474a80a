import { afterEach, beforeEach, expect, it, vi } from "vitest";

const PAGE = "https://host.test/below/";
const BUILD = { id: "two", assets: ["assets/app-12345678.js", "assets/lazy-12345678.js"] };
const APP = `${PAGE}assets/app-12345678.js`;

/** What the host serves, by address; without an entry there is no network. */
const served = new Map<string, { readonly body: string; readonly status?: number }>();
const asked: string[] = [];
const stored = new Map<string, Map<string, Response>>();

/** The least of Cache Storage that the worker uses. */
const caches = {
  keys: () => Promise.resolve([...stored.keys()]),
  delete: (name: string) => Promise.resolve(stored.delete(name)),
  open(name: string) {
    const entries = stored.get(name) ?? new Map<string, Response>();
    stored.set(name, entries);
    return Promise.resolve({
      match: (url: string) => Promise.resolve(entries.get(url)?.clone()),
      put: (url: string, response: Response) => Promise.resolve(entries.set(url, response)),
      add: async (url: string) => entries.set(url, await fetchServed(url)),
    });
  },
  match: (url: string) =>
    Promise.resolve(
      [...stored.values()]
        .find((entries) => entries.has(url))
        ?.get(url)
        ?.clone(),
    ),
};

function fetchServed(input: string | { readonly url: string }): Promise<Response> {
  const url = typeof input === "string" ? input : input.url;
  asked.push(url);
  const { body, status = 200 } = served.get(url.replace(/\?.*/, "")) ?? {};
  if (body === undefined) return Promise.reject(new TypeError("Failed to fetch"));
  return Promise.resolve(new Response(body, { status }));
}

const listeners = new Map<string, (event: object) => void>();

/** Tells the worker of an event, and waits for what it does. */
async function happen(type: "install" | "activate"): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  listeners.get(type)?.({ waitUntil: (work: Promise<unknown>) => (done = work) });
  await done;
}

/** The text that a request gets; undefined when it passes the worker by. */
async function load(url: string, mode = "navigate"): Promise<string | undefined> {
  let answer: Promise<Response> | undefined;
  listeners.get("fetch")?.({
    request: { method: "GET", mode, url },
    preloadResponse: Promise.resolve(undefined),
    respondWith: (response: Promise<Response>) => (answer = response),
  });
  return answer === undefined ? undefined : (await answer).text();
}

beforeEach(async () => {
  served.clear();
  stored.clear();
  served.set(PAGE, { body: '<script src="./assets/app-12345678.js"></script>' });
  for (const path of BUILD.assets) served.set(PAGE + path, { body: path });
  vi.stubGlobal("BUILD", BUILD);
  vi.stubGlobal("caches", caches);
  vi.stubGlobal("fetch", fetchServed);
  vi.stubGlobal("self", {
    registration: { scope: PAGE, navigationPreload: { enable: () => Promise.resolve() } },
    clients: { claim: () => Promise.resolve() },
    skipWaiting: () => Promise.resolve(),
    addEventListener: (type: string, listener: (event: object) => void) =>
      listeners.set(type, listener),
  });
  vi.resetModules();
  const module = "./serviceWorker.ts";
  await import(/* @vite-ignore */ module);
  asked.length = 0;
});

afterEach(() => vi.unstubAllGlobals());

it("shows the page of the host while there is one, and the kept one otherwise", async () => {
  await happen("install");
  served.set(PAGE, { body: "a newer page" });
  expect(await load(`${PAGE}?repl=a`)).toBe("a newer page");
  served.set(PAGE, { body: "Bad Gateway", status: 502 });
  expect(await load(PAGE)).toContain("app-12345678.js");
  served.clear();
  expect(await load(`${PAGE}?repl=a`)).toContain("app-12345678.js");
});

it("gives the files of its build without asking, also those that no page has loaded", async () => {
  await happen("install");
  served.clear();
  asked.length = 0;
  expect(await load(APP, "cors")).toBe("assets/app-12345678.js");
  expect(await load(`${PAGE}assets/lazy-12345678.js`, "cors")).toBe("assets/lazy-12345678.js");
  expect(asked).toEqual([]);
});

it("lets everything else pass by", async () => {
  await happen("install");
  for (const url of [`${PAGE}api/poster`, `${PAGE}assets/other-12345678.js`, "https://x.test/"]) {
    expect(await load(url, "cors")).toBeUndefined();
  }
  expect(await load("https://host.test/")).toBeUndefined();
});

it("keeps no page of another build, and no answer that is none", async () => {
  served.set(PAGE, { body: '<script src="./assets/app-87654321.js"></script>' });
  await expect(happen("install")).rejects.toThrow("another build");
  served.set(PAGE, { body: "please log in" });
  await expect(happen("install")).rejects.toThrow("another build");
  served.clear();
  await expect(load(PAGE)).rejects.toThrow("Failed to fetch");
});

it("takes over what has not changed, and removes older builds of this page alone", async () => {
  stored.set(`tandem ${PAGE} one`, new Map([[APP, new Response("known")]]));
  stored.set("tandem https://host.test/ one", new Map());
  await happen("install");
  expect(asked).not.toContain(APP);
  await happen("activate");
  expect([...stored.keys()]).toEqual(["tandem https://host.test/ one", `tandem ${PAGE} two`]);
  expect(await load(APP, "cors")).toBe("known");
});
