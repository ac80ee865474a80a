import { existsSync } from "node:fs";
import { access, constants, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { RequestError, messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { ProcessOptions, Processes } from "../platform.ts";
import { programEnvironment } from "./environment.ts";
import { startPiped } from "./pipedProcess.ts";
import { loadPty, type OpenPty } from "./pty.ts";
import { startInPty } from "./ptyProcess.ts";

/** What puts a program into a sandbox: turns its command into the one that is really started. */
export type Sandbox = (
  command: readonly [string, ...string[]],
  options: ProcessOptions,
) => readonly [string, ...string[]];

export interface ProcessesOptions {
  /** The repl's folder. */
  readonly root: string;
  /** Variables of the repl, such as `REPL_ID`; they win over those of the host. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: Logger;
  readonly sandbox?: Sandbox;
  /** Opens terminals; the best library of this machine when missing. */
  readonly openPty?: OpenPty;
}

/** Starts real programs. Every process of a container comes through here (SEAM1). */
export function createProcesses(options: ProcessesOptions): Processes {
  const { root, log, sandbox = (command) => command } = options;
  const baseEnv = programEnvironment(process.env, options.env);
  let openPty: Promise<OpenPty> | undefined;

  return {
    shell: interactiveShell(process.env["SHELL"]),
    async spawn(request) {
      const cwd = join(root, request.cwd ?? ".");
      const env: Record<string, string> = { ...baseEnv, ...request.env, PWD: cwd };
      const [program, ...args] = sandbox(request.command, request);
      const directory = await stat(cwd).catch(() => undefined);
      if (directory?.isDirectory() !== true) {
        throw new RequestError("not-found", `chdir ${cwd}: no such file or directory`);
      }
      const file = await findProgram(program, env["PATH"] ?? "", cwd);
      try {
        if (request.pty === undefined) {
          return startPiped({ file, args, env, cwd, noInput: request.noInput });
        }
        openPty ??= options.openPty === undefined ? loadPty() : Promise.resolve(options.openPty);
        return startInPty(await openPty, { file, args, env, cwd, ...request.pty });
      } catch (error) {
        log.warn("program did not start", { program, error: messageOf(error) });
        throw new RequestError("failed", `fork/exec ${file}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    },
  };
}

/** The user's shell, if it is one that people type into; some accounts have none. */
function interactiveShell(wanted: string | undefined): readonly [string, ...string[]] {
  const candidates = [wanted ?? "", "/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash"];
  const isShell = (file: string): boolean => /\/(ba|z|fi|k|c|tc|da|a|)sh$/.test(file);
  const shell = candidates.find((file) => isShell(file) && existsSync(file)) ?? "/bin/sh";
  // On macOS a terminal's shell is a login shell: only that one sets the PATH which users expect.
  return process.platform === "darwin" ? [shell, "-l"] : [shell];
}

/**
 * Where the program is, as a shell would find it. Looked up beforehand because what starts it is a
 * shell, which would try its builtins first and tell a failure only by its exit code.
 */
async function findProgram(program: string, path: string, cwd: string): Promise<string> {
  const inFolder = program.includes("/");
  const places = inFolder ? [join(program.startsWith("/") ? "/" : cwd, program)] : [];
  if (!inFolder) places.push(...path.split(delimiter).map((folder) => join(folder, program)));
  let denied = false;
  for (const place of places) {
    const found = await stat(place).catch(() => undefined);
    if (found?.isFile() !== true) continue;
    const executable = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return place;
    denied = true;
  }
  if (denied) throw new RequestError("denied", `fork/exec ${program}: permission denied`);
  throw inFolder
    ? new RequestError("not-found", `fork/exec ${program}: no such file or directory (not found)`)
    : new RequestError("not-found", `exec: "${program}": executable file not found in $PATH`);
}
