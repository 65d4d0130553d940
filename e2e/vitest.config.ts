import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "@sweepyard/e2e",
    include: ["src/**/*.test.ts", "faults/**/*.test.ts"],
    // Each file brings up a whole system: never fast, least of all beside another.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
