import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import type { Identity } from "#container/session.ts";
import { createClient, type Client, type ClientEvent } from "#protocol/client.ts";
import type { FromWorker, WorkerPort } from "#protocol/bridge.ts";
import type { ConnectionState } from "#protocol/services/control.ts";
import type { Journal } from "#protocol/document/journal.ts";
import { createProtocolWorker } from "#protocol/worker/protocolWorker.ts";
import type { FakeClock } from "./fakeClock.ts";
import { MemoryBrowser } from "./memoryJournal.ts";
import { memoryTransports, type MemoryTransport } from "./memoryTransport.ts";
import type { Room } from "./room.ts";

/** The whole client half, joined to a container in memory, on the room's clock. */
export interface WorldClient {
  readonly client: Client;
  /** Everything that the store was told. */
  readonly events: ClientEvent[];
  /** Both ends of the newest link. */
  readonly link: readonly [client: MemoryTransport, container: MemoryTransport];
  /** How often a connection was made or tried. */
  readonly dials: number;
  /** Cuts the link as a network does. While `down`, no new one can be made. */
  cut(): void;
  down: boolean;
  connection(): ConnectionState | undefined;
}

/** Lets `ms` pass in small steps, with all that happens in each. */
export async function pass(clock: FakeClock, ms = 100): Promise<void> {
  for (let passed = 0; passed <= ms; passed += 10) {
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    clock.advance(Math.min(10, ms - passed));
  }
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

let seeds = 0;

/** Brings a client into `room`, which is asked for at each attempt so that it can be another. */
export function bringClient(
  room: () => Room,
  identity: Partial<Identity> & { readonly userId: number },
  journal: Journal = new MemoryBrowser().openPage(),
): WorldClient {
  const { clock } = room();
  const random = mulberry32(++seeds);
  const events: ClientEvent[] = [];
  let link: WorldClient["link"] | undefined;
  let dials = 0;
  const toMain: WorkerPort = {
    // A real bridge clones; whatever cannot be cloned fails here as well.
    postMessage: (messages) => {
      const cloned = structuredClone(messages);
      queueMicrotask(() => worker.receive(cloned));
    },
    onmessage: null,
  };
  const worker = createProtocolWorker({
    clock,
    random,
    log: silentLogger,
    createFetchConnection: () => () =>
      Promise.resolve(
        world.down
          ? { kind: "retry", reason: "down" }
          : {
              kind: "granted",
              data: {
                token: "token",
                gurl: "ws://container.test",
                repl: { id: "repl", slug: "sample", language: "nodejs" },
                role: identity.role ?? "editor",
              },
            },
      ),
    openTransport: () => {
      dials += 1;
      const ends = memoryTransports();
      link = ends;
      if (world.down) {
        queueMicrotask(() => ends[0].handleClose(1006, "down"));
      } else {
        room().container.connect(ends[1], {
          name: `user ${identity.userId}`,
          role: "editor",
          guest: true,
          ...identity,
        });
      }
      return ends[0];
    },
    scheduleFrame: (callback) => clock.after(16, callback),
    post: (messages: readonly FromWorker[]) => {
      const cloned = structuredClone(messages);
      queueMicrotask(() => toMain.onmessage?.({ data: cloned } as MessageEvent<typeof cloned>));
    },
  });
  const client = createClient({
    port: toMain,
    clock,
    random,
    log: silentLogger,
    journal,
    start: { replId: "repl", invite: "", guest: "", origin: "http://host.test", name: "" },
  });
  client.onEvents((batch) => events.push(...batch));
  const world: WorldClient = {
    client,
    events,
    get link() {
      if (link === undefined) throw new Error("never connected");
      return link;
    },
    get dials() {
      return dials;
    },
    cut() {
      // The client dials again at once: `link` is another then.
      for (const end of link ?? []) end.handleClose(1006, "cut");
    },
    down: false,
    connection() {
      const told = events.flatMap((event) =>
        event.slice === "control" && event.event.kind === "connection" ? [event.event.state] : [],
      );
      return told.at(-1);
    },
  };
  return world;
}
