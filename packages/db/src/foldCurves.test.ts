import { BAND_QUANTILES, MOST_CURVE_PLACES } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { foldCurves, placesOf, thinCurve } from "./foldCurves.js";

const MEDIAN = BAND_QUANTILES.indexOf(0.5);

describe("places along x", () => {
  test("are all whole steps while these are few", () => {
    expect(placesOf(1, 4, true)).toEqual([1, 2, 3, 4]);
    expect(placesOf(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true)).toEqual([]);
  });

  test("are bounded, and hold both ends, where steps are many", () => {
    const places = placesOf(1, 100_000, true);
    expect(places.length).toBe(MOST_CURVE_PLACES);
    expect([places[0], places.at(-1)]).toEqual([1, 100_000]);
    expect(places.every(Number.isInteger)).toBe(true);
  });
});

describe("foldCurves", () => {
  test("takes quantiles over the runs that have a value at each place", () => {
    const folded = foldCurves(
      [
        { x: [1, 2, 3], values: [1, 10, 100] },
        { x: [1, 2], values: [3, 30] },
        { x: [1], values: [2] },
      ],
      [1, 2, 3],
    );
    expect(folded.counts).toEqual([3, 2, 1]);
    expect(folded.quantiles[MEDIAN]).toEqual([2, 20, 100]);
    expect(folded.quantiles[0]).toEqual([1.1, 11, 100]);
  });

  test("counts NaN and the infinities nowhere, and has no value where there is none", () => {
    const folded = foldCurves(
      [{ x: [1, 2], values: [Number.NaN, Number.POSITIVE_INFINITY] }],
      [1, 2],
    );
    expect(folded.counts).toEqual([0, 0]);
    expect(folded.quantiles[MEDIAN]).toEqual([Number.NaN, Number.NaN]);
  });

  test("between places of its own a curve stands at its last value, and ends with its end", () => {
    const folded = foldCurves([{ x: [0.5, 2.5], values: [1, 2] }], [0, 1, 2, 3, 4]);
    expect(folded.counts).toEqual([0, 1, 1, 1, 0]);
    expect(folded.quantiles[MEDIAN]?.slice(1, 4)).toEqual([1, 1, 2]);
  });
});

test("a thinned curve keeps its first places and its end", () => {
  const x = Array.from({ length: 1_000 }, (_, index) => index + 1);
  const thin = thinCurve({ x, values: x }, placesOf(1, 1_000, true));
  expect(thin.x.length).toBeLessThanOrEqual(MOST_CURVE_PLACES + 1);
  expect([thin.x[0], thin.x.at(-1), thin.values.at(-1)]).toEqual([1, 1_000, 1_000]);
  expect(thinCurve({ x: [1, 2], values: [3, 4] }, [1])).toEqual({ x: [1, 2], values: [3, 4] });
});
