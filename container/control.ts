import type { Cancel } from "#common/lib/clock.ts";
import { messageOf } from "#common/lib/errors.ts";
import type { Emitter } from "#common/lib/emitter.ts";
import { isFor, type Body, type BodyInitFor } from "#common/wire/body.ts";
import {
  BootStatus_Stage,
  ContainerState_State,
  OpenChannelRes_State,
} from "#common/wire/enums.ts";
import { CloseCode } from "#common/wire/transport.ts";
import { Boot, type BootState, type BootWork } from "./boot.ts";
import type { Channels } from "./channels.ts";
import { inspect } from "./inspector.ts";
import type { Limits } from "./limits.ts";
import type { OpenPort, Platform } from "./platform.ts";
import type { Session } from "./service.ts";
import type { ConnectedSession } from "./session.ts";
import { CONTROL_CHANNEL, type RoomWire } from "./wire.ts";

type ControlBody = BodyInitFor<"control">;

/** Channel 0: greets sessions, and answers what they say to the container itself. */
export class Control {
  readonly #renamed: Emitter<Session>;
  readonly #platform: Platform;
  readonly #wire: RoomWire;
  readonly #channels: Channels;
  readonly #limits: Limits;
  readonly #sessions: ReadonlySet<ConnectedSession>;
  readonly #boot: Boot;
  readonly #ports = new Map<number, OpenPort>();
  readonly #cancelPorts: Cancel;
  /** Users who keep the container alive, each with the end of that (CN13). */
  readonly #keepers = new Map<number, Cancel>();

  constructor(init: {
    readonly platform: Platform;
    readonly wire: RoomWire;
    readonly channels: Channels;
    readonly limits: Limits;
    readonly sessions: ReadonlySet<ConnectedSession>;
    readonly boot: BootWork | undefined;
    /** Told each session that has got another name. */
    readonly renamed: Emitter<Session>;
  }) {
    this.#renamed = init.renamed;
    this.#platform = init.platform;
    this.#wire = init.wire;
    this.#channels = init.channels;
    this.#limits = init.limits;
    this.#sessions = init.sessions;
    this.#cancelPorts = this.#platform.ports.watch(
      (port) => {
        this.#ports.set(port.port, port);
        this.#tellAll(portOpened(port));
      },
      ({ port, address, forwardedPort = 0 }) => {
        this.#ports.delete(port);
        const value = { port, address, externalPort: forwardedPort };
        this.#tellAll({ case: "portClose", value });
      },
    );
    this.#boot = new Boot(init.platform.clock, init.boot, (state) => {
      for (const session of this.#sessions) this.#tellBoot(session, state);
    });
  }

  /** Whether somebody has asked that the container go on without clients. */
  get keptAlive(): boolean {
    return this.#keepers.size > 0;
  }

  /** Tells a new session where the container stands (CN2, CN3). */
  greet(session: ConnectedSession): void {
    this.#tell(session, bootStatus(BootStatus_Stage.HANDSHAKE));
    this.#tell(session, bootStatus(BootStatus_Stage.ACQUIRING));
    this.#tellBoot(session, this.#boot.state);
  }

  toast(text: string): void {
    this.#tellAll({ case: "toast", value: { text } });
  }

  redirect(url: string): void {
    this.#tellAll({ case: "redirect", value: { url } });
  }

  /** The container stops: no session comes back to it. */
  stop(): void {
    this.#boot.abandon();
    this.#cancelPorts();
    for (const user of this.#keepers.keys()) this.#release(user);
    for (const session of this.#sessions) this.#tell(session, sleep);
  }

  /** Answers one body of channel 0. */
  handle(session: ConnectedSession, body: Body, ref: string): void {
    const tell = (answer: ControlBody): void => this.#tell(session, answer, ref);
    const refuse = (why: string): void => {
      this.#platform.log.info(why, { tag: "wire", session: session.id });
      tell({ case: "error", value: why });
    };
    if (!isFor("control", body)) {
      return refuse(`bad request: channel 0 takes no ${body.case}`);
    }
    switch (body.case) {
      case "ping":
        return tell({ case: "pong", value: {} });
      case "openChan":
        if (session.ready) return this.#channels.open(session, body.value, ref);
        return tell({
          case: "openChanRes",
          value: { state: OpenChannelRes_State.ERROR, error: "container is not ready" },
        });
      case "closeChan":
        return this.#channels.close(session, body.value, ref);
      case "hello":
        return this.#rename(session, body.value.username, refuse, tell);
      case "hasCap":
        session.hasCap = body.value;
        return undefined;
      case "incRef":
        if (session.role === "viewer") {
          return refuse("permission denied: a viewer may not keep the container alive");
        }
        return this.#keep(session.userId);
      case "goodbye":
        this.#release(session.userId);
        this.#channels.leave(session, true);
        return session.end(CloseCode.normal, "goodbye");
      case "debug":
        if (session.role !== "owner") {
          return refuse("permission denied: the inspector is for owners");
        }
        return this.#inspect(session, body.value.text, ref);
      case "auth":
        return refuse("permission denied: auth is for the first frame only");
      case "pid1Config":
        return refuse("permission denied: pid1Config is internal");
      // An answer to something that we asked; we ask clients nothing.
      case "ok":
      case "error":
        return undefined;
      case "openChanRes":
      case "closeChanRes":
      case "containerState":
      case "portOpen":
      case "portClose":
      case "toast":
      case "redirect":
      case "pong":
      case "bootStatus":
      case "protocolError":
        return refuse(`bad request: only the container sends ${body.case}`);
      default:
        return body satisfies never;
    }
  }

  #tellBoot(session: ConnectedSession, state: BootState): void {
    switch (state.kind) {
      case "booting":
        return this.#tell(session, { case: "bootStatus", value: state.progress });
      case "ready":
        return this.#open(session);
      case "failed":
        // Trying again would fail again, and the reason would scroll by: let a person decide.
        this.#tell(session, { case: "toast", value: { text: messageOf(state.error) } });
        this.#tell(session, sleep);
        return session.end(CloseCode.userError, "the container could not start");
      default:
        return state satisfies never;
    }
  }

  #open(session: ConnectedSession): void {
    session.ready = true;
    this.#tell(session, bootStatus(BootStatus_Stage.COMPLETE));
    this.#tell(session, { case: "containerState", value: { state: ContainerState_State.READY } });
    this.#tell(session, helloTo(session));
    this.#tell(session, { case: "hasCap", value: true });
    for (const port of this.#ports.values()) this.#tell(session, portOpened(port));
  }

  #rename(
    session: ConnectedSession,
    wanted: string,
    refuse: (why: string) => void,
    tell: (answer: ControlBody) => void,
  ): void {
    // Line breaks and control characters would let a name dress up as something else.
    const name = wanted.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, " ").trim();
    if (!session.guest) return refuse("permission denied: the name is that of the account");
    if (name === "") return refuse("bad request: a name is needed");
    if (name.length > this.#limits.nameChars) {
      return refuse(`bad request: a name has at most ${this.#limits.nameChars} characters`);
    }
    session.name = name;
    this.#tell(session, helloTo(session));
    tell({ case: "ok", value: {} });
    this.#renamed.emit(session);
  }

  #keep(user: number): void {
    this.#keepers.get(user)?.();
    const expire = (): void => this.#release(user);
    this.#keepers.set(user, this.#platform.clock.after(this.#limits.keepAliveMs, expire));
    this.#channels.keepsEmpty = true;
  }

  #release(user: number): void {
    this.#keepers.get(user)?.();
    this.#keepers.delete(user);
    if (this.#keepers.size === 0) this.#channels.keepsEmpty = false;
  }

  #inspect(session: ConnectedSession, text: string, ref: string): void {
    const channels = [...this.#channels.all].map(({ id, name, definition, sessions }) => ({
      id,
      name,
      service: definition?.service ?? "null",
      sessions,
    }));
    const lines = inspect(text, { sessions: this.#sessions, channels });
    for (const [index, line] of lines.entries()) {
      const isLast = index === lines.length - 1;
      this.#tell(session, { case: "debug", value: { text: line } }, isLast ? ref : "");
    }
  }

  #tell(session: ConnectedSession, body: ControlBody, ref = ""): void {
    this.#wire.send(session, CONTROL_CHANNEL, body, { ref });
  }

  #tellAll(body: ControlBody): void {
    const ready = [...this.#sessions].filter((session) => session.ready);
    this.#wire.broadcast(ready, CONTROL_CHANNEL, [body]);
  }
}

const sleep: ControlBody = {
  case: "containerState",
  value: { state: ContainerState_State.SLEEP },
};

function bootStatus(stage: BootStatus_Stage): ControlBody {
  return { case: "bootStatus", value: { stage } };
}

function helloTo(session: ConnectedSession): ControlBody {
  return { case: "hello", value: { userid: session.userId, username: session.name } };
}

function portOpened({ port, address, pid, command, forwardedPort }: OpenPort): ControlBody {
  return {
    case: "portOpen",
    value: {
      port,
      address,
      forwarded: forwardedPort !== undefined,
      externalPort: forwardedPort ?? 0,
      pid: pid ?? 0,
      comm: command?.[0] ?? "",
      cmdline: [...(command ?? [])],
    },
  };
}
