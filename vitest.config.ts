import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{common,container,src,test,tools}/**/*.test.{ts,tsx}"],
    exclude: ["test/sim/long/**", "node_modules/**"],
    testTimeout: 20_000,
    // Real PTYs, sockets and files: more workers than cores make waits long, not tests wrong.
    maxWorkers: 2,
    passWithNoTests: false,
  },
});
