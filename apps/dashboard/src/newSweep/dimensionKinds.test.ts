import { Dimension } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { DIMENSION_FIELDS, DIMENSION_WORDS, dimensionText, retype } from "./dimensionKinds.js";

const KINDS = Object.keys(DIMENSION_WORDS) as Dimension["type"][];

test("every kind of the contract is offered", () => {
  expect([...DIMENSION_FIELDS.keys()].sort()).toEqual([...KINDS].sort());
});

const examples = [
  { type: "float", low: 1e-4, high: 1e-2, log: true },
  { type: "int", low: 1, high: 3 },
  { type: "categorical", choices: ["relu", "tanh"] },
  { type: "ordinal", choices: [32, 64] },
  { type: "constant", value: 3 },
  { type: "normal", mu: 0, sigma: 1 },
];
test.each(examples.flatMap((old) => KINDS.map((type) => [old.type, type, old] as const)))(
  "%s becomes a %s that is accepted",
  (_from, type, old) => {
    const result = Dimension.safeParse(retype(old, type));
    expect(result.error?.issues ?? []).toEqual([]);
  },
);

test("a range stays a range, and a condition is kept", () => {
  const when = { param: "depth", op: ">=", value: 2 };
  expect(retype({ type: "float", low: 1.2, high: 3.4, when }, "int")).toEqual({
    type: "int",
    low: 1,
    high: 3,
    when,
  });
});

test.each([
  [{ type: "float", low: 1e-4, high: 1e-2, log: true }, "1e-4 to 1e-2, log"],
  [{ type: "int", low: 32, high: 128, step: 32 }, "32 to 128, in steps of 32"],
  [{ type: "categorical", choices: ["relu", [1, 2]] }, "relu, [1,2]"],
  [undefined, "no dimension yet"],
])("%j in words", (dimension, text) => expect(dimensionText(dimension)).toBe(text));
