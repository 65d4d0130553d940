import { expect, test } from "vitest";
import { compareRivals } from "./rivalry.js";

const rows = (right: number, wrong: number): boolean[] => [
  ...Array.from({ length: right }, () => true),
  ...Array.from({ length: wrong }, () => false),
];

// scipy.stats.binomtest(lost, lost + won, alternative="greater").pvalue
test.each([
  [10, 2, 0.019287109375],
  [130, 100, 0.02780678889069619],
  [1100, 1000, 0.015360353932121245],
  [5, 5, 1],
  [0, 4, 1],
])("%i lost and %i won", (lost, won, p) => {
  // Rows that both get right tell nothing.
  const champion = [...rows(lost, won), ...rows(50, 0)];
  const candidate = [...rows(0, lost), ...rows(won, 0), ...rows(50, 0)];
  const found = compareRivals(champion, candidate);
  expect(found).toMatchObject({ lost, won });
  expect(found.p).toBeCloseTo(p, 9);
});
