import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openBaselineFolder } from "./baselineFolder.js";
import { curvesSection } from "./curves.js";
import { prunersSection } from "./pruners.js";
import type { BaselineOptions, Section } from "./section.js";
import { tracesSection } from "./traces.js";

const fixtures = openBaselineFolder(fileURLToPath(new URL("../../fixtures", import.meta.url)));

/** Comparisons that did not pass, and how many there were. */
function compare(section: Section, options: BaselineOptions = {}) {
  const all = [...section.compare(fixtures, options)];
  return { count: all.length, others: all.filter(({ outcome }) => outcome !== "passed") };
}

test("every decision and every bracket is Optuna's", () => {
  expect(compare(tracesSection)).toEqual({ count: 69, others: [] });
});

// All seeds: pnpm baselines packages/search/fixtures --section pruners
test("pruners spend the same epochs on the same runs as Optuna's", { timeout: 60_000 }, () => {
  expect(compare(prunersSection, { seeds: 2 })).toEqual({ count: 36, others: [] });
});

// All seeds: pnpm baselines packages/search/fixtures --section curves
test("a sampler finds as much with each pruner as was recorded", { timeout: 60_000 }, () => {
  expect(compare(curvesSection, { seeds: 8, samplers: ["random"] }).others).toEqual([]);
  expect(compare(curvesSection, { seeds: 4, samplers: ["tpe"] }).others).toEqual([]);
});
