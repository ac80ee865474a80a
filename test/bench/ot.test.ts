import { describe, expect, it } from "vitest";
import { rows } from "./ot.ts";

describe("the bench of the text engine", () => {
  // Every engine's text, checksum and server is checked while it is measured, so this tests them too.
  it("measures everything, on a hundredth of the work", async () => {
    const table = await rows({ scale: 0.01 });
    expect(table).toHaveLength(8);
    for (const { ours, peers } of table) {
      expect(ours).toBeGreaterThan(0);
      expect(peers.map(({ value }) => value > 0)).not.toContain(false);
    }
  });
});
