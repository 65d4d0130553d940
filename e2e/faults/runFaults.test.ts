import { expect, test } from "vitest";
import { runFaults } from "./runFaults.js";

/** The short form of `pnpm faults`: one round through the kinds of fault. */
const FAULTS = 29;

test("nothing is lost and nothing doubled, whatever breaks", { timeout: 900_000 }, async () => {
  const lines: string[] = [];
  const result = await runFaults({ seed: 20, faults: FAULTS, say: (line) => lines.push(line) });
  expect(result.violations, lines.join("\n")).toEqual([]);
  // Only root can fill a disk: elsewhere the round ends with one of the next.
  const kinds = new Set(result.injected.map(({ fault }) => fault));
  expect(kinds.size).toBeGreaterThanOrEqual(FAULTS - 1);
  expect(result.completed).toBeGreaterThan(0);
  expect(result.attempts).toBeGreaterThan(result.runs); // something was interrupted
});
