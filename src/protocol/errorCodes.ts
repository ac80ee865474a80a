import type { ErrorCode } from "#common/lib/errors.ts";

/**
 * What the wordings of a container mean (FI2). They are all that there is on the wire: official
 * clients tell failures apart by them as well.
 */
const wordings: readonly (readonly [RegExp, ErrorCode])[] = [
  [/no such file|does not exist|version too old/i, "not-found"],
  [/not a directory/i, "not-a-directory"],
  [/is a directory/i, "is-a-directory"],
  [/files? exists?/i, "exists"],
  [/permission denied|not permitted|read-only/i, "denied"],
  [/too large/i, "too-large"],
  [/not (a )?text|utf-8|binary/i, "not-text"],
  [/invalid argument|bad request|too long/i, "bad-request"],
  [/no space left|quota exceeded/i, "no-space"],
  [/locked by|already running/i, "conflict"],
];

/** The code for an `error` of a container. */
export function errorCodeOf(text: string): ErrorCode {
  return wordings.find(([wording]) => wording.test(text))?.[1] ?? "failed";
}
