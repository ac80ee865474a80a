import { expect, test } from "vitest";
import { rows } from "./history.ts";

test("the bench of history measures everything, on a hundredth of the work", async () => {
  const table = await rows({ scale: 0.01 });
  expect(table.map(({ ours }) => ours >= 0)).toEqual([true, true, true, true, true]);
});
