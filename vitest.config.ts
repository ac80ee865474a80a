import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{common,container,src,test,tools}/**/*.test.{ts,tsx}"],
    exclude: ["test/sim/long/**", "node_modules/**"],
    // Only what hangs should meet these: a test that works takes many times longer on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real PTYs, sockets and files: more workers than cores make waits long, not tests wrong.
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
