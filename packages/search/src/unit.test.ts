import { type Dimension, Dimension as DimensionSchema } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { anySpace } from "./conformanceArbitraries.js";
import { levelAt, levelCount, levelOf } from "./levels.js";
import { fromUnit, toUnit } from "./unit.js";

const toDimension = ({ step, ...recorded }: { step?: number | null }): Dimension =>
  DimensionSchema.parse({ ...recorded, ...(step != null && { step }) });

describe("fromUnit equals Optuna's", () => {
  test.each(vectors.from_unit)("$distribution", ({ distribution, u, value }) => {
    const dimension = toDimension(distribution);
    for (const [index, unit] of u.entries())
      expect(fromUnit(dimension, unit)).toBeCloseTo(value[index] ?? Number.NaN, 12);
  });
});

const dimensions = anySpace({ countableOnly: false }).map((space) => Object.values(space)[0]);

test("fromUnit is a value of the dimension and does not fall as the unit rises", () => {
  fc.assert(
    fc.property(
      dimensions,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
      (dimension, us) => {
        if (dimension === undefined || dimension.type === "categorical") return;
        const values = us.sort((a, b) => a - b).map((u) => Number(fromUnit(dimension, u)));
        for (const [index, value] of values.entries()) {
          expect(value).toBeGreaterThanOrEqual(dimension.low);
          expect(value).toBeLessThanOrEqual(dimension.high);
          expect(value).toBeGreaterThanOrEqual(values[index - 1] ?? Number.NEGATIVE_INFINITY);
        }
      },
    ),
  );
});

test("toUnit undoes fromUnit", () => {
  fc.assert(
    fc.property(dimensions, fc.double({ min: 0, max: 1, noNaN: true }), (dimension, u) => {
      if (dimension === undefined) return;
      const value = fromUnit(dimension, u);
      const back = fromUnit(dimension, toUnit(dimension, value));
      const exact = Number.isFinite(levelCount(dimension));
      if (exact || dimension.type === "categorical") {
        expect(back).toBe(value);
        return;
      }
      const ends = Math.max(Math.abs(dimension.low), Math.abs(dimension.high));
      const scale = dimension.log ? Number(value) : ends;
      expect(Math.abs(Number(back) - Number(value))).toBeLessThanOrEqual(1e-9 * scale);
    }),
  );
});

test("toUnit is NaN for what the dimension does not have", () => {
  const depth = toDimension({ type: "int", low: 1, high: 5 } as object);
  expect([0, 6, 1.5, "1", null, Number.NaN].map((value) => toUnit(depth, value))).toEqual(
    Array(6).fill(Number.NaN),
  );
});

test("levels are the numbers that a person would write", () => {
  const rate = toDimension({ type: "float", low: 0, high: 0.3, step: 0.1 } as object);
  expect(levelCount(rate)).toBe(4);
  expect([0, 1, 2, 3].map((level) => levelAt(rate, level))).toEqual([0, 0.1, 0.2, 0.3]);
  expect(levelOf(rate, 0.30000000000000004)).toBe(3);
  expect(levelOf(rate, 0.25)).toBe(-1);
});

test("a step that misses the upper end stops below it", () => {
  const units = toDimension({ type: "int", low: 10, high: 30, step: 8 } as object);
  expect([0, 0.4, 0.99, 1].map((u) => fromUnit(units, u))).toEqual([10, 18, 26, 26]);
});
