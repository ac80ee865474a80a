import { expect, it } from "vitest";
import { surviveKills } from "./kills.ts";

// `npm run soak -- --kills 200` is for the desk.
it(
  "[DU1] [OT24] keeps what was acknowledged, once, however often the host is killed",
  { timeout: 120_000 },
  async () => {
    const { packets, characters } = await surviveKills(6, 1);
    expect(packets).toBeGreaterThan(50);
    expect(characters).toBeGreaterThan(50);
  },
);
