import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    // Conformance and process tests start real servers: two files at once are enough for two cores.
    maxWorkers: 2,
  },
});
