import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: ["@sweepyard/local/testing"],
    // Events are read up to the oldest transaction of the whole server: files that share one, side
    // by side, would hold back one another's.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
