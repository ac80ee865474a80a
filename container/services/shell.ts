import type { BodyFor } from "#common/wire/body.ts";
import { State } from "#common/wire/enums.ts";
import type { Reply, Service, ServiceContext, ServiceDefinition, Session } from "../service.ts";
import { InteractiveShell } from "../terminal/interactiveShell.ts";
import { Terminal } from "../terminal/terminal.ts";

/**
 * How long a shell waits for somebody to come back. Over night, since that is how long laptops
 * sleep; not for ever, since whatever runs in it costs something.
 */
const LINGER_MS = 24 * 60 * 60 * 1000;

/** The user's shell in a terminal that all who open its name share (SH1). */
export const shell: ServiceDefinition<"shell"> = {
  service: "shell",
  mayOpen: ["owner", "editor", "viewer"],
  // A viewer's terminal has a size like any other, and draws; neither changes anything.
  viewerMay: new Set(["ok", "resizeTerm"]),
  lingerMs: LINGER_MS,
  async create(context) {
    const service = new Shell(context);
    await service.start();
    return service;
  },
};

class Shell implements Service<"shell"> {
  readonly #context: ServiceContext<"shell">;
  readonly #terminal: Terminal;
  readonly #shell: InteractiveShell;

  constructor(context: ServiceContext<"shell">) {
    const { platform, channel } = context;
    this.#context = context;
    this.#terminal = new Terminal(platform, channel);
    this.#shell = new InteractiveShell(platform, this.#terminal, {
      onStart: () => channel.broadcast({ case: "state", value: State.Running }),
      onExit: (code) => {
        channel.broadcast({ case: "state", value: State.Stopped });
        channel.broadcast({ case: "exitCodeEvent", value: code });
      },
    });
  }

  start(): Promise<void> {
    return this.#shell.start();
  }

  attach(session: Session): void {
    this.#terminal.attach(session);
    const value = this.#terminal.isRunning ? State.Running : State.Stopped;
    this.#context.channel.send(session, { case: "state", value });
  }

  detach(session: Session): void {
    this.#terminal.detach(session);
  }

  async handle(
    body: BodyFor<"shell">,
    from: Session,
    reply: Reply<"shell">,
    ref: string,
  ): Promise<void> {
    if (body.case === "clear") this.#terminal.clear();
    else if (!(await this.#shell.handle(body, from, ref))) return;
    reply({ case: "ok", value: {} });
  }

  async close(): Promise<void> {
    await this.#shell.leave();
    this.#terminal.close();
  }
}
