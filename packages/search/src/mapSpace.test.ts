import { AppError, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { mapSpace } from "./mapSpace.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";
import { violations } from "./violations.js";

const unit = { type: "float", low: 0, high: 1 };

test("earlier params leave room for later ones", () => {
  const space = Space.parse({
    units_1: { type: "int", low: 16, high: 512 },
    units_2: { type: "int", low: 64, high: 512, where: [{ op: "<=", right: "units_1" }] },
  });
  const least = mapSpace(space, (dimension) => fromUnit(dimension, 0));
  expect(least).toEqual({ units_1: 64, units_2: 64 });
});

test("what is chosen outside is moved to the nearest value inside", () => {
  const space = Space.parse({ x: unit, y: { ...unit, where: [{ op: "<=", right: "x" }] } });
  expect(mapSpace(space, (_, name) => (name === "x" ? 0.25 : 0.75))).toEqual({ x: 0.25, y: 0.25 });
});

test("a thin slice that only some choices lead to is found", () => {
  // Whether y exists is not known when x is chosen, so that x = 0.9 is a dead end.
  const space = Space.parse({
    x: unit,
    depth: { type: "int", low: 1, high: 20 },
    y: {
      ...unit,
      when: { param: "depth", op: ">=", value: 2 },
      where: [{ left: { x: 1, y: 1 }, op: "<=", right: 0.1 }],
    },
  });
  for (let seed = 0; seed < 50; seed++) {
    const nextUnit = createUniform(seed);
    const params = mapSpace(space, (dimension) => fromUnit(dimension, nextUnit()));
    expect(violations(space, params)).toEqual([]);
  }
});

test("a space without a point is told as such", () => {
  const space = Space.parse({
    a: { type: "ordinal", choices: [0, 1] },
    b: {
      type: "ordinal",
      choices: [0.5, 2.5],
      where: [
        { left: { a: 1, b: 1 }, op: ">=", right: 1.6 },
        { left: { a: 1, b: 1 }, op: "<=", right: 2.4 },
      ],
    },
  });
  const map = () => mapSpace(space, (dimension) => fromUnit(dimension, 0.5));
  expect(map).toThrow(AppError);
  expect(map).toThrow(/no point of the space/);
});
