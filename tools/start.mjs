// `npm start`: builds what is stale, then becomes the host.
import { ensureBuilt } from "./build.mjs";

try {
  await ensureBuilt();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
await import("../dist/host/main.js");
