/** What went wrong, for code to match on. Text is for people and may change. */
export type ErrorCode =
  | "not-found"
  | "exists"
  | "not-a-directory"
  | "is-a-directory"
  | "denied"
  | "bad-request"
  | "too-large"
  | "not-text"
  | "conflict"
  | "no-space"
  | "unavailable"
  | "closed"
  | "timeout"
  | "failed"
  | "protocol"
  | "invariant";

/** Base of all errors of ours. `code` is closed, so callers switch over it. */
export class IdeError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A request that could not be done. A user can cause it, so it travels as a value or a reply. */
export class RequestError extends IdeError {}

/** A peer broke rule `rule` of PROTOCOL.md; its connection closes. */
export class ProtocolError extends IdeError {
  readonly rule: string;

  constructor(rule: string, message: string) {
    super("protocol", `${message} (${rule})`);
    this.rule = rule;
  }
}

/** A bug of ours: something that cannot be has happened. */
export class InvariantError extends IdeError {
  constructor(message: string) {
    super("invariant", message);
  }
}

/** Throws `InvariantError` unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
