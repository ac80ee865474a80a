import { expect, it } from "vitest";
import { mulberry32, randomBelow } from "#common/lib/random.ts";
import { Sums } from "./sums.ts";

it("sums are what plain addition makes, whatever was changed before", () => {
  const random = mulberry32(1);
  for (const size of [0, 1, 2, 7, 64, 100]) {
    const numbers = Array.from({ length: size }, () => randomBelow(random, 50));
    const sums = new Sums(numbers);
    for (let turn = 0; turn < 100; turn++) {
      const count = randomBelow(random, size + 1);
      expect(sums.ofFirst(count)).toBe(numbers.slice(0, count).reduce((a, b) => a + b, 0));
      if (size === 0) continue;
      const index = randomBelow(random, size);
      const difference = randomBelow(random, 20) - 10;
      numbers[index] = (numbers[index] ?? 0) + difference;
      sums.add(index, difference);
    }
  }
});
