import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts"],
    globalSetup: ["@sweepyard/local/testing"],
    // Each command is a process of its own: slow where many tests share few cores.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
