import { expect, test } from "vitest";
import { runsInAll } from "./runsInAll.js";

test("a sweep that goes on counts the runs it will have, one that ended those it made", () => {
  expect(runsInAll({ state: "running", plannedRuns: 8 }, 4)).toBe(8);
  expect(runsInAll({ state: "paused", plannedRuns: null }, 4)).toBe(4);
  expect(runsInAll({ state: "cancelled", plannedRuns: 8 }, 4)).toBe(4);
});
