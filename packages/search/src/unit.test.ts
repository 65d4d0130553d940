import { type Dimension, Dimension as DimensionSchema } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { anySpace } from "./conformanceArbitraries.js";
import { isNumeric, levelAt, levelCount, levelOf, stepsOf } from "./levels.js";
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
        if (dimension === undefined || !isNumeric(dimension)) return;
        const { low, high } = stepsOf(dimension);
        const values = us.sort((a, b) => a - b).map((u) => Number(fromUnit(dimension, u)));
        for (const [index, value] of values.entries()) {
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(high);
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
      if (!isNumeric(dimension) || Number.isFinite(levelCount(dimension))) {
        expect(back).toEqual(value);
        return;
      }
      const { low, high } = stepsOf(dimension);
      const isRange = dimension.type === "float" && !dimension.log;
      const scale = isRange ? Math.max(Math.abs(low), Math.abs(high)) : Math.abs(Number(value));
      // A share of one leaves few digits to what lies far out in a normal's upper tail.
      const digits = dimension.type === "normal" || dimension.type === "log_normal" ? 0.3 : 1e-9;
      expect(Math.abs(Number(back) - Number(value))).toBeLessThanOrEqual(digits * (scale + 1e-9));
    }),
  );
});

test("a normal dimension's units are shares of the distribution", () => {
  const weight = DimensionSchema.parse({ type: "normal", mu: 10, sigma: 2 });
  // Quantiles of the standard normal: Abramowitz & Stegun (1964), table 26.5
  expect(Number(fromUnit(weight, 0.975))).toBeCloseTo(10 + 2 * 1.959963985, 7);
  expect(fromUnit(weight, 0.5)).toBeCloseTo(10, 12);
  expect(toUnit(weight, 10 + 2 * 1.281551566)).toBeCloseTo(0.9, 9);
  const rate = DimensionSchema.parse({ type: "log_normal", mu: -3, sigma: 1, high: 1 });
  expect(toUnit(rate, 1)).toBe(1);
  expect(toUnit(rate, 1.01)).toBeNaN();
  expect(Number(fromUnit(rate, 0.5))).toBeCloseTo(Math.exp(-3), 2);
});

test("steps of a normal dimension are multiples, each with its share of the distribution", () => {
  const shift = DimensionSchema.parse({ type: "normal", mu: 0, sigma: 1, step: 0.5, low: -0.6 });
  expect([0, 0.3, 0.6, 1].map((u) => fromUnit(shift, u))).toEqual([-0.5, 0, 0.5, 8.5]);
});

test("choices may be lists and objects, in any order of keys", () => {
  const layers = DimensionSchema.parse({
    type: "categorical",
    choices: [[64], [64, 32], { units: 8, activation: "relu" }],
  });
  expect(levelOf(layers, [64, 32])).toBe(1);
  expect(levelOf(layers, { activation: "relu", units: 8 })).toBe(2);
  expect(levelOf(layers, [32, 64])).toBe(-1);
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
