import path from "node:path";
import type { Logger } from "#common/lib/log.ts";
import { createContainer, type Container } from "../container.ts";
import { chat } from "../services/chat.ts";
import { exec } from "../services/exec.ts";
import { files } from "../services/files.ts";
import { fsevents } from "../services/fsevents.ts";
import { metadata } from "../services/metadata.ts";
import { ot } from "../services/ot.ts";
import { presence } from "../services/presence.ts";
import { run } from "../services/run.ts";
import { shell } from "../services/shell.ts";
import { systemClock } from "./clock.ts";
import { createFileSystem } from "./fileSystem.ts";
import { createPortWatcher } from "./ports.ts";
import type { Previews } from "./preview/previews.ts";
import { createProcesses } from "./processes.ts";
import { systemRandom } from "./random.ts";
import type { ReplRecord } from "./repls.ts";
import { createStorage } from "./storage.ts";

/** Everything that a channel can be opened for. */
const services = [chat, exec, files, fsevents, metadata, ot, presence, run, shell];

/** A container over the real files, processes and ports of this machine. */
export function startContainer(
  { id, slug, language, folder }: ReplRecord,
  stateFolder: string,
  { previews, log }: { readonly previews: Previews; readonly log: Logger },
): Container {
  const env = { REPL_ID: id, REPL_SLUG: slug, REPL_LANGUAGE: language, REPL_HOME: folder };
  const platform = {
    clock: systemClock,
    random: systemRandom,
    log: log.child({ repl: id }),
    files: createFileSystem({ root: folder, clock: systemClock, log }),
    processes: createProcesses({ root: folder, env, log }),
    storage: createStorage(path.join(stateFolder, "state")),
    ports: createPortWatcher({
      replId: id,
      clock: systemClock,
      log,
      forward: (port) => previews.open(id, port),
      unforward: ({ port }) => previews.close(id, port),
    }),
  };
  return createContainer({ platform, repl: { id, slug, language }, services });
}
