import path from "node:path";
import { RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { createContainer, type Container } from "../container.ts";
import type { FileSystem, PortWatcher } from "../platform.ts";
import { systemClock } from "./clock.ts";
import { systemRandom } from "./random.ts";
import { createProcesses } from "./processes.ts";
import type { ReplRecord } from "./repls.ts";
import { createStorage } from "./storage.ts";

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
    files: noFiles,
    processes: createProcesses({ root: folder, env, log }),
    storage: createStorage(path.join(stateFolder, "state")),
    ports: noPorts,
  };
  return createContainer({ platform, repl: { id, slug, language }, services: [] });
}

const unavailable = (): Promise<never> =>
  Promise.reject(new RequestError("unavailable", "files are not served yet"));

const noFiles: FileSystem = {
  read: unavailable,
  write: unavailable,
  mkdir: unavailable,
  remove: unavailable,
  move: unavailable,
  readdir: unavailable,
  stat: unavailable,
  watch: unavailable,
};

const noPorts: PortWatcher = { watch: () => () => {} };
