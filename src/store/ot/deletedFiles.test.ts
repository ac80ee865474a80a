import { expect, it } from "vitest";
import { RequestError } from "#common/lib/errors.ts";
import { fail, ok } from "#common/lib/result.ts";
import { createFakeClient } from "#test/helpers/fakeClient.ts";
import { findDeletedFiles } from "./deletedFiles.ts";

it("are those of which nothing is left but a history, the last edited first", async () => {
  const client = createFakeClient();
  const packet = (path: string, version: number, committedMs: number) => ({
    version,
    op: [path],
    nonce: 0,
    crc32: 0,
    userId: 7,
    committedMs,
  });
  client.ot.history = async (path) =>
    ok(path === "" ? [packet("a", 3, 10), packet("b", 1, 20)] : []);
  expect(await findDeletedFiles(client)).toEqual(
    ok([
      { path: "b", versions: 1, userId: 7, editedMs: 20 },
      { path: "a", versions: 3, userId: 7, editedMs: 10 },
    ]),
  );
  const refusal = fail(new RequestError("unavailable", "no connection"));
  client.ot.history = async () => refusal;
  expect(await findDeletedFiles(client)).toBe(refusal);
});
