import { Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import vectors from "../fixtures/vectors.json" with { type: "json" };
import { describeSampler } from "./conformance.js";
import type { Observation } from "./observation.js";
import { createSobolSampler } from "./sobol.js";
import { SOBOL_DIMENSIONS, sobolUnit } from "./sobolSequence.js";

const sobol = createSobolSampler({ scramble: true });
describeSampler("sobol", sobol);
describeSampler("unscrambled sobol", createSobolSampler({ scramble: false }));

test.each([...vectors.sobol.map((each) => ({ ...each, skip: 0 })), vectors.sobol_skip])(
  "points from $skip on in $dims dimensions are SciPy's",
  ({ dims, skip, points }) => {
    const actual = points.map((_, row) =>
      Array.from({ length: dims }, (_, dimension) => sobolUnit(skip + row, dimension, null)),
    );
    expect(actual).toEqual(points);
  },
);

test.each([null, 0, 12345])("each dyadic stratum holds one point, seed %s", (seed) => {
  for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
    const strata = Array.from({ length: 64 }, (_, index) =>
      Math.floor(sobolUnit(index, dimension, seed) * 64),
    );
    expect(new Set(strata).size).toBe(64);
  }
});

test("every 4 x 4 box of the first two dimensions holds one of 16 points, scrambled or not", () => {
  for (const seed of [null, 7]) {
    const boxes = Array.from({ length: 16 }, (_, index) =>
      [0, 1].map((dimension) => Math.floor(sobolUnit(index, dimension, seed) * 4)).join(),
    );
    expect(new Set(boxes).size).toBe(16);
  }
});

test("the next run gets the next point, other dimensions being active or not", () => {
  const space = Space.parse({
    depth: { type: "int", low: 1, high: 2 },
    units_2: { type: "float", low: 0, high: 1, when: { param: "depth", op: ">=", value: 2 } },
    dropout: { type: "float", low: 0, high: 1 },
  });
  const history: Observation[] = [{ number: 4, params: {}, state: "running", value: null }];
  const suggestion = createSobolSampler({ scramble: false }).ask(space, history, 0);
  expect(suggestion?.params.dropout).toBe(sobolUnit(4, 2, null));
  expect(suggestion?.reason).toEqual({ sampler: "sobol", point: 4, scramble: false });
});

test("dimensions beyond the table are random, not all alike", () => {
  const dimension = { type: "float", low: 0, high: 1 };
  const names = Array.from({ length: SOBOL_DIMENSIONS + 20 }, (_, index) => [
    `d${index}`,
    dimension,
  ]);
  const space = Space.parse(Object.fromEntries(names));
  const values = Object.values(sobol.ask(space, [], 0)?.params ?? {}).slice(SOBOL_DIMENSIONS);
  expect(new Set(values).size).toBe(20);
});
