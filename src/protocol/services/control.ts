import { assertNever } from "#common/lib/assertNever.ts";
import { ok, type Result } from "#common/lib/result.ts";
import type { RequestError } from "#common/lib/errors.ts";
import type { BodyFor } from "#common/wire/body.ts";
import { BootStatus_Stage } from "#common/wire/enums.ts";
import type { Channel } from "../channel.ts";

/** What the app knows of the connection; each change is one `state` line of the log. */
export type ConnectionState =
  | { readonly kind: "connecting"; readonly attempt: number }
  | { readonly kind: "booting" }
  | { readonly kind: "connected" }
  /** Trying again at `retryAtMs` (epoch). Editing goes on meanwhile. */
  | { readonly kind: "waiting"; readonly retryAtMs: number; readonly attempt: number }
  | { readonly kind: "offline" }
  /** It will not come back by itself. */
  | { readonly kind: "ended"; readonly reason: string };

export type BootStage =
  "handshake" | "acquiring" | "proxy" | "pull-files" | "load-block" | "retry" | "complete";

export type Role = "owner" | "editor" | "viewer";

export interface Repl {
  readonly id: string;
  readonly slug: string;
  readonly language: string;
}

export interface Self {
  readonly userId: number;
  readonly session: number;
  readonly name: string;
  readonly role: Role;
}

export interface Port {
  readonly port: number;
  readonly address: string;
  /** The port of the host that a browser can open; undefined when it is not forwarded. */
  readonly forwardedPort?: number;
  readonly command: readonly string[];
}

export type ControlEvent =
  | { readonly kind: "connection"; readonly state: ConnectionState }
  | {
      readonly kind: "boot";
      readonly stage: BootStage;
      readonly progress: number;
      readonly total: number;
    }
  /** Median of the last pings. */
  | { readonly kind: "latency"; readonly medianMs: number }
  | { readonly kind: "self"; readonly self: Self }
  /** What the connection leads to, and as what. */
  | { readonly kind: "repl"; readonly repl: Repl; readonly role: Role }
  | { readonly kind: "port-opened"; readonly port: Port }
  | { readonly kind: "port-closed"; readonly port: number }
  | { readonly kind: "toast"; readonly text: string };

const bootStages: Readonly<Record<BootStatus_Stage, BootStage>> = {
  [BootStatus_Stage.HANDSHAKE]: "handshake",
  [BootStatus_Stage.ACQUIRING]: "acquiring",
  [BootStatus_Stage.COMPLETE]: "complete",
  [BootStatus_Stage.PROXY]: "proxy",
  [BootStatus_Stage.PULL_FILES]: "pull-files",
  [BootStatus_Stage.LOAD_BLOCK]: "load-block",
  [BootStatus_Stage.RETRY]: "retry",
};

export interface ControlInit {
  readonly channel: Channel<"control">;
  readonly emit: (event: ControlEvent) => void;
  /** The name to be known by from the start; empty for the one that the host gives. */
  readonly name: string;
}

/** Channel 0, as far as it is not about connections and channels themselves. */
export class ControlService {
  readonly #channel: Channel<"control">;
  readonly #emit: (event: ControlEvent) => void;
  #wantedName: string;
  #role: Role = "editor";
  /** The container was told the wanted name, or had it before. */
  #isNamed = false;

  constructor({ channel, emit, name }: ControlInit) {
    this.#channel = channel;
    this.#emit = emit;
    this.#wantedName = name;
  }

  /** The name that a guest has chosen; empty for none. */
  get wantedName(): string {
    return this.#wantedName;
  }

  /** There is a connection, on which the token grants `role`. */
  attached(role: Role): void {
    this.#role = role;
    this.#isNamed = false;
    this.#channel.send({ case: "hasCap", value: true });
  }

  async rename(name: string): Promise<Result<void, RequestError>> {
    const answer = await this.#hello(name);
    if (!answer.ok) return answer;
    this.#wantedName = name;
    return ok(undefined);
  }

  /** One body, with the session that it is stamped with. */
  handle(body: BodyFor<"control">, session: number): void {
    switch (body.case) {
      case "hello":
        this.#handleHello({
          userId: body.value.userid,
          session,
          name: body.value.username,
          role: this.#role,
        });
        break;
      case "bootStatus": {
        const { stage, progress, total } = body.value;
        this.#emit({ kind: "boot", stage: bootStages[stage] ?? "acquiring", progress, total });
        break;
      }
      case "portOpen": {
        const { port, address, forwarded, externalPort, cmdline } = body.value;
        this.#emit({
          kind: "port-opened",
          port: {
            port,
            address,
            ...(forwarded && externalPort !== 0 ? { forwardedPort: externalPort } : {}),
            command: cmdline,
          },
        });
        break;
      }
      case "portClose":
        this.#emit({ kind: "port-closed", port: body.value.port });
        break;
      case "toast":
        this.#emit({ kind: "toast", text: body.value.text });
        break;
      // For the connection and the router.
      case "containerState":
      case "redirect":
      case "pong":
      case "openChanRes":
      case "closeChanRes":
      case "protocolError":
      // It takes the later bodies; we send it none that it would have to know.
      case "hasCap":
      // Answers that nobody waits for, and what only clients or containers among themselves say.
      case "ok":
      case "error":
      case "debug":
      case "openChan":
      case "closeChan":
      case "incRef":
      case "ping":
      case "goodbye":
      case "auth":
      case "pid1Config":
        break;
      default:
        assertNever(body);
    }
  }

  #hello(username: string): ReturnType<Channel<"control">["request"]> {
    return this.#channel.request({ case: "hello", value: { username } });
  }

  #handleHello(self: Self): void {
    this.#emit({ kind: "self", self });
    if (this.#isNamed) return;
    this.#isNamed = true;
    const wanted = this.#wantedName;
    // An account keeps its name: the container then refuses, and what it has said stands.
    if (wanted !== "" && wanted !== self.name) void this.#hello(wanted);
  }
}
