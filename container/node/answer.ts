/** What a request is answered with: JSON, or an image. */
export type Answer = JsonAnswer | ImageAnswer;

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly cookie?: string;
}

interface ImageAnswer {
  readonly status: 200;
  readonly type: string;
  readonly image: Uint8Array;
}

/** An answer that says in a sentence why not. */
export function refused(status: number, error: string): JsonAnswer {
  return { status, body: { error } };
}
