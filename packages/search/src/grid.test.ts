import { AppError, type Params, Space } from "@sweepyard/contract";
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { anySpace } from "./conformanceArbitraries.js";
import { gridSampler, gridSize } from "./grid.js";
import { createGridCells } from "./gridCells.js";
import { levelAt, levelCount } from "./levels.js";
import { activeDimensions } from "./mapSpace.js";
import type { Observation } from "./observation.js";
import { violations } from "./violations.js";

describeSampler("grid", gridSampler, { countableOnly: true });

const space = Space.parse({
  learning_rate: { type: "categorical", choices: [3e-4, 1e-3] },
  depth: { type: "int", low: 1, high: 3 },
  units_2: {
    type: "int",
    low: 64,
    high: 128,
    step: 64,
    when: { param: "depth", op: ">=", value: 2 },
  },
});

const queued = (number: number, params: Params): Observation => ({
  number,
  params,
  state: "queued",
  value: null,
});

/** Asks until null. */
function sweep(gridSpace: Space, history: Observation[] = []): Params[] {
  for (;;) {
    const suggestion = gridSampler.ask(gridSpace, history, 0);
    if (suggestion === null) return history.map(({ params }) => params);
    history.push(queued(history.length, suggestion.params));
  }
}

test("the first dimension changes slowest, inactive ones make no duplicates", () => {
  const perRate = [
    { depth: 1 },
    { depth: 2, units_2: 64 },
    { depth: 2, units_2: 128 },
    { depth: 3, units_2: 64 },
    { depth: 3, units_2: 128 },
  ];
  expect(sweep(space)).toEqual(
    [3e-4, 1e-3].flatMap((rate) => perRate.map((rest) => ({ learning_rate: rate, ...rest }))),
  );
  expect(gridSize(space)).toBe(10);
});

test("the reason tells the cell", () => {
  expect(gridSampler.ask(space, [queued(0, { learning_rate: 3e-4, depth: 1 })], 0)).toEqual({
    params: { learning_rate: 3e-4, depth: 2, units_2: 64 },
    reason: { sampler: "grid", cell: 1, of: 10 },
  });
});

test("failed, cancelled and excluded runs use up their cell, foreign params none", () => {
  const cells = sweep(space);
  const history: Observation[] = [
    { ...queued(0, cells[0] ?? {}), state: "failed" },
    { ...queued(1, cells[1] ?? {}), state: "cancelled" },
    { ...queued(2, cells[3] ?? {}), state: "completed", value: 1, excluded: true },
    queued(3, { learning_rate: 0.5, depth: 1 }),
    queued(4, { ...cells[4], momentum: 0.9 }),
  ];
  expect(gridSampler.ask(space, history, 0)?.reason.cell).toBe(2);
  expect(sweep(space, history)).toHaveLength(2 + 10);
});

test("cells are numbered as a plain enumeration would", () => {
  fc.assert(
    fc.property(anySpace({ countableOnly: true }), (anyGrid) => {
      fc.pre(Object.values(anyGrid).every((dimension) => levelCount(dimension) <= 12));
      const expected = enumerate(anyGrid, {}).filter(
        (params) => violations(anyGrid, params).length === 0,
      );
      fc.pre(expected.length <= 3000);
      const cells = createGridCells(anyGrid);
      expect(cells.size).toBe(expected.length);
      for (const [index, params] of expected.entries()) {
        expect(cells.at(index)).toEqual(params);
        expect(cells.indexOf(params)).toBe(index);
      }
    }),
    { numRuns: 40 },
  );
});

/** The independent way: nested loops over the active dimensions. */
function enumerate(anyGrid: Space, chosen: Params): Params[] {
  const next = activeDimensions(anyGrid, chosen).find((name) => !Object.hasOwn(chosen, name));
  const dimension = next === undefined ? undefined : anyGrid[next];
  if (next === undefined || dimension === undefined) return [chosen];
  return Array.from({ length: levelCount(dimension) }, (_, level) => level).flatMap((level) =>
    enumerate(anyGrid, { ...chosen, [next]: levelAt(dimension, level) }),
  );
}

test("a grid of 497^5 cells is addressed without listing it", () => {
  const units = { type: "int", low: 16, high: 512 };
  const large = Space.parse({ a: units, b: units, c: units, d: units, e: units });
  const cells = createGridCells(large);
  expect(cells.size).toBe(497 ** 5);
  expect(cells.at(cells.size - 1)).toEqual({ a: 512, b: 512, c: 512, d: 512, e: 512 });
  expect(cells.indexOf(cells.at(12_345_678_901_234))).toBe(12_345_678_901_234);
});

const refusal = (input: unknown) => {
  try {
    return gridSize(Space.parse(input));
  } catch (error) {
    return error instanceof AppError ? error.errors.map((e) => `${e.path} ${e.rule}`) : error;
  }
};

test("a continuous dimension is refused by name, a range of one value is not", () => {
  expect(refusal({ x: { type: "float", low: 0, high: 1 } })).toEqual(["space.x grid_needs_step"]);
  expect(refusal({ x: { type: "float", low: 1, high: 1 } })).toBe(1);
});

test("a grid too large to count is refused", () => {
  const seed = { type: "int", low: 0, high: 4_294_967_295 };
  expect(refusal({ seed })).toEqual(["space.seed grid_too_large"]);
  const units = { type: "int", low: 1, high: 4096 };
  expect(refusal({ a: units, b: units, c: units, d: units, e: units })).toEqual([
    "space grid_too_large",
  ]);
});

test("cells that break a constraint are left out, and counted out", () => {
  const widths = Space.parse({
    units_1: { type: "ordinal", choices: [32, 64, 128] },
    units_2: { type: "ordinal", choices: [32, 64, 128], where: [{ op: "<=", right: "units_1" }] },
  });
  expect(gridSize(widths)).toBe(6);
  expect(sweep(widths).map(({ units_1, units_2 }) => [units_1, units_2])).toEqual([
    [32, 32],
    [64, 32],
    [64, 64],
    [128, 32],
    [128, 64],
    [128, 128],
  ]);
});
