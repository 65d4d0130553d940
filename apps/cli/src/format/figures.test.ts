import { describe, expect, test } from "vitest";
import {
  elapsedMs,
  formatAge,
  formatCount,
  formatDuration,
  formatFigure,
  formatPercent,
} from "./figures.js";

test.each([
  [0.884_512, "0.8845"],
  [3e-4, "0.0003"],
  [1.234_56e-7, "1.235e-7"],
  [12_345.6, "12350"],
  [60_000, "60000"],
  [0, "0"],
  [-0.000_123_456, "-0.0001235"],
  [null, "–"],
  [undefined, "–"],
  [Number.NaN, "–"],
])("%s is written as %s", (value, text) => {
  expect(formatFigure(value)).toBe(text);
});

test.each([
  [0, "0 ms"],
  [350.4, "350 ms"],
  [999.6, "1 s"],
  [9_440, "9.4 s"],
  [9_960, "10 s"],
  [59_600, "1 min"],
  [70_000, "1 min 10 s"],
  [3_599_700, "1 h"],
  [3_600_000 + 29_000, "1 h"],
  [2 * 3_600_000 + 5 * 60_000 + 10_000, "2 h 5 min"],
  [86_399_000, "1 d"],
  [3 * 86_400_000 + 4 * 3_600_000, "3 d 4 h"],
  [null, "–"],
])("%s ms is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

describe("times", () => {
  const now = Date.parse("2026-01-01T00:02:00.900Z");

  test("an age is told in whole seconds and never lies in the future", () => {
    expect(formatAge("2026-01-01T00:00:50.000Z", now)).toBe("1 min 10 s ago");
    expect(formatAge("2026-01-01T00:02:01.500Z", now)).toBe("now");
    expect(formatAge(null, now)).toBe("–");
  });

  test("what has not ended lasts until now", () => {
    expect(elapsedMs("2026-01-01T00:02:00.000Z", null, now)).toBe(900);
    expect(elapsedMs("2026-01-01T00:00:00.000Z", "2026-01-01T00:01:00.000Z", now)).toBe(60_000);
    expect(elapsedMs(null, null, now)).toBeNull();
  });
});

test("shares and counts", () => {
  expect(formatPercent(0.884_512)).toBe("88.45 %");
  expect(formatCount(1, "run")).toBe("1 run");
  expect(formatCount(0, "run")).toBe("0 runs");
});
