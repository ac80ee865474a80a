import { expect, it } from "vitest";
import { surviveKills } from "./kills.ts";

const KILLS = 6;

// `npm run soak -- --kills 200` is for the desk.
it(
  "[DU1] [OT24] keeps what was acknowledged, once, however often the host is killed",
  { timeout: 120_000 },
  async () => {
    const { packets, characters } = await surviveKills(KILLS, 1);
    // How much is typed between two kills is the machine's affair; that something is, is not.
    expect(packets).toBeGreaterThan(KILLS);
    expect(characters).toBeGreaterThan(KILLS);
  },
);
