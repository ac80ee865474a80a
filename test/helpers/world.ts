import type { Identity } from "#container/session.ts";
import { chat } from "#container/services/chat.ts";
import { exec } from "#container/services/exec.ts";
import { files } from "#container/services/files.ts";
import { fsevents } from "#container/services/fsevents.ts";
import { metadata } from "#container/services/metadata.ts";
import { ot } from "#container/services/ot.ts";
import { presence } from "#container/services/presence.ts";
import { parseReplPath } from "#container/paths.ts";
import { encodeUtf8 } from "#common/lib/utf8.ts";
import type { Journal } from "#protocol/document/journal.ts";
import { bringClient, pass, type WorldClient } from "./clientWorld.ts";
import { Editor } from "./editor.ts";
import { FakeClock } from "./fakeClock.ts";
import { MemoryDisk } from "./memoryDisk.ts";
import { createRoom, type Room } from "./room.ts";

const services = [chat, exec, files, fsevents, metadata, ot, presence];

/** A container in memory, with whole clients in it, on one clock. */
export class World {
  readonly clock = new FakeClock();
  readonly disk = new MemoryDisk();
  room: Room = this.#start();

  #start(): Room {
    return createRoom({ services, clock: this.clock, disk: this.disk });
  }

  async bring(
    identity: Partial<Identity> & { readonly userId: number },
    journal?: Journal,
  ): Promise<WorldClient> {
    const client = bringClient(() => this.room, identity, journal);
    await this.pass();
    return client;
  }

  pass(ms = 100): Promise<void> {
    return pass(this.clock, ms);
  }

  /** What `work` comes to, while time passes. */
  async during<T>(work: Promise<T>, ms = 100): Promise<T> {
    const [result] = await Promise.all([work, this.pass(ms)]);
    return result;
  }

  /** The machine loses power; its disk goes into a new one. */
  restart(clients: readonly WorldClient[]): void {
    this.room = this.#start();
    for (const client of clients) client.cut();
  }

  write(path: string, text: string): Promise<void> {
    return this.room.platform.files.write(parseReplPath(path), encodeUtf8(text));
  }

  async read(path: string): Promise<string> {
    return new TextDecoder().decode(await this.room.platform.files.read(parseReplPath(path)));
  }

  async open(client: WorldClient, path: string): Promise<Editor> {
    const opened = await this.during(client.client.ot.openDocument(path));
    if (!opened.ok) throw opened.error;
    return new Editor(opened.value);
  }
}
