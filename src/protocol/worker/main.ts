import { createLogger } from "#common/lib/log.ts";
import { transferables, type FromWorker, type ToWorker } from "../bridge.ts";
import { workerClock } from "./clock.ts";
import { createFetchConnection } from "./connectionData.ts";
import { FRAME_MS } from "./outbox.ts";
import { createProtocolWorker } from "./protocolWorker.ts";
import { openWebSocket } from "./transports/websocket.ts";

/**
 * A page in the background paints no frames, but its people still work together. This long without
 * a frame, and what waits goes without one.
 */
const FRAME_TIMEOUT_MS = 100;

const scope = self as unknown as DedicatedWorkerGlobalScope;

const worker = createProtocolWorker({
  clock: workerClock,
  random: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
  log: createLogger((level, message, fields) => {
    // The one sink of this thread.
    // oxlint-disable-next-line no-console
    if (level !== "debug") console[level](message, fields);
  }),
  openTransport: (url) => openWebSocket(url),
  createFetchConnection: (origin) =>
    createFetchConnection((url, init) => fetch(url, { ...init, cache: "no-store" }), origin),
  scheduleFrame,
  post: (messages: readonly FromWorker[]) => scope.postMessage(messages, transferables(messages)),
});

scope.onmessage = ({ data }: MessageEvent<readonly ToWorker[]>) => worker.receive(data);

const tellOnline = (): void =>
  worker.receive([{ kind: "tell", tell: { kind: "online", online: navigator.onLine } }]);
scope.addEventListener("online", tellOnline);
scope.addEventListener("offline", tellOnline);
// Behind the first message, which starts the worker.
scope.addEventListener("message", tellOnline, { once: true });

function scheduleFrame(callback: () => void): () => void {
  // Not every browser paints from workers; where none does, the timer keeps the pace by itself.
  const hasFrames = typeof scope.requestAnimationFrame === "function";
  const frame = hasFrames ? scope.requestAnimationFrame(run) : undefined;
  const cancelTimer = workerClock.after(hasFrames ? FRAME_TIMEOUT_MS : FRAME_MS, run);
  function cancel(): void {
    cancelTimer();
    if (frame !== undefined) scope.cancelAnimationFrame(frame);
  }
  function run(): void {
    cancel();
    callback();
  }
  return cancel;
}
