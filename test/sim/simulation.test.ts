import { describe, expect, it } from "vitest";
import { seeds } from "./seeds.ts";
import { World } from "./world.ts";

describe("simulation", () => {
  it.each(seeds.map((seed) => [seed] as const))(
    "seed %i comes to rest in one text",
    async (seed) => {
      await expect(new World(seed).run()).resolves.toBeUndefined();
    },
  );
});
