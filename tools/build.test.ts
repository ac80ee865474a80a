import { statSync } from "node:fs";
import { expect, test } from "vitest";
import { ensureBuilt } from "./build.mjs";

test("[HO1] what is built is not built again, however many ask at once", async () => {
  await ensureBuilt(["host"]);
  const { mtimeMs } = statSync("dist/host/main.js");
  await Promise.all([ensureBuilt(["host"]), ensureBuilt(["host"])]);
  expect(statSync("dist/host/main.js").mtimeMs).toBe(mtimeMs);
});
