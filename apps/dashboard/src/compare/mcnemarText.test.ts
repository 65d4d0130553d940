import { expect, test } from "vitest";
import { pValueText, verdictOf } from "./mcnemarText.js";

test.each([
  [{ onlyA: 0, onlyB: 0, pValue: 1 }, "right and wrong on the same rows"],
  [{ onlyA: 12, onlyB: 10, pValue: 0.83 }, "the difference may be chance"],
  [{ onlyA: 30, onlyB: 5, pValue: 1e-5 }, "run 1 is right more often than chance explains"],
  [{ onlyA: 5, onlyB: 30, pValue: 1e-5 }, "run 2 is right more often than chance explains"],
])("%j", (counts, verdict) => expect(verdictOf(counts, "run 1", "run 2")).toBe(verdict));

test.each([
  [0, "< 1e-6"],
  [0.00012, "1.2e-4"],
  [0.625, "0.625"],
  [1, "1"],
])("p %d is written %s", (pValue, text) => expect(pValueText(pValue)).toBe(text));
