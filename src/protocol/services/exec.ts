import { RequestError } from "#common/lib/errors.ts";
import { fail, ok, type Result } from "#common/lib/result.ts";
import type { OpenChannel } from "../channel.ts";

export interface ExecResult {
  /** What the program wrote, stdout and stderr merged. */
  readonly output: string;
  /** Why it failed, in the words of the container (EX3); missing when it ended well. */
  readonly failed?: string;
}

/** More than this is not read to its end: the largest list of files that anybody scrolls. */
const MAX_OUTPUT_CHARS = 32 * 1024 * 1024;

/** Errors that tell of the way to the program and not of the program. */
const wayErrors: ReadonlySet<string> = new Set(["unavailable", "closed", "timeout", "protocol"]);

/**
 * Runs a program in the repl's root and waits for its end. Each run has a channel of its own, so
 * that none waits for another. It is never repeated: that could do its work twice.
 */
export async function runProgram(
  open: OpenChannel,
  args: readonly string[],
): Promise<Result<ExecResult, RequestError>> {
  let output = "";
  const channel = open("exec", "", {
    handle: (body) => {
      // Some containers send stderr as errors without a ref.
      if (body.case === "output" || body.case === "error") output += body.value;
      if (output.length > MAX_OUTPUT_CHARS) channel.close("leave");
    },
  });
  const answer = await channel.request(
    { case: "exec", value: { args: [...args] } },
    { timeoutMs: "none" },
  );
  channel.close("leave");
  if (output.length > MAX_OUTPUT_CHARS) {
    return fail(new RequestError("too-large", `${args[0]}: too much output`));
  }
  if (answer.ok) return ok({ output });
  // The second is what the container says of the asker, a program's own comes without the colon.
  if (wayErrors.has(answer.error.code) || answer.error.message.startsWith("permission denied:")) {
    return answer;
  }
  return ok({ output, failed: answer.error.message });
}
