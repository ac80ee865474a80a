import { messageOf, RequestError } from "#common/lib/errors.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { State } from "#common/wire/enums.ts";
import type { Process, ProcessExit } from "../platform.ts";
import { ProgramOutput } from "../programOutput.ts";
import type { Reply, Service, ServiceContext, ServiceDefinition, Session } from "../service.ts";

/** Runs programs without a terminal, one after the other (EX1–EX10). */
export const exec: ServiceDefinition<"exec"> = {
  service: "exec",
  mayOpen: ["owner", "editor"],
  viewerMay: new Set(),
  lingerMs: 0,
  create: (context) => new Exec(context),
};

/** Programs that wait for their turn; more are a mistake. */
const MAX_QUEUED = 100;
/** How long a program may tidy up when its channel closes. */
const GRACE_MS = 1000;

interface Job {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly from: Session;
  readonly reply: Reply<"exec">;
}

class Exec implements Service<"exec"> {
  readonly #context: ServiceContext<"exec">;
  readonly #queue: Job[] = [];
  /** Settles when the last of the programs so far has ended. */
  #running: Promise<void> | undefined;
  #process: Process | undefined;
  #isClosed = false;

  constructor(context: ServiceContext<"exec">) {
    this.#context = context;
  }

  attach(session: Session): void {
    if (this.#process === undefined) return;
    this.#context.channel.send(session, { case: "state", value: State.Running });
  }

  detach(): void {}

  handle(body: BodyFor<"exec">, from: Session, reply: Reply<"exec">): void {
    switch (body.case) {
      case "exec":
        return this.#exec({ ...body.value, from, reply });
      case "input":
        throw new RequestError("bad-request", "exec: standard input is empty: use a shell");
      case "output":
      case "state":
      case "execInfo":
      case "ok":
      case "error":
        throw new RequestError("bad-request", `bad request: exec takes no ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  /** Resolves when nothing of it runs any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#end();
    await this.#running;
  }

  #exec({ args, env, blocking, from, reply }: Omit<Job, "command"> & ExecRequest): void {
    const [program, ...rest] = args;
    if (program === undefined || program === "") {
      throw new RequestError("bad-request", "exec: no command");
    }
    if ([...args, ...Object.entries(env).flat()].some((text) => text.includes("\0"))) {
      throw new RequestError("bad-request", `fork/exec ${program}: invalid argument`);
    }
    if (this.#running !== undefined && !blocking) {
      throw new RequestError("conflict", "Already running");
    }
    if (this.#queue.length >= MAX_QUEUED) {
      throw new RequestError("unavailable", `too many programs wait: the limit is ${MAX_QUEUED}`);
    }
    this.#queue.push({ command: [program, ...rest], env, from, reply });
    this.#running ??= this.#runAll();
  }

  async #runAll(): Promise<void> {
    const { channel, platform } = this.#context;
    for (let job = this.#queue.shift(); job !== undefined; job = this.#queue.shift()) {
      let failure: string | undefined;
      try {
        failure = failureOf(await this.#run(job));
      } catch (error) {
        const isExpected = error instanceof RequestError;
        if (!isExpected) platform.log.error(`exec: ${messageOf(error)}`, { tag: "invariant" });
        failure = isExpected ? error.message : "internal error";
      }
      if (failure === undefined) job.reply({ case: "ok", value: {} });
      else job.reply({ case: "error", value: failure });
      if (this.#process !== undefined) {
        this.#process = undefined;
        channel.broadcast({ case: "state", value: State.Stopped });
      }
    }
    this.#running = undefined;
  }

  /** Resolves when the program has ended and all of its output is on its way. */
  async #run({ command, env, from }: Job): Promise<ProcessExit> {
    const { channel, platform, repl } = this.#context;
    const reason = `asked for by ${from.name}`;
    channel.broadcast(
      { case: "execInfo", value: { command: [...command], reason } },
      { except: from },
    );
    await repl.documents.save();
    if (this.#isClosed) throw new RequestError("closed", "channel was closed");
    const process = await platform.processes.spawn({ command, env, noInput: true });
    this.#process = process;
    channel.broadcast({ case: "state", value: State.Running });
    const output = new ProgramOutput({
      clock: platform.clock,
      process,
      readers: channel.sessions,
      send: (value) => channel.broadcast({ case: "output", value }),
    });
    process.onOutput = (chunk) => output.push(chunk);
    const ended = new Promise<ProcessExit>((resolve) => {
      process.onExit = resolve;
    });
    if (this.#isClosed) this.#end();
    const exit = await ended;
    output.end();
    return exit;
  }

  /** Has the running program end, by its own will or else by force. */
  #end(): void {
    const process = this.#process;
    if (process === undefined) return;
    process.kill("SIGTERM");
    const { clock } = this.#context.platform;
    void this.#running?.then(clock.after(GRACE_MS, () => process.kill("SIGKILL")));
  }
}

interface ExecRequest {
  readonly args: readonly string[];
  readonly blocking: boolean;
}

/** Go's words for the ends of programs: clients match on them (EX3). */
const signalTexts: Readonly<Record<string, string>> = {
  SIGHUP: "hangup",
  SIGINT: "interrupt",
  SIGQUIT: "quit",
  SIGILL: "illegal instruction",
  SIGTRAP: "trace/breakpoint trap",
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGKILL: "killed",
  SIGUSR1: "user defined signal 1",
  SIGSEGV: "segmentation fault",
  SIGUSR2: "user defined signal 2",
  SIGPIPE: "broken pipe",
  SIGALRM: "alarm clock",
  SIGTERM: "terminated",
};

function failureOf({ code, signal }: ProcessExit): string | undefined {
  if (signal !== undefined) return `signal: ${signalTexts[signal] ?? signal}`;
  return code === 0 ? undefined : `exit status ${code}`;
}
