import { type Params, Space } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { violations } from "./violations.js";

const space = Space.parse({
  learning_rate: { type: "float", low: 1e-5, high: 0.1, log: true },
  dropout: { type: "float", low: 0, high: 0.6, step: 0.05 },
  depth: { type: "int", low: 1, high: 3 },
  units_2: { type: "int", low: 16, high: 512, when: { param: "depth", op: ">=", value: 2 } },
  optimizer: { type: "categorical", choices: ["SGD", "Adam"] },
});
const good = { learning_rate: 1e-3, dropout: 0.15000000000000002, depth: 1, optimizer: "Adam" };
const broken = (params: Parameters<typeof violations>[1]) =>
  violations(space, params).map(({ path, rule }) => `${path} ${rule}`);

test("a point of the space has none", () => {
  expect(broken(good)).toEqual([]);
  expect(broken({ ...good, learning_rate: 0.1, depth: 3, units_2: 512 })).toEqual([]);
});

test("each broken rule is named with its dotted path", () => {
  expect(broken({ ...good, learning_rate: 0.2 })).toEqual(["params.learning_rate out_of_range"]);
  expect(broken({ ...good, learning_rate: Number.NaN })).toEqual([
    "params.learning_rate not_a_number",
  ]);
  expect(broken({ ...good, dropout: 0.12 })).toEqual(["params.dropout off_step"]);
  expect(broken({ ...good, depth: 1.5 })).toEqual(["params.depth off_step"]);
  expect(broken({ ...good, depth: 2 })).toEqual(["params.units_2 required"]);
  expect(broken({ ...good, units_2: 64 })).toEqual(["params.units_2 inactive"]);
  expect(broken({ ...good, optimizer: "adam" })).toEqual(["params.optimizer not_a_choice"]);
  expect(broken({ ...good, momentum: 0.9 })).toEqual(["params.momentum unknown_dimension"]);
  expect(broken({})).toHaveLength(4);
});

test("a message says what would be right and what was found", () => {
  expect(violations(space, { ...good, units_2: 64 })[0]?.message).toBe(
    "only exists where depth >= 2",
  );
  expect(violations(space, { ...good, depth: 9 })[0]?.message).toBe(
    "must be from 1 to 3, but is 9",
  );
});

test("a broken constraint is told with the dimension that it is kept with", () => {
  const widths = Space.parse({
    units_1: { type: "int", low: 16, high: 512 },
    units_2: {
      type: "int",
      low: 16,
      high: 512,
      where: [
        { op: "<=", right: "units_1" },
        { left: { units_1: 1, units_2: 2 }, op: "<", right: 600 },
      ],
    },
  });
  const rulesOf = (params: Params) => violations(widths, params).map(({ message }) => message);
  expect(rulesOf({ units_1: 200, units_2: 200 })).toEqual(["breaks units_1 + 2 units_2 < 600"]);
  expect(rulesOf({ units_1: 64, units_2: 65 })).toEqual(["breaks units_2 <= units_1"]);
  expect(rulesOf({ units_1: 200, units_2: 199 })).toEqual([]);
});

test("sums of decimal fractions count as what they are meant to be", () => {
  const share = { type: "float", low: 0, high: 1, step: 0.1 };
  const shares = Space.parse({
    a: share,
    b: { ...share, where: [{ left: { a: 1, b: 1 }, op: "<=", right: 0.3 }] },
  });
  expect(violations(shares, { a: 0.1, b: 0.2 })).toEqual([]); // 0.30000000000000004
});
