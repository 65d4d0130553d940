import { expect, test } from "vitest";
import { idleWhileWaiting } from "./idleWhileWaiting.js";

const attempt = (start: number, end: number) => [{ start, end }];

test("slots that are never free while something waits idle for none of the time", () => {
  expect(idleWhileWaiting(0, 2, [attempt(0, 10), attempt(0, 20), attempt(10, 30)])).toBe(0);
});

test("counts the time before the first runs begin and between two runs of a slot", () => {
  // The third waits from 0 to 12. Of 2 × 12 units the slots use 9 and 10.
  const runs = [attempt(1, 10), attempt(2, 20), attempt(12, 30)];
  expect(idleWhileWaiting(0, 2, runs)).toBeCloseTo(1 - (9 + 10) / 24, 12);
});

test("the end, when nothing waits any more, does not count", () => {
  expect(idleWhileWaiting(0, 2, [attempt(0, 10), attempt(0, 10), attempt(10, 500)])).toBe(0);
});

test("a run that lost its worker waits again until its next attempt", () => {
  const retried = [
    { start: 0, end: 4 },
    { start: 6, end: 10 },
  ];
  // One slot; the second run waits throughout 0 to 10, and the slot is free from 4 to 6.
  expect(idleWhileWaiting(0, 1, [retried, attempt(10, 20)])).toBeCloseTo(0.2, 12);
});

test("with a slot for every run nothing waits for one", () => {
  expect(idleWhileWaiting(0, 4, [attempt(3, 10), attempt(3, 10)])).toBe(0);
});

test("no runs, no idling", () => {
  expect(idleWhileWaiting(0, 2, [])).toBe(0);
});

test("an attempt without an end lasts", () => {
  expect(idleWhileWaiting(0, 1, [attempt(0, Number.POSITIVE_INFINITY), attempt(5, 9)])).toBe(0);
});
