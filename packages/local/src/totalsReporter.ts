import type { Reporter, TestModule } from "vitest/node";

/** Counts of one test run. A file that could not be loaded counts as one failure. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
}

/** Ends a vitest run with one line that a script can read: `N passed, N failed`. */
export class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const { passed, failed } = countTotals(modules);
    const line = `${passed} passed, ${failed + unhandledErrors.length} failed\n`;
    // Other reporters and the servers' end still print; this has to be the last line.
    process.once("exit", () => process.stdout.write(line));
  }
}

export function countTotals(modules: readonly TestModule[]): Totals {
  let passed = 0;
  let failed = 0;
  for (const module of modules) {
    let failedHere = 0;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === "passed") passed += 1;
      if (state === "failed") failedHere += 1;
    }
    failed += failedHere === 0 && module.state() === "failed" ? 1 : failedHere;
  }
  return { passed, failed };
}
