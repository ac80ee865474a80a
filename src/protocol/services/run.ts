import { assertNever } from "#common/lib/assertNever.ts";
import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { State } from "#common/wire/enums.ts";
import { wellKnownChannel } from "#common/wire/services.ts";
import type { Channel } from "../channel.ts";
import { errorCodeOf } from "../errorCodes.ts";
import type { ServiceContext } from "../service.ts";
import { Terminal, type TerminalSink } from "../terminal.ts";

export type RunEvent =
  | { readonly kind: "running" }
  | { readonly kind: "stopped" }
  /** Follows `stopped` when the container tells how the program ended. */
  | { readonly kind: "exited"; readonly code: number }
  /** What the container runs, and why. */
  | { readonly kind: "info"; readonly command: readonly string[]; readonly reason: string }
  | { readonly kind: "hint"; readonly text: string }
  | { readonly kind: "failed"; readonly message: string };

/** The one program that everybody runs and watches. */
export class RunService {
  readonly terminal: Terminal;
  readonly #emit: (event: RunEvent) => void;
  readonly #channel: Channel<"run">;

  constructor({ open, emit }: ServiceContext<RunEvent>, sink: TerminalSink) {
    this.#emit = emit;
    this.#channel = open("run", wellKnownChannel.run, {
      attached: () => this.terminal.attached(),
      handle: (body, ref) => this.#handle(body, ref),
      failed: (error) => emit({ kind: "failed", message: error.message }),
      ended: () => emit({ kind: "failed", message: "Someone has closed the console." }),
    });
    this.terminal = new Terminal(this.#channel, sink);
  }

  async start(): Promise<Result<void, RequestError>> {
    const answer = await this.#channel.request({ case: "runMain", value: {} });
    return answer.ok ? ok(undefined) : answer;
  }

  async stop(): Promise<Result<void, RequestError>> {
    const answer = await this.#channel.request({ case: "clear", value: {} });
    return answer.ok ? ok(undefined) : answer;
  }

  #handle(body: BodyFor<"run">, ref: string): void {
    switch (body.case) {
      case "output":
        this.terminal.handleOutput(body.value, ref);
        break;
      case "resizeTerm":
        this.terminal.handleSize(body.value);
        break;
      case "state":
        this.#emit({ kind: body.value === State.Running ? "running" : "stopped" });
        break;
      case "exitCodeEvent":
        this.#emit({ kind: "exited", code: body.value });
        break;
      case "execInfo":
        this.#emit({ kind: "info", command: body.value.command, reason: body.value.reason });
        break;
      case "hint":
        this.#emit({ kind: "hint", text: body.value.text });
        break;
      case "error":
        // What a viewer may not do (RE3) breaks nothing.
        if (errorCodeOf(body.value) === "denied") break;
        this.#emit({ kind: "failed", message: body.value });
        break;
      // Only clients send these, or they answer what nobody waits for.
      case "runMain":
      case "clear":
      case "input":
      case "saneTerm":
      case "PTYConfig":
      case "ok":
        break;
      default:
        assertNever(body);
    }
  }
}
