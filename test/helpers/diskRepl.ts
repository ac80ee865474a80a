import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { silentLogger } from "#common/lib/log.ts";
import { mulberry32 } from "#common/lib/random.ts";
import type { Command, CommandInit } from "#common/wire/codec.ts";
import { createContainer, type Container } from "#container/container.ts";
import { systemClock } from "#container/node/clock.ts";
import { createFileSystem } from "#container/node/fileSystem.ts";
import { createProcesses } from "#container/node/processes.ts";
import { createStorage } from "#container/node/storage.ts";
import type { Platform } from "#container/platform.ts";
import type { AnyServiceDefinition } from "#container/service.ts";
import type { FrameClient } from "./frameClient.ts";
import { startTestServer } from "./testServer.ts";
import { dial } from "./webSocketClient.ts";

/** A container over real files and programs in a directory of its own, and a way in. */
export interface DiskRepl {
  /** The repl's folder; beside it there is room for what is outside of it. */
  readonly root: string;
  readonly url: string;
  readonly container: Container;
  /** Connects over a WebSocket and waits for READY. The token says `role:name`. */
  join(token?: string): Promise<FrameClient>;
}

/** Starts one, and clears it away when the test is over. */
export async function startDiskRepl(
  services: readonly AnyServiceDefinition[],
  replace: Partial<Platform> = {},
): Promise<DiskRepl> {
  const top = mkdtempSync(join(tmpdir(), "tandem-repl-"));
  const root = join(top, "repl");
  mkdirSync(root);
  const platform: Platform = {
    clock: systemClock,
    random: mulberry32(1),
    log: silentLogger,
    files: createFileSystem({ root, clock: systemClock, log: silentLogger }),
    // Shells come without the start-up files of whoever's machine this is.
    processes: createProcesses({ root, env: { REPL_ID: "repl", HOME: top }, log: silentLogger }),
    storage: createStorage(join(top, "state")),
    ports: { watch: () => () => {} },
    ...replace,
  };
  const repl = { id: "repl", language: "nodejs", slug: "sample" };
  const container = createContainer({ platform, repl, services });
  const server = await startTestServer(container);
  onTestFinished(async () => {
    await server.close();
    rmSync(top, { recursive: true, force: true });
  });
  return {
    root,
    url: server.url,
    container,
    async join(token = "editor") {
      const { client } = await dial(server.url, token);
      await client.ready();
      return client;
    },
  };
}

type BodyInit = NonNullable<CommandInit["body"]>;

/** One channel of one client: its requests, and what else comes on it. */
export class TestChannel {
  readonly client: FrameClient;
  readonly id: number;

  private constructor(client: FrameClient, id: number) {
    this.client = client;
    this.id = id;
  }

  static async open(client: FrameClient, service: string, name = ""): Promise<TestChannel> {
    return new TestChannel(client, (await client.open(service, name)).id);
  }

  /** Sends a request and tells the case and value of its answer. */
  async ask(body: BodyInit): Promise<Command["body"]> {
    return (await this.client.request(this.id, body)).body;
  }

  /** The text of the error that a request is answered by; fails when it is answered otherwise. */
  async errorOf(body: BodyInit): Promise<string> {
    const answer = await this.ask(body);
    if (answer.case !== "error") throw new Error(`answered by ${String(answer.case)}`);
    return answer.value;
  }

  /** Takes the next body on this channel, whatever it is. */
  async next(): Promise<Command["body"]> {
    return (await this.client.take(({ channel }) => channel === this.id)).body;
  }
}
