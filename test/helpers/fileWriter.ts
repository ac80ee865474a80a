import { silentLogger } from "#common/lib/log.ts";
import { systemClock } from "#container/node/clock.ts";
import { createFileSystem } from "#container/node/fileSystem.ts";
import { parseReplPath } from "#container/paths.ts";

// Replaces one file over and over, each time by other content, until it is killed.
const files = createFileSystem({
  root: process.argv[2] ?? "",
  clock: systemClock,
  log: silentLogger,
});
for (let i = 0; ; i++) {
  const letter = String.fromCharCode(97 + (i % 26));
  await files.write(parseReplPath("file"), Buffer.alloc(2_000_000, letter));
  if (i === 0) process.send?.("started");
}
