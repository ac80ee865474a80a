import { RequestError, type ErrorCode } from "#common/lib/errors.ts";

/** What Go says of an error of the system: clients match on these words (FI2). */
const wordings: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ["not-found", "no such file or directory"],
  EEXIST: ["exists", "file exists"],
  ENOTDIR: ["not-a-directory", "not a directory"],
  EISDIR: ["is-a-directory", "is a directory"],
  EACCES: ["denied", "permission denied"],
  EPERM: ["denied", "operation not permitted"],
  EROFS: ["denied", "read-only file system"],
  ENOSPC: ["no-space", "no space left on device"],
  EDQUOT: ["failed", "disk quota exceeded"],
  ERR_FS_FILE_TOO_LARGE: ["too-large", "file too large"],
  EFBIG: ["too-large", "file too large"],
  ENAMETOOLONG: ["bad-request", "file name too long"],
  EINVAL: ["bad-request", "invalid argument"],
  // A name whose bytes the file system does not take, such as half a character on macOS.
  EILSEQ: ["bad-request", "illegal byte sequence"],
  ELOOP: ["bad-request", "too many levels of symbolic links"],
  ENOTEMPTY: ["conflict", "directory not empty"],
  EBUSY: ["conflict", "device or resource busy"],
  ETXTBSY: ["conflict", "text file busy"],
  EXDEV: ["failed", "invalid cross-device link"],
  EMFILE: ["unavailable", "too many open files"],
  ENFILE: ["unavailable", "too many open files in system"],
  EIO: ["failed", "input/output error"],
  ESTALE: ["failed", "stale file handle"],
  // Two of ours.
  EOUTSIDE: ["denied", "permission denied: path is not inside the repl"],
  ESPECIAL: ["bad-request", "not a regular file"],
};

/** The code of a system error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/**
 * What a request is told when `operation` on `subject`, as the client calls it, has failed:
 * `open a.txt: no such file or directory`. Never names the place on the host's disk.
 */
export function fileError(operation: string, subject: string, error: unknown): RequestError {
  if (error instanceof RequestError) return error;
  const system = systemCode(error);
  const [code, why] = wordings[system ?? ""] ?? ["failed", system ?? "input/output error"];
  return new RequestError(code, `${operation} ${subject}: ${why}`, { cause: error });
}

/** An error as the system would throw it, where we know without asking. */
export function systemError(code: string): Error {
  return Object.assign(new Error(code), { code });
}
