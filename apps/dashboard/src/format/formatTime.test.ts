import { expect, test } from "vitest";
import { formatAge, formatDuration } from "./formatTime.js";

test.each([
  [350, "350 ms"],
  [8400, "8.4 s"],
  [9960, "10 s"],
  [59_400, "59 s"],
  [70_125, "1 min 10 s"],
  [120_000, "2 min"],
  [3_599_600, "1 h"],
  [7_500_000, "2 h 5 min"],
  [100 * 3_600_000, "4 d 4 h"],
  [null, "–"],
  [-5, "0 ms"],
])("%s ms → %s", (ms, text) => expect(formatDuration(ms)).toBe(text));

test("ages are coarse, so that a list does not flicker", () => {
  const now = Date.parse("2026-11-23T12:00:00Z");
  const ago = (ms: number) => formatAge(new Date(now - ms).toISOString(), now);
  expect([
    ago(1000),
    ago(44_000),
    ago(59_999),
    ago(61_000),
    ago(7_200_000),
    ago(90_000_000),
  ]).toEqual(["just now", "40 s ago", "50 s ago", "1 min ago", "2 h ago", "1 d ago"]);
});
