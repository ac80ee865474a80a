import { assertNever } from "#common/lib/assertNever.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { State } from "#common/wire/enums.ts";
import type { Channel, OpenChannel } from "../channel.ts";
import { errorCodeOf } from "../errorCodes.ts";
import type { ServiceContext } from "../service.ts";
import { Terminal, type TerminalSink } from "../terminal.ts";

export type ShellEvent =
  | { readonly kind: "opened"; readonly name: string }
  /** It could not be opened, or broke. */
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "running"; readonly name: string }
  /** Its program ended; Enter starts it again. */
  | { readonly kind: "exited"; readonly name: string; readonly code: number | undefined }
  | { readonly kind: "closed"; readonly name: string };

/** The shells that this client has open, each one a channel that others may share. */
export class ShellService {
  readonly #open: OpenChannel;
  readonly #emit: (event: ShellEvent) => void;
  readonly #createSink: (name: string) => TerminalSink;
  readonly #shells = new Map<string, Shell>();

  constructor(
    { open, emit }: ServiceContext<ShellEvent>,
    createSink: (name: string) => TerminalSink,
  ) {
    this.#open = open;
    this.#emit = emit;
    this.#createSink = createSink;
  }

  /** The terminal of an open shell. */
  terminal(name: string): Terminal | undefined {
    return this.#shells.get(name)?.terminal;
  }

  open(name: string): void {
    if (this.#shells.has(name)) return;
    const channel: Channel<"shell"> = this.#open("shell", name, {
      attached: () => {
        shell.terminal.attached();
        this.#emit({ kind: "opened", name });
      },
      handle: (body, ref) => this.#handle(name, shell, body, ref),
      failed: ({ message }) => this.#emit({ kind: "failed", name, message }),
      ended: () => {
        this.#shells.delete(name);
        this.#emit({ kind: "closed", name });
      },
    });
    const terminal = new Terminal(channel, this.#createSink(name));
    const shell: Shell = { channel, terminal, exitCode: undefined };
    this.#shells.set(name, shell);
  }

  /** Clears screen and scrollback for all who watch it. */
  clear(name: string): void {
    this.#shells.get(name)?.channel.send({ case: "clear", value: {} });
  }

  close(name: string, how: "detach" | "end"): void {
    const shell = this.#shells.get(name);
    if (shell === undefined) return;
    this.#shells.delete(name);
    shell.channel.close(how === "end" ? "end" : "leave");
    this.#emit({ kind: "closed", name });
  }

  #handle(name: string, shell: Shell, body: BodyFor<"shell">, ref: string): void {
    switch (body.case) {
      case "output":
        shell.terminal.handleOutput(body.value, ref);
        break;
      case "resizeTerm":
        shell.terminal.handleSize(body.value);
        break;
      case "state":
        if (body.value === State.Running) {
          shell.exitCode = undefined;
          this.#emit({ kind: "running", name });
        } else {
          this.#emit({ kind: "exited", name, code: shell.exitCode });
        }
        break;
      case "exitCodeEvent":
        // It may come on either side of the state, and not at all from a seed container.
        shell.exitCode = body.value;
        this.#emit({ kind: "exited", name, code: body.value });
        break;
      case "error":
        // What a viewer may not do (RE3) breaks nothing.
        if (errorCodeOf(body.value) === "denied") break;
        this.#emit({ kind: "failed", name, message: body.value });
        break;
      // A person types here, who needs no hints and knows what runs.
      case "hint":
      case "execInfo":
      // Only clients send these, or they answer what nobody waits for.
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

interface Shell {
  readonly channel: Channel<"shell">;
  readonly terminal: Terminal;
  exitCode: number | undefined;
}
