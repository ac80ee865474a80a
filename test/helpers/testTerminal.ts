import type { Command } from "#common/wire/codec.ts";
import type { FrameClient } from "./frameClient.ts";

// oxlint-disable-next-line no-control-regex -- sequences begin with one
const SEQUENCE = /\x1b\[[0-9;?]*[A-Za-z]|\x1b[78]/g;
/** Of the prompts of common shells, for users and for root. */
const PROMPT_END = /[$#%] $/;

/** A terminal of one client: collects what it is sent, and acknowledges it like one that draws. */
export class TestTerminal {
  readonly client: FrameClient;
  readonly id: number;
  /** All output so far. */
  output = "";
  /** The size that the container has announced last. */
  size = "";
  readonly states: number[] = [];
  /** Everything else that came, in order. */
  readonly others: Command["body"][] = [];
  /** Whether what arrives is acknowledged at once. */
  draws = true;
  readonly undrawn: string[] = [];
  #changed: () => void = () => {};

  private constructor(client: FrameClient, id: number) {
    this.client = client;
    this.id = id;
  }

  static async open(
    client: FrameClient,
    service: string,
    name = "",
    options: { readonly hasCap?: boolean; readonly draws?: boolean } = {},
  ): Promise<TestTerminal> {
    if (options.hasCap !== false) await client.announceHasCap();
    const terminal = new TestTerminal(client, (await client.open(service, name)).id);
    terminal.draws = options.draws ?? true;
    // It ends with the connection.
    terminal.#read().catch(() => {});
    return terminal;
  }

  type(text: string): void {
    this.client.send(this.id, { case: "input", value: text });
  }

  resize(cols: number, rows: number): void {
    this.client.send(this.id, { case: "resizeTerm", value: { cols, rows } });
  }

  /** Acknowledges all that has arrived. */
  draw(): void {
    for (const ref of this.undrawn.splice(0)) {
      this.client.send(this.id, { case: "ok", value: {} }, ref);
    }
  }

  /** Resolves when `condition` holds, looked at after each body. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** Resolves when the output holds `text`. */
  shows(text: string | RegExp): Promise<void> {
    return this.until(() =>
      typeof text === "string" ? this.output.includes(text) : text.test(this.output),
    );
  }

  /** Resolves when a shell waits for a command. */
  prompt(): Promise<void> {
    return this.until(() => PROMPT_END.test(this.output.replaceAll(SEQUENCE, "")));
  }

  async #read(): Promise<void> {
    for (;;) {
      // What answers a request is for whoever asked.
      const { body, ref } = await this.client.take(
        (command) => command.channel === this.id && !/^r\d+$/.test(command.ref),
      );
      if (body.case === "output") {
        this.output += body.value;
        if (ref !== "") this.undrawn.push(ref);
        if (this.draws) this.draw();
      } else if (body.case === "state") {
        this.states.push(body.value);
      } else if (body.case === "resizeTerm") {
        this.size = `${body.value.cols}x${body.value.rows}`;
      } else {
        this.others.push(body);
      }
      this.#changed();
    }
  }
}
