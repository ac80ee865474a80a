import { assertNever } from "#common/lib/assertNever.ts";
import type { Clock } from "#common/lib/clock.ts";
import { RequestError } from "#common/lib/errors.ts";
import type { Logger } from "#common/lib/log.ts";
import { randomId, type Random } from "#common/lib/random.ts";
import { fail, type Result } from "#common/lib/result.ts";
import type { Transport } from "#common/wire/transport.ts";
import type {
  BridgeAnswer,
  Call,
  CallName,
  CallOf,
  Calls,
  FromWorker,
  Tell,
  TerminalId,
  ToWorker,
  WorkerInit,
} from "../bridge.ts";
import type { ClientEvent } from "../events.ts";
import { listAllFiles } from "../fileList.ts";
import type { ServiceContext } from "../service.ts";
import { ChatService } from "../services/chat.ts";
import { ControlService, type ConnectionState, type Role } from "../services/control.ts";
import { runProgram } from "../services/exec.ts";
import { FilesService } from "../services/files.ts";
import { FsEventsService, type FileChange } from "../services/fsevents.ts";
import { MetadataService } from "../services/metadata.ts";
import { fetchHistory, OtChannel, type OtMessage, type OtPacket } from "../services/ot.ts";
import { PresenceService } from "../services/presence.ts";
import { RunService } from "../services/run.ts";
import { ShellService } from "../services/shell.ts";
import type { Terminal } from "../terminal.ts";
import { Connection } from "./connection.ts";
import type { ConnectionData, FetchConnection } from "./connectionData.ts";
import { Outbox, type ScheduleFrame } from "./outbox.ts";
import { Router } from "./router.ts";
import { TerminalStream } from "./terminalStream.ts";

/** Everything that the worker needs of the world. Tests and the simulation bring their own. */
export interface ProtocolWorkerInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly openTransport: (url: string) => Transport;
  /** How connection data is asked for; `origin` is the one that the start message names. */
  readonly createFetchConnection: (origin: string) => FetchConnection;
  readonly scheduleFrame: ScheduleFrame;
  /** Hands a list of messages to the main thread. */
  readonly post: (messages: readonly FromWorker[]) => void;
}

export interface ProtocolWorker {
  /** Takes what the main thread has posted. */
  receive(messages: readonly ToWorker[]): void;
}

/**
 * The whole of the worker, without a worker: connection, router and services, joined to one end of
 * the bridge. It touches nothing but what it is given, so that a simulation can run any number of
 * them in one process and on one clock.
 */
export function createProtocolWorker(init: ProtocolWorkerInit): ProtocolWorker {
  let room: Room | undefined;
  return {
    receive(messages) {
      for (const message of messages) {
        switch (message.kind) {
          case "start":
            room ??= new Room(init, message.init);
            break;
          case "call":
            void room?.answer(message.id, message.call);
            break;
          case "tell":
            room?.handleTell(message.tell);
            break;
          default:
            assertNever(message);
        }
      }
    },
  };
}

type Handlers = {
  readonly [N in CallName]: (
    takes: Calls[N]["takes"],
  ) => Promise<Result<Calls[N]["gives"], RequestError>>;
};

/** A person who has done nothing for this long may have left; a container is not started for them. */
const IN_USE_MS = 10 * 60_000;

/** The connection to one repl, with everything that goes over it. */
class Room {
  readonly #init: ProtocolWorkerInit;
  readonly #outbox: Outbox;
  readonly #connection: Connection;
  readonly #router: Router;
  readonly #control: ControlService;
  readonly #fsevents: FsEventsService;
  readonly #files: FilesService;
  readonly #shell: ShellService;
  readonly #run: RunService;
  readonly #chat: ChatService;
  readonly #presence: PresenceService;
  readonly #metadata: MetadataService;
  readonly #texts = new Map<string, OtChannel>();
  /** The last question about the history of each path. */
  readonly #reading = new Map<string, Promise<unknown>>();
  readonly #streams = new Map<string, TerminalStream>();
  readonly #handlers: Handlers;
  #role: Role = "editor";
  /** When the user last did something. */
  #usedMs = -Infinity;

  constructor(init: ProtocolWorkerInit, start: WorkerInit) {
    this.#init = init;
    const { clock, random, log } = init;
    this.#outbox = new Outbox(init);
    this.#connection = new Connection({
      clock,
      random,
      log: log.child({ part: "connection" }),
      credentials: () => ({
        replId: start.replId,
        invite: start.invite,
        guest: start.guest,
        name: this.#control.wantedName,
      }),
      fetchConnection: init.createFetchConnection(start.origin),
      isInUse: () => clock.now() - this.#usedMs < IN_USE_MS,
      openTransport: init.openTransport,
      listener: {
        handleState: (state) => this.#handleState(state),
        handleReady: (data) => this.#handleReady(data),
        handleLost: () => this.#router.handleLost(),
        handleCommand: (command) => this.#router.handle(command),
        handleLatency: (medianMs) =>
          this.#emit({ slice: "control", event: { kind: "latency", medianMs } }),
      },
    });
    this.#router = new Router({
      clock,
      random,
      log: log.child({ part: "router" }),
      send: (command) => this.#connection.send(command),
      handleControl: (body, session) => this.#control.handle(body, session),
      handleControlOpen: () => this.#control.attached(this.#role),
    });
    this.#control = new ControlService({
      channel: this.#router.control,
      emit: (event) => this.#emit({ slice: "control", event }),
      name: start.name,
    });
    this.#fsevents = new FsEventsService({
      open: this.#router.open,
      onChange: (change) => this.#handleChange(change),
      onResumed: () => this.#files.refresh(),
    });
    this.#files = new FilesService(
      this.#context((event) => ({ slice: "files", event })),
      this.#fsevents,
    );
    this.#presence = new PresenceService(this.#context((event) => ({ slice: "presence", event })));
    this.#chat = new ChatService(this.#context((event) => ({ slice: "chat", event })));
    this.#metadata = new MetadataService(this.#context((event) => ({ slice: "metadata", event })));
    this.#run = new RunService(
      this.#context((event) => ({ slice: "run", event })),
      this.#stream({ slice: "run", name: "" }),
    );
    this.#shell = new ShellService(
      this.#context((event) => ({ slice: "shell", event })),
      (name) => this.#stream({ slice: "shell", name }),
    );
    this.#handlers = this.#createHandlers();
    this.#connection.retryNow();
  }

  async answer(id: number, call: Call): Promise<void> {
    this.#usedMs = this.#init.clock.now();
    const result = await this.#call(call);
    const answer: BridgeAnswer = result.ok
      ? result
      : { ok: false, code: result.error.code, message: result.error.message };
    this.#outbox.add({ kind: "answer", id, answer });
  }

  #call<N extends CallName>({ name, takes }: CallOf<N>): ReturnType<Handlers[N]> {
    const handler: Handlers[N] = this.#handlers[name];
    return handler(takes) as ReturnType<Handlers[N]>;
  }

  #createHandlers(): Handlers {
    const files = this.#files;
    return {
      "control.rename": ({ name }) => this.#control.rename(name),
      "files.openDirectory": ({ path }) => files.openDirectory(path),
      "files.read": ({ path }) => files.read(path),
      "files.write": ({ path, content }) => this.#write(path, content),
      "files.mkdir": ({ path }) => files.mkdir(path),
      "files.remove": ({ path }) => files.remove(path),
      "files.copy": ({ from, to }) => files.copy(from, to),
      "files.move": ({ from, to }) => files.move(from, to),
      "files.stat": ({ path }) => files.stat(path),
      "files.listAll": () =>
        listAllFiles({
          run: (args) => runProgram(this.#router.open, args),
          readdir: (path) => files.readdir(path),
        }),
      "ot.send": ({ path, life, base, pending }) =>
        this.#withText(path, (text) => text.send(life, base, pending)),
      "ot.fetch": ({ path, life, from, to }) =>
        this.#withText(path, (text) => text.fetch(life, from, to)),
      "ot.history": ({ path, from }) => this.#history(path, from),
      "ot.flush": ({ path }) => this.#withText(path, (text) => text.flush()),
      "run.start": () => this.#run.start(),
      "run.stop": () => this.#run.stop(),
      "metadata.read": ({ key }) => this.#metadata.read(key),
      "metadata.write": ({ key, text }) => this.#metadata.write(key, text),
      "metadata.append": ({ key, text }) => this.#metadata.append(key, text),
      "exec.run": ({ args }) => runProgram(this.#router.open, args),
    };
  }

  handleTell(tell: Tell): void {
    switch (tell.kind) {
      case "retry-now":
        return this.#connection.retryNow();
      case "wake":
        return this.#connection.wake();
      case "leave":
        return this.#connection.leave();
      case "online":
        return this.#connection.setOnline(tell.online);
      case "ot-open":
        return this.#openText(tell.path);
      case "ot-close":
        return this.#closeText(tell.path);
      case "ot-reopen":
        return this.#texts.get(tell.path)?.reopen();
      case "ot-cursors":
        return this.#texts.get(tell.path)?.setCursors(tell.cursors);
      case "shell-open":
        return this.#shell.open(tell.name);
      case "shell-close":
        return this.#shell.close(tell.name, tell.how);
      case "terminal-watch":
        return this.#watchTerminal(tell.terminal, tell.watched);
      case "terminal-drawn":
        return this.#stream(tell.terminal).handleDrawn();
      case "terminal-input":
        this.#usedMs = this.#init.clock.now();
        return this.#terminal(tell.terminal)?.input(tell.text);
      case "terminal-resize":
        return this.#terminal(tell.terminal)?.resize(tell.cols, tell.rows);
      case "terminal-clear":
        if (tell.terminal.slice === "shell") return this.#shell.clear(tell.terminal.name);
        // To a run channel `clear` means stop, so its screen is cleared for this client only.
        return this.#stream(tell.terminal).push(CLEAR);
      case "terminal-sane":
        return this.#terminal(tell.terminal)?.sane();
      case "typing":
        return this.#chat.setTyping(tell.typing);
      case "open-file":
        return this.#presence.openFile(tell.path);
      case "follow":
        return this.#presence.follow(tell.session);
      case "unfollow":
        return this.#presence.unfollow(tell.session);
      case "touch":
        this.#usedMs = this.#init.clock.now();
        return this.#presence.touch();
      case "view":
        return this.#presence.setView(tell.view);
      case "color":
        return this.#presence.setColor(tell.color);
      case "call":
        return this.#presence.call(tell.view);
      case "metadata-watch":
        return this.#metadata.watch(tell.key);
      default:
        return assertNever(tell);
    }
  }

  #context<E>(toClientEvent: (event: E) => ClientEvent): ServiceContext<E> {
    return {
      clock: this.#init.clock,
      open: this.#router.open,
      emit: (event) => this.#emit(toClientEvent(event)),
    };
  }

  #emit(event: ClientEvent): void {
    this.#outbox.add({ kind: "event", event });
  }

  #handleState(state: ConnectionState): void {
    this.#emit({ slice: "control", event: { kind: "connection", state } });
    if (state.kind === "ended") this.#router.handleEnd(state.reason);
  }

  #handleReady({ repl, role }: ConnectionData): void {
    this.#role = role;
    this.#emit({ slice: "control", event: { kind: "repl", repl, role } });
    this.#router.handleReady();
  }

  #handleChange(change: FileChange): void {
    // The file of an open text is written with every pause in typing; its packets say it all.
    if (change.kind === "modified" && this.#texts.has(change.path)) return;
    this.#files.handleChange(change);
    const isRemoval = change.kind === "removed" || change.kind === "moved";
    if (isRemoval) this.#tellText(change.path, { kind: "removed" });
    const appears =
      change.kind === "created" ? change.path : change.kind === "moved" ? change.to : undefined;
    if (appears !== undefined) this.#tellText(appears, { kind: "restored" });
  }

  /** Nobody may watch for a file that is written anew, though its text was open when it went. */
  async #write(path: string, content: Uint8Array): Promise<Result<void, RequestError>> {
    const written = await this.#files.write(path, content);
    if (written.ok) this.#tellText(path, { kind: "restored" });
    return written;
  }

  #tellText(path: string, message: OtMessage): void {
    if (this.#texts.has(path)) this.#outbox.add({ kind: "ot", path, message });
  }

  #openText(path: string): void {
    if (this.#texts.has(path)) return;
    const text = new OtChannel({
      open: this.#router.open,
      path,
      createId: () => randomId(this.#init.random),
      emit: (message) => this.#outbox.add({ kind: "ot", path, message }),
    });
    this.#texts.set(path, text);
    void this.#fsevents.watch(path);
  }

  #closeText(path: string): void {
    this.#texts.get(path)?.close();
    this.#texts.delete(path);
    this.#fsevents.unwatch(path);
  }

  async #withText<T>(
    path: string,
    ask: (text: OtChannel) => Promise<Result<T, RequestError>>,
  ): Promise<Result<T, RequestError>> {
    const text = this.#texts.get(path);
    if (text === undefined) return fail(new RequestError("closed", `${path} is not open`));
    return ask(text);
  }

  /** One after another: a session cannot open the channel twice. */
  #history(path: string, from: number): Promise<Result<readonly OtPacket[], RequestError>> {
    const before = this.#reading.get(path) ?? Promise.resolve();
    const answer = before.then(() => fetchHistory(this.#router.open, path, from));
    this.#reading.set(path, answer);
    void answer.then(() => {
      if (this.#reading.get(path) === answer) this.#reading.delete(path);
    });
    return answer;
  }

  #terminal({ slice, name }: TerminalId): Terminal | undefined {
    return slice === "run" ? this.#run.terminal : this.#shell.terminal(name);
  }

  #watchTerminal(id: TerminalId, watched: boolean): void {
    const isWhole = this.#stream(id).watch(watched);
    if (!isWhole) this.#terminal(id)?.reopen();
  }

  /** It may be looked at before there is a channel, and outlives it. */
  #stream(id: TerminalId): TerminalStream {
    const key = `${id.slice}:${id.name}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const stream = new TerminalStream(id, this.#outbox);
    this.#streams.set(key, stream);
    return stream;
  }
}

/** Cursor home, erase the screen, erase the scrollback. */
const CLEAR = "\x1b[H\x1b[2J\x1b[3J";
