// Every environment has these two, but no library that all of them share declares them.
declare const TextDecoder: new (
  encoding: "utf-8",
  options: { ignoreBOM: boolean; fatal?: boolean },
) => { decode(bytes?: Uint8Array, options?: { stream: boolean }): string };
declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> };

/**
 * Turns a stream of bytes into text. A character that the end of a chunk splits waits for its rest;
 * bytes that are not UTF-8 become U+FFFD; NUL and a byte order mark are characters like any other.
 */
export class Utf8Decoder {
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** The characters that `bytes` completes. */
  push(bytes: Uint8Array): string {
    return this.#decoder.decode(bytes, { stream: true });
  }

  /** Ends the stream: a character that was begun becomes U+FFFD. The next push starts afresh. */
  flush(): string {
    return this.#decoder.decode();
  }
}

const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** The text whose UTF-8 is `bytes`, byte order mark included; undefined when there is none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    // The decoder says no more than that it failed.
    return undefined;
  }
}

const encoder = new TextEncoder();

/** The UTF-8 of `text`; a lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}
