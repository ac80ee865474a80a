import type { RequestError } from "#common/lib/errors.ts";
import { ok, type Result } from "#common/lib/result.ts";
import type { Client } from "#protocol/client.ts";

/** A file that is not there any more, and the last that is known of it. */
export interface DeletedFile {
  readonly path: string;
  readonly versions: number;
  readonly userId: number;
  /** When its text was edited last. */
  readonly editedMs: number;
}

/** The files that can be brought back, those first that were edited last. */
export async function findDeletedFiles({
  ot,
}: Client): Promise<Result<readonly DeletedFile[], RequestError>> {
  const answer = await ot.history("", 1);
  if (!answer.ok) return answer;
  const files = answer.value.map(({ op, version, userId, committedMs }) => ({
    path: String(op[0] ?? ""),
    versions: version,
    userId,
    editedMs: committedMs,
  }));
  return ok(files.toSorted((a, b) => b.editedMs - a.editedMs));
}
