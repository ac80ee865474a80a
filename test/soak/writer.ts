import { WebSocket as NodeWebSocket } from "ws";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import { systemClock } from "#container/node/clock.ts";
import type { FromWorker, ToWorker, WorkerPort } from "#protocol/bridge.ts";
import { createClient, type Client, type OpenDocument } from "#protocol/client.ts";
import { createFetchConnection } from "#protocol/worker/connectionData.ts";
import { createProtocolWorker } from "#protocol/worker/protocolWorker.ts";
import { openWebSocket } from "#protocol/worker/transports/websocket.ts";
import type { RunningHost } from "#test/helpers/host.ts";
import { MemoryBrowser } from "#test/helpers/memoryJournal.ts";

/**
 * There is no screen, and so none to wait for. With its sixteen milliseconds most of a long replay
 * would be waiting.
 */
const FRAME_MS = 4;

/** Someone with the app's whole client half, on real time and a real WebSocket to a real host. */
export interface Writer {
  readonly client: Client;
  readonly document: OpenDocument;
  /** Tries at once when there is no connection, whatever wait is due. */
  hurry(): void;
  leave(): void;
}

export interface WriterInit {
  readonly host: Pick<RunningHost, "origin" | "invite">;
  /** Whoever has another one is another person. */
  readonly seed: number;
  readonly path: string;
}

export async function bringWriter({ host, seed, path }: WriterInit): Promise<Writer> {
  const random = mulberry32(seed);
  const port: WorkerPort = {
    postMessage(messages: readonly ToWorker[]) {
      const cloned = structuredClone(messages);
      queueMicrotask(() => worker.receive(cloned));
    },
    onmessage: null,
  };
  const worker = createProtocolWorker({
    clock: systemClock,
    random,
    log: silentLogger,
    openTransport: (url) => openWebSocket(url, dial),
    createFetchConnection: (origin) => createFetchConnection(fetch, origin),
    scheduleFrame: (callback) => systemClock.after(FRAME_MS, callback),
    post(messages: readonly FromWorker[]) {
      const data = structuredClone(messages);
      queueMicrotask(() => port.onmessage?.({ data } as MessageEvent<typeof data>));
    },
  });
  const client = createClient({
    port,
    clock: systemClock,
    random,
    log: silentLogger,
    journal: new MemoryBrowser().openPage(),
    start: {
      replId: "",
      invite: host.invite,
      guest: `a writer of the soak test, number ${seed}`,
      origin: host.origin,
      name: `Writer ${seed}`,
    },
  });
  let isWaiting = false;
  client.onEvents((events) => {
    for (const { slice, event } of events) {
      if (slice !== "control" || event.kind !== "connection") continue;
      isWaiting = event.state.kind === "waiting";
    }
  });
  const opened = await client.ot.openDocument(path);
  if (!opened.ok) throw opened.error;
  const document = opened.value;
  return {
    client,
    document,
    hurry() {
      if (isWaiting) client.connection.wake();
    },
    leave() {
      document.close();
      client.connection.leave();
    },
  };
}

function dial(url: string): WebSocket {
  const socket = new NodeWebSocket(url);
  // In a browser an error that nobody listens to is none.
  socket.on("error", () => {});
  return socket as unknown as WebSocket;
}
