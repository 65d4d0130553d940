import { expect, test } from "vitest";
import { formatBudget } from "./sweepText.js";

test("tells every part of a budget", () => {
  expect(formatBudget({})).toBe("–");
  expect(formatBudget({ runs: 1 })).toBe("1 run");
  expect(formatBudget({ epochs: 182 })).toBe("182 epochs");
  expect(formatBudget({ runs: 30, seconds: 600, slot_seconds: 5_400 })).toBe(
    "30 runs, 10 min, 1 h 30 min of slots",
  );
});
