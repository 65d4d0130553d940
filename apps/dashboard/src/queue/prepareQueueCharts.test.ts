import type { QueueHistory } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { prepareQueueCharts } from "./prepareQueueCharts.js";

const history: QueueHistory = {
  origin: "2026-11-25T12:00:00Z",
  spanMs: 240_000,
  depth: { at: [0, 60_000], queued: [0, 8], running: [0, 2], slots: [2, 2] },
  buckets: 2,
  started: [0, 4],
  finished: [0, 2],
  failed: [0, 0],
  waitMedianMs: [null, 5_000],
  waitP90Ms: [null, 9_000],
};

test("depth is drawn in steps, rates by the minute, waits where runs began", () => {
  const { depth, rates, waits } = prepareQueueCharts(history);
  expect(depth?.lines[0]?.segments[0]?.at(-1)).toEqual([240_000, 8]);
  expect(rates?.lines.map(({ values }) => values)).toEqual([
    [0, 2],
    [0, 1],
    [0, 0],
  ]);
  expect(waits?.lines[0]?.segments).toEqual([[[180_000, 5]]]);
});

test("a time in which nothing happened has no rates and no waits", () => {
  const none = [0, 0];
  const { rates, waits } = prepareQueueCharts({
    ...history,
    started: none,
    finished: none,
    waitMedianMs: [null, null],
    waitP90Ms: [null, null],
  });
  expect([rates, waits]).toEqual([null, null]);
});
