import { messageOf } from "#common/lib/errors.ts";
import { World } from "./world.ts";

// One process of `npm run sim`: lives through every `step`-th world from `first` to `last`, and tells
// its parent what comes of each.
const [first = 1, last = 1, step = 1] = process.argv.slice(2).map(Number);

for (let seed = first; seed <= last; seed += step) {
  const failure = await new World(seed).run().then(() => undefined, messageOf);
  await new Promise<void>((resolve) => {
    process.send?.({ seed, failure }, undefined, {}, () => resolve());
  });
}
process.disconnect();
