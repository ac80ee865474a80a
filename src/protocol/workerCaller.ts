import { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type {
  BridgeAnswer,
  Call,
  CallName,
  CallOf,
  Calls,
  FromWorker,
  Tell,
  ToWorker,
  WorkerInit,
  WorkerPort,
} from "./bridge.ts";

/** The main thread's end of the bridge: what one turn has to say goes out as one message. */
export class WorkerCaller {
  readonly #port: WorkerPort;
  #outgoing: ToWorker[] = [];
  #calls = 0;
  readonly #waiting = new Map<number, (answer: BridgeAnswer) => void>();

  constructor(port: WorkerPort) {
    this.#port = port;
  }

  onMessages(listener: (messages: readonly FromWorker[]) => void): void {
    this.#port.onmessage = ({ data }) => listener(data);
  }

  start(init: WorkerInit): void {
    this.#post({ kind: "start", init });
  }

  readonly tell = (tell: Tell): void => this.#post({ kind: "tell", tell });

  readonly call = <N extends CallName>(
    name: N,
    takes: Calls[N]["takes"],
  ): Promise<Result<Calls[N]["gives"], RequestError>> =>
    new Promise((resolve) => {
      this.#calls += 1;
      const id = this.#calls;
      this.#waiting.set(id, (answer) => {
        if (!answer.ok) resolve(fail(new RequestError(answer.code, answer.message)));
        // The worker answers each call by the handler of its name (`Handlers`).
        else resolve(ok(answer.value as Calls[N]["gives"]));
      });
      const call: CallOf<N> = { name, takes };
      this.#post({ kind: "call", id, call: call as Call });
    });

  settle(id: number, answer: BridgeAnswer): void {
    const settle = this.#waiting.get(id);
    this.#waiting.delete(id);
    settle?.(answer);
  }

  #post(message: ToWorker): void {
    this.#outgoing.push(message);
    if (this.#outgoing.length > 1) return;
    void Promise.resolve().then(() => {
      const messages = this.#outgoing;
      this.#outgoing = [];
      this.#port.postMessage(messages);
    });
  }
}
