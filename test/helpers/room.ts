import { createContainer, type Container, type ContainerOptions } from "#container/container.ts";
import type { Random } from "#common/lib/random.ts";
import type { Identity } from "#container/session.ts";
import { FakeClock } from "./fakeClock.ts";
import { FrameClient } from "./frameClient.ts";
import type { MemoryDisk } from "./memoryDisk.ts";
import { memoryPlatform } from "./memoryPlatform.ts";
import { memoryTransports, type MemoryTransport } from "./memoryTransport.ts";

interface Connection {
  readonly client: FrameClient;
  /** The client's end, and the container's, for what happens on the way. */
  readonly clientEnd: MemoryTransport;
  readonly containerEnd: MemoryTransport;
}

/** A container in memory and the clients that a test sends into it. */
export interface Room {
  readonly container: Container;
  readonly clock: FakeClock;
  readonly platform: ReturnType<typeof memoryPlatform>;
  /** Connects without waiting for anything. */
  connect(identity?: Partial<Identity>): Connection;
  /** Connects and waits for READY. */
  join(identity?: Partial<Identity>): Promise<FrameClient>;
}

export function createRoom(
  options: Omit<Partial<ContainerOptions>, "platform"> & {
    readonly clock?: FakeClock;
    readonly disk?: MemoryDisk;
    readonly random?: Random;
  } = {},
): Room {
  const { clock = new FakeClock(), disk, random, ...rest } = options;
  const platform = memoryPlatform({
    clock,
    ...(disk !== undefined && { disk }),
    ...(random !== undefined && { random }),
  });
  const container = createContainer({
    repl: { id: "repl", language: "nodejs", slug: "sample" },
    services: [],
    ...rest,
    platform,
  });
  let people = 0;

  function connect(identity: Partial<Identity> = {}): Connection {
    const [clientEnd, containerEnd] = memoryTransports();
    const client = new FrameClient(clientEnd);
    const userId = ++people;
    const name = `guest ${userId}`;
    container.connect(containerEnd, { userId, name, role: "editor", guest: true, ...identity });
    return { client, clientEnd, containerEnd };
  }

  async function join(identity?: Partial<Identity>): Promise<FrameClient> {
    const { client } = connect(identity);
    await client.ready();
    return client;
  }

  return { container, clock, platform, connect, join };
}
