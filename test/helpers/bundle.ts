import { join } from "node:path";
import { build } from "vite";

/** Makes one file of a TypeScript entry that plain Node runs, for tests that need a process. */
export async function bundle(entry: string, directory: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: "error",
    build: {
      ssr: entry,
      outDir: directory,
      emptyOutDir: false,
      rollupOptions: { output: { entryFileNames: "bundle.mjs" } },
    },
  });
  return join(directory, "bundle.mjs");
}
