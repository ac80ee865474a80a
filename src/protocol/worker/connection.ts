import type { Cancel, Clock } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import type { Random } from "#common/lib/random.ts";
import {
  decodeCommand,
  encodeCommand,
  MAX_FRAME_BYTES,
  type Command,
  type CommandInit,
} from "#common/wire/codec.ts";
import { ContainerState_State } from "#common/wire/enums.ts";
import { CloseCode, type Transport } from "#common/wire/transport.ts";
import type { ConnectionState } from "../services/control.ts";
import type { ConnectionData, Credentials, FetchConnection } from "./connectionData.ts";
import { Liveness } from "./liveness.ts";

/** How long a booting container may be silent on channel 0 (CL3). */
export const CONNECT_TIMEOUT_MS = 10_000;

/** Failures at the target of a redirect, until the one that redirected is asked again (CL8). */
const REDIRECT_ATTEMPTS = 10;

/** After SLEEP the container closes at once; if it does not, we do. */
const SLEEP_CLOSE_MS = 1_000;

/** A connection that held this long was a good one: what led to it is forgotten. */
const STABLE_MS = 5_000;

/**
 * Losses and redirects in a row, none after a good connection, that are followed by another attempt
 * at once. After them the waits of failures apply, or two hosts that redirect to each other would
 * keep us spinning.
 */
const FREE_RETRIES = 3;

/** The wait before the n-th retry (CL4). */
export function backoffMs(retry: number, random: Random): number {
  return Math.min(1000 * 1.7 ** retry, 15_000) + Math.floor(random() * 500);
}

/** Close codes after which trying again is of no use, with what to tell the user (CL5). */
const fatalCloses: ReadonlyMap<number, string> = new Map([
  [CloseCode.firewallDenied, "This network may not open this repl."],
  [CloseCode.userError, "This repl cannot be run now."],
  [CloseCode.concurrentLimit, "Too many repls are open at once."],
]);

export interface ConnectionOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /** Asked anew for each attempt. */
  readonly credentials: () => Credentials;
  readonly fetchConnection: FetchConnection;
  /** Whether a person has done something lately. */
  readonly isInUse: () => boolean;
  /** Starts to open a transport; one that cannot be opened calls `onClose`. */
  readonly openTransport: (url: string) => Transport;
  readonly listener: ConnectionListener;
}

/** What a connection tells. Calls come after the transition that caused them, never inside it. */
export interface ConnectionListener {
  handleState(state: ConnectionState): void;
  /** READY was heard: from now until `handleLost` commands can be sent. */
  handleReady(data: ConnectionData): void;
  handleLost(): void;
  handleCommand(command: Command): void;
  handleLatency(medianMs: number): void;
}

/** One transport and what it was made with. */
interface Link {
  readonly data: ConnectionData;
  readonly transport: Transport;
}

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "fetching"; readonly attempt: number }
  | { readonly kind: "dialing"; readonly attempt: number; readonly link: Link }
  | { readonly kind: "booting"; readonly attempt: number; readonly link: Link }
  | {
      readonly kind: "connected";
      readonly link: Link;
      readonly liveness: Liveness;
      readonly sinceMs: number;
    }
  | { readonly kind: "waiting"; readonly attempt: number; readonly retryAtMs: number }
  | { readonly kind: "ended"; readonly reason: string };

/**
 * Keeps one connection to a container up: idle → fetching → dialing → booting → connected, over
 * waiting and back again, until it ends for good. Whatever happens is put into one queue and taken
 * from it one at a time, so that no transition ever runs inside another, and what arrives from an
 * attempt that is over is dropped.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  #state: State = { kind: "idle" };
  /** What the app was told last. */
  #told: ConnectionState | undefined;
  /** The one timer of the present state. */
  #cancelTimer: Cancel = () => {};
  #online = true;
  /** Kept for the first reconnect, which then needs no request. */
  #data: ConnectionData | undefined;
  /** Where a redirect sent us, and how often that has failed since it last worked. */
  #redirect: { readonly url: string; failures: number } | undefined;
  /** Losses and redirects since the last connection that was stable. */
  #losses = 0;
  readonly #inputs: (() => void)[] = [];
  #draining = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Starts; or goes on at once where a wait or an end would hold it. Checks a connection that is up. */
  retryNow(): void {
    this.#enqueue(() => {
      const state = this.#state;
      if (state.kind === "connected") state.liveness.probe();
      else if (state.kind === "waiting") this.#attempt(state.attempt);
      else if (state.kind === "idle" || state.kind === "ended") this.#attempt(0);
    });
  }

  /** The page is looked at again: waits no longer, and checks a connection that is up. */
  wake(): void {
    this.#enqueue(() => {
      const state = this.#state;
      if (state.kind === "connected") state.liveness.probe();
      else if (state.kind === "waiting") this.#attempt(state.attempt);
    });
  }

  /** What the browser believes of its network. Only a hint: a container may be on this machine. */
  setOnline(online: boolean): void {
    this.#enqueue(() => {
      if (this.#online === online) return;
      this.#online = online;
      if (online) this.#handleNetwork();
      else if (this.#state.kind === "connected") this.#state.liveness.probe();
      this.#tell();
    });
  }

  /** Says goodbye and ends. */
  leave(): void {
    this.#enqueue(() => {
      this.send({ body: { case: "goodbye", value: {} } });
      this.#end("You have left.");
    });
  }

  /** Sends a command, or drops it unless connected. False when no frame can be so large. */
  send(command: CommandInit): boolean {
    if (this.#state.kind !== "connected") return true;
    const frame = encodeCommand(command);
    if (frame.byteLength > MAX_FRAME_BYTES) return false;
    this.#state.link.transport.send([frame]);
    return true;
  }

  #enqueue(input: () => void): void {
    this.#inputs.push(input);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) next();
    } finally {
      this.#draining = false;
    }
  }

  /** Enters a state. Timers of the one before are gone. */
  #enter(state: State): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
    const before = this.#state;
    this.#state = state;
    if (before.kind === "connected") {
      before.liveness.stop();
      this.#options.listener.handleLost();
    }
    this.#tell();
  }

  #tell(): void {
    const state = toConnectionState(this.#state, this.#online);
    const told = this.#told;
    if (state === undefined || (told !== undefined && isSame(state, told))) return;
    this.#told = state;
    this.#options.log.info(`${told?.kind ?? "idle"} → ${state.kind}`, {
      tag: "state",
      ...("attempt" in state ? { attempt: state.attempt } : {}),
      ...("reason" in state ? { reason: state.reason } : {}),
    });
    this.#options.listener.handleState(state);
  }

  #startTimer(delayMs: number, callback: () => void): void {
    this.#cancelTimer();
    const state = this.#state;
    this.#cancelTimer = this.#options.clock.after(delayMs, () => {
      this.#enqueue(() => {
        if (this.#state === state) callback();
      });
    });
  }

  #attempt(attempt: number): void {
    if (this.#redirect !== undefined && this.#data !== undefined) {
      this.#dial(attempt, { ...this.#data, gurl: this.#redirect.url });
    } else if (this.#data !== undefined && attempt === 0) {
      this.#dial(attempt, this.#data);
    } else {
      this.#fetch(attempt);
    }
  }

  #fetch(attempt: number): void {
    const state: State = { kind: "fetching", attempt };
    this.#enter(state);
    this.#startTimer(CONNECT_TIMEOUT_MS, () => this.#fail("the host does not answer"));
    void this.#options.fetchConnection(this.#options.credentials()).then((answer) =>
      this.#enqueue(() => {
        if (this.#state !== state) return;
        if (answer.kind === "retry") {
          this.#fail(answer.reason);
        } else if (answer.kind === "refused") {
          this.#end(answer.reason);
        } else {
          this.#data = answer.data;
          this.#dial(attempt, answer.data);
        }
      }),
    );
  }

  #dial(attempt: number, data: ConnectionData): void {
    let transport: Transport;
    try {
      transport = this.#options.openTransport(socketUrl(data));
    } catch (error) {
      // A `gurl` that is no address; new data may bring a better one.
      this.#fail(messageOf(error), attempt);
      return;
    }
    const link: Link = { data, transport };
    transport.onFrame = (frame) =>
      this.#enqueue(() => {
        if (this.#link === link) this.#handleFrame(link, frame);
      });
    transport.onClose = (code, reason) =>
      this.#enqueue(() => {
        if (this.#link === link) this.#handleClose(code, reason);
      });
    this.#enter({ kind: "dialing", attempt, link });
    this.#startConnectTimer();
  }

  get #link(): Link | undefined {
    return "link" in this.#state ? this.#state.link : undefined;
  }

  #startConnectTimer(): void {
    this.#startTimer(CONNECT_TIMEOUT_MS, () => {
      this.#drop("the container does not answer");
      this.#fail("the container does not answer");
    });
  }

  #handleFrame(link: Link, frame: Uint8Array): void {
    let command: Command;
    try {
      command = decodeCommand(frame);
    } catch (error) {
      this.#options.log.warn(messageOf(error), { tag: "wire" });
      this.#drop("a frame does not decode");
      this.#fail("the container sent what is no frame");
      return;
    }
    if (this.#state.kind === "connected") this.#state.liveness.heard();
    if (command.channel === 0) this.#handleControl(link, command);
    // What channel 0 said may just have ended this link; its last command is still for the others.
    this.#options.listener.handleCommand(command);
  }

  /** The part of channel 0 that makes and moves connections. */
  #handleControl(link: Link, { body, ref }: Command): void {
    const state = this.#state;
    if (state.kind === "dialing" || state.kind === "booting") {
      if (state.kind === "dialing") {
        this.#enter({ kind: "booting", attempt: state.attempt, link });
      }
      this.#startConnectTimer();
    }
    if (body.case === "containerState") {
      if (body.value.state === ContainerState_State.READY) this.#ready(link);
      else this.#sleep();
    } else if (body.case === "redirect") {
      this.#follow(link, body.value.url);
    } else if (body.case === "pong" && this.#state.kind === "connected") {
      this.#state.liveness.handlePong(ref);
    } else if (body.case === "protocolError") {
      this.#options.log.warn(body.value.text, { tag: "wire" });
    }
  }

  /** There is a network again: what an attempt has sent into the one before will not be answered. */
  #handleNetwork(): void {
    const state = this.#state;
    if (state.kind === "fetching" || state.kind === "dialing") {
      this.#drop("another network");
      this.#attempt(state.attempt);
    } else {
      this.wake();
    }
  }

  #ready(link: Link): void {
    if (this.#state.kind !== "booting") return;
    if (this.#redirect !== undefined) this.#redirect.failures = 0;
    const { clock, listener } = this.#options;
    const ping = (ref: string): void =>
      link.transport.send([encodeCommand({ ref, body: { case: "ping", value: {} } })]);
    const liveness = new Liveness({
      clock,
      sendPing: ping,
      onDead: () =>
        this.#enqueue(() => {
          if (this.#link !== link) return;
          this.#drop("no answer");
          this.#again("no answer");
        }),
      onLatency: (medianMs) => listener.handleLatency(medianMs),
    });
    this.#enter({ kind: "connected", link, liveness, sinceMs: clock.now() });
    listener.handleReady(link.data);
  }

  /**
   * Before READY it means that this attempt failed, and why will be in the close that follows. After
   * it the container was stopped: perhaps with its host, which will be back; or because nobody used
   * it, and then it is not for an abandoned tab to start it again.
   */
  #sleep(): void {
    if (this.#state.kind !== "connected") {
      this.#startTimer(SLEEP_CLOSE_MS, () => {
        this.#drop("asleep");
        this.#fail("the repl is asleep");
      });
      return;
    }
    this.#drop("asleep");
    if (this.#options.isInUse()) this.#fail("the repl was stopped", 0);
    else this.#end("This repl is asleep.");
  }

  #follow(link: Link, url: string): void {
    this.#drop("redirected");
    if (url === "") {
      this.#data = undefined;
      this.#redirect = undefined;
    } else {
      // The data of the first in a chain of redirects is where ten failures lead back to.
      this.#data ??= link.data;
      this.#redirect = { url, failures: 0 };
    }
    this.#again("redirected");
  }

  #handleClose(code: number, reason: string): void {
    this.#options.log.info("closed", { tag: "wire", code, reason });
    const fatal = fatalCloses.get(code);
    if (fatal !== undefined) {
      this.#end(reason === "" ? fatal : reason);
      return;
    }
    if (code === CloseCode.policyViolation) {
      this.#data = undefined;
      this.#redirect = undefined;
    }
    const why = reason === "" ? `closed with ${code}` : reason;
    if (this.#state.kind === "connected") this.#again(why);
    else this.#fail(why);
  }

  /** What was established is lost, or leads elsewhere: the next attempt follows at once. */
  #again(reason: string): void {
    const state = this.#state;
    const wasStable =
      state.kind === "connected" && this.#options.clock.now() - state.sinceMs >= STABLE_MS;
    this.#losses = wasStable ? 1 : this.#losses + 1;
    if (this.#losses <= FREE_RETRIES) this.#attempt(0);
    else this.#fail(reason, this.#losses - FREE_RETRIES - 1);
  }

  /** Closes the transport of the present link, if there is one; its own end is not heard of again. */
  #drop(reason: string): void {
    const link = this.#link;
    if (link === undefined) return;
    link.transport.onFrame = () => {};
    link.transport.onClose = () => {};
    link.transport.close(CloseCode.normal, reason);
  }

  /** The present attempt failed: the next one follows after a wait. */
  #fail(reason: string, attempt = "attempt" in this.#state ? this.#state.attempt : 0): void {
    const { clock, random, log } = this.#options;
    log.info(`attempt ${attempt} failed: ${reason}`);
    if (this.#redirect !== undefined) {
      this.#redirect.failures += 1;
      if (this.#redirect.failures >= REDIRECT_ATTEMPTS) this.#redirect = undefined;
    }
    const retry = attempt + 1;
    const delayMs = backoffMs(retry, random);
    this.#enter({ kind: "waiting", attempt: retry, retryAtMs: clock.now() + delayMs });
    this.#startTimer(delayMs, () => this.#attempt(retry));
  }

  #end(reason: string): void {
    this.#drop(reason);
    this.#data = undefined;
    this.#redirect = undefined;
    this.#enter({ kind: "ended", reason });
  }
}

/**
 * The container's address with its path replaced, which carries the token (CN1). A path that ends with
 * a slash is where a reverse proxy serves it, and stays.
 */
function socketUrl({ gurl, token }: ConnectionData): string {
  const url = new URL(gurl);
  const prefix = url.pathname.endsWith("/") ? url.pathname : "/";
  url.pathname = `${prefix}wsv2/${token}`;
  url.search = "";
  return url.href;
}

function toConnectionState(state: State, online: boolean): ConnectionState | undefined {
  switch (state.kind) {
    case "idle":
      return undefined;
    case "fetching":
    case "dialing":
      return online ? { kind: "connecting", attempt: state.attempt } : { kind: "offline" };
    case "booting":
    case "connected":
      return { kind: state.kind };
    case "waiting":
      return online
        ? { kind: "waiting", attempt: state.attempt, retryAtMs: state.retryAtMs }
        : { kind: "offline" };
    case "ended":
      return { kind: "ended", reason: state.reason };
  }
}

function isSame(a: ConnectionState, b: ConnectionState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
