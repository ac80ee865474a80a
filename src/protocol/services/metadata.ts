import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";
import { decodeUtf8, encodeUtf8 } from "#common/lib/utf8.ts";
import type { BodyFor } from "#common/wire/body.ts";
import type { Channel } from "../channel.ts";
import type { ServiceContext } from "../service.ts";

/** What becomes of the values that are watched. The app keeps nothing but text in them. */
export type MetadataEvent =
  /** The whole value: as it is found on each connection, or as somebody else has written it. */
  | { readonly kind: "value"; readonly key: string; readonly text: string }
  /** What was added to the end of it; to a log also by ourselves (MD6). */
  | { readonly kind: "added"; readonly key: string; readonly text: string };

/** Values by key that belong to the room, and what others make of them. */
export class MetadataService {
  readonly #emit: (event: MetadataEvent) => void;
  readonly #channel: Channel<"metadata">;
  readonly #watched = new Set<string>();
  /** Those of the watched keys whose value was told on this connection. */
  readonly #told = new Set<string>();

  constructor({ open, emit }: Pick<ServiceContext<MetadataEvent>, "open" | "emit">) {
    this.#emit = emit;
    this.#channel = open("metadata", "", {
      attached: () => {
        for (const key of this.#watched) void this.#tell(key);
      },
      detached: () => this.#told.clear(),
      // Answers come a turn after their frames: changes wait as long, and all keep their order.
      handle: (body) => void Promise.resolve().then(() => this.#handle(body)),
    });
  }

  /** From here on its value is told, now and on every later connection, and each change of it. */
  watch(key: string): void {
    this.#watched.add(key);
    if (this.#channel.isOpen) void this.#tell(key);
  }

  /** Gives undefined when there is none. */
  async read(key: string): Promise<Result<string | undefined, RequestError>> {
    const answer = await this.#ask(key, { repeatable: true });
    return answer.ok ? ok(textOf(answer.value)) : answer;
  }

  async write(key: string, text: string): Promise<Result<void, RequestError>> {
    const value = { key, data: encodeUtf8(text) };
    const answer = await this.#channel.request({ case: "writeMeta", value });
    return answer.ok ? ok(undefined) : answer;
  }

  async append(key: string, text: string): Promise<Result<void, RequestError>> {
    const value = { key, data: encodeUtf8(text) };
    const answer = await this.#channel.request({ case: "appendMeta", value });
    return answer.ok ? ok(undefined) : answer;
  }

  #ask(key: string, options = {}) {
    return this.#channel.request({ case: "readMeta", value: { key } }, options);
  }

  async #tell(key: string): Promise<void> {
    const answer = await this.#ask(key);
    if (!answer.ok) return;
    this.#told.add(key);
    this.#emit({ kind: "value", key, text: textOf(answer.value) ?? "" });
  }

  #handle(body: BodyFor<"metadata">): void {
    if (body.case !== "writeMeta" && body.case !== "appendMeta") return;
    const { key, data } = body.value;
    // What comes before the answer is in the answer (MD3).
    if (!this.#told.has(key)) return;
    const text = decodeUtf8(data) ?? "";
    this.#emit({ kind: body.case === "writeMeta" ? "value" : "added", key, text });
  }
}

type Answer = Extract<BodyFor<"metadata">, { readonly case: "readMeta" }>;

function textOf({ value }: Answer): string | undefined {
  return value.exists ? decodeUtf8(value.data) : undefined;
}
