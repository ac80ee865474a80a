import path from "node:path";
import type { Logger } from "#common/lib/log.ts";
import { createContainer, type Container } from "../container.ts";
import type { PortWatcher } from "../platform.ts";
import { chat } from "../services/chat.ts";
import { exec } from "../services/exec.ts";
import { files } from "../services/files.ts";
import { fsevents } from "../services/fsevents.ts";
import { ot } from "../services/ot.ts";
import { presence } from "../services/presence.ts";
import { systemClock } from "./clock.ts";
import { createFileSystem } from "./fileSystem.ts";
import { systemRandom } from "./random.ts";
import { createProcesses } from "./processes.ts";
import type { ReplRecord } from "./repls.ts";
import { createStorage } from "./storage.ts";

/** Everything that a channel can be opened for. */
const services = [chat, exec, files, fsevents, ot, presence];

/** A container over the real files, processes and ports of this machine. */
export function startContainer(
  { id, slug, language, folder }: ReplRecord,
  stateFolder: string,
  log: Logger,
): Container {
  const env = { REPL_ID: id, REPL_SLUG: slug, REPL_LANGUAGE: language, REPL_HOME: folder };
  const platform = {
    clock: systemClock,
    random: systemRandom,
    log: log.child({ repl: id }),
    files: createFileSystem({ root: folder, clock: systemClock, log }),
    processes: createProcesses({ root: folder, env, log }),
    storage: createStorage(path.join(stateFolder, "state")),
    ports: noPorts,
  };
  return createContainer({ platform, repl: { id, slug, language }, services });
}

const noPorts: PortWatcher = { watch: () => () => {} };
