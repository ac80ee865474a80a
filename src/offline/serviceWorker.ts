/**
 * Keeps the app itself, so that its page can be loaded while its host cannot be reached: the page and
 * the files of one build, whole or not at all. With a host there, its page is the one that is shown.
 * Nothing else passes through here: no API, no previews, no files of a room.
 */

/** Written here by the build (`vite.config.ts`). */
declare const BUILD: {
  /** Another one for each build. */
  readonly id: string;
  /** Paths below the page of all files whose names tell their content. */
  readonly assets: readonly string[];
};

/** What a reverse proxy answers when its host is gone. */
const HOST_IS_GONE: ReadonlySet<number> = new Set([502, 503, 504]);

const worker = self as unknown as ServiceWorkerGlobalScope;
const page = worker.registration.scope;
/** An origin may serve several hosts, each below its own path. */
const cachePrefix = `tandem ${page} `;
const cacheName = cachePrefix + BUILD.id;
const assets = new Set(BUILD.assets.map((path) => new URL(path, page).href));

worker.addEventListener("install", (event) => {
  event.waitUntil(keepBuild().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  if (method !== "GET") return;
  if (mode === "navigate" && withoutQuery(url) === page) event.respondWith(answerPage(event));
  else if (assets.has(url)) event.respondWith(answerAsset(event.request));
});

/** Rejects unless the host serves this very build; the browser tries again with the next visit. */
async function keepBuild(): Promise<void> {
  const cache = await caches.open(cacheName);
  const shell = await fetch(page, { cache: "no-cache" });
  const named = [...(await shell.clone().text()).matchAll(/\.\/(assets\/[^"]+)/g)];
  const isOurs = named.length > 0 && named.every(([, path = ""]) => BUILD.assets.includes(path));
  if (!shell.ok || shell.redirected || !isOurs) throw new Error("the host serves another build");
  // One after another: nobody waits for it, and the page has better things to load.
  for (const url of assets) {
    const known = await caches.match(url);
    if (known === undefined) await cache.add(url);
    else await cache.put(url, known);
  }
  await cache.put(page, shell);
}

async function takeOver(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name.startsWith(cachePrefix) && name !== cacheName) await caches.delete(name);
  }
  // The page is asked for while this worker still starts.
  await worker.registration.navigationPreload.enable();
  await worker.clients.claim();
}

async function answerPage({ request, preloadResponse }: FetchEvent): Promise<Response> {
  try {
    const preloaded = (await preloadResponse) as Response | undefined;
    const answer = preloaded ?? (await fetch(request));
    return HOST_IS_GONE.has(answer.status) ? ((await kept(page)) ?? answer) : answer;
  } catch (error) {
    const shell = await kept(page);
    if (shell === undefined) throw error;
    return shell;
  }
}

async function answerAsset(request: Request): Promise<Response> {
  return (await kept(request.url)) ?? fetch(request);
}

async function kept(url: string): Promise<Response | undefined> {
  const cache = await caches.open(cacheName);
  return cache.match(url, { ignoreVary: true });
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, "");
}
