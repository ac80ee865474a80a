import type { Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { decodeCommand, encodeCommand } from "#common/wire/codec.ts";
import { CloseCode, type Transport } from "#common/wire/transport.ts";
import type { Repls } from "./repls.ts";
import { verifyToken, type TokenRules } from "./tokens.ts";

/** How long a connection without a token in its URL may take to send one (TK9). */
const AUTH_TIMEOUT_MS = 10_000;

/** What a client may say before it is in. Polite ones wait for READY and say nothing. */
const MAX_EARLY_FRAMES = 100;

export interface GateOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly rules: TokenRules;
  readonly repls: Repls;
}

/** Lets connections into the container that their token is for, or closes them with 1008 (TK1). */
export class Gate {
  readonly #options: GateOptions;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Takes over a new connection. Without a `token` its first frame has to be `auth`. */
  enter(transport: Transport, token: string): void {
    if (token === "") this.#awaitAuth(transport);
    else void this.#admit(transport, token);
  }

  #awaitAuth(transport: Transport): void {
    const refuse = (why: string): void => {
      cancel();
      transport.onFrame = () => {};
      transport.close(CloseCode.policyViolation, why);
    };
    const cancel = this.#options.clock.after(AUTH_TIMEOUT_MS, () => refuse("no token was sent"));
    transport.onClose = cancel;
    transport.onFrame = (frame) => {
      const auth = readAuth(frame);
      if (auth === undefined) return refuse("the first frame has to be auth");
      cancel();
      return void this.#admit(transport, auth.token, auth.ref);
    };
  }

  /** Never rejects. `ref` is that of the `auth` to answer. */
  async #admit(transport: Transport, token: string, ref = ""): Promise<void> {
    const { clock, log, rules, repls } = this.#options;
    let isOpen = true;
    const early: Uint8Array[] = [];
    const refuse = (code: number, why: string): void => {
      log.info(`refused: ${why}`, { tag: "state" });
      isOpen = false;
      transport.close(code, why);
    };
    transport.onClose = () => (isOpen = false);
    transport.onFrame = (frame) => {
      if (early.push(frame) <= MAX_EARLY_FRAMES) return;
      refuse(CloseCode.policyViolation, "too much was sent too early");
    };

    const verified = verifyToken(token, rules, clock.now());
    if (!verified.ok) return refuse(CloseCode.policyViolation, verified.error);
    const grant = verified.value;
    try {
      const admitted = await repls.admit(grant, (container) => {
        if (!isOpen) return;
        const { id } = container.connect(transport, grant);
        const answer = { channel: 0, session: id, body: { case: "ok", value: {} }, ref } as const;
        if (ref !== "") transport.send([encodeCommand(answer)]);
        for (const frame of early) transport.onFrame(frame);
      });
      if (!admitted.ok) refuse(CloseCode.policyViolation, admitted.error);
    } catch (error) {
      log.error(`a container did not start: ${messageOf(error)}`, { repl: grant.repl.id });
      refuse(CloseCode.tryAgainLater, "the container could not start");
    }
  }
}

function readAuth(frame: Uint8Array): { readonly token: string; readonly ref: string } | undefined {
  try {
    const { channel, body, ref } = decodeCommand(frame);
    return channel === 0 && body.case === "auth" ? { token: body.value.token, ref } : undefined;
  } catch {
    return undefined;
  }
}
