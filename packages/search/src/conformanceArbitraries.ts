import { type Dimension, type Params, RunState, Space } from "@sweepyard/contract";
import fc from "fast-check";
import { mapSpace } from "./mapSpace.js";
import type { Observation } from "./observation.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

/** Any space of up to five dimensions, each perhaps conditional on an earlier one. */
export function anySpace({ countableOnly }: { countableOnly: boolean }): fc.Arbitrary<Space> {
  const dimension = countableOnly
    ? fc.oneof(smallInt, logInt, stepped, categorical)
    : fc.oneof(float, logFloat, smallInt, logInt, stepped, categorical);
  const part = fc.record({ dimension, condition });
  return fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => {
    const entries = parts.map(({ dimension, condition }, index) => {
      if (condition === null || condition.on >= index) return [`d${index}`, dimension];
      const { on, op, value } = condition;
      return [`d${index}`, { ...dimension, when: { param: `d${on}`, op, value } }];
    });
    return Space.parse(Object.fromEntries(entries));
  });
}

/** Runs in every state, with usable and useless values, inside and outside the space. */
export const anyHistory = (space: Space): fc.Arbitrary<Observation[]> =>
  fc.uniqueArray(observation(space), { selector: ({ number }) => number, maxLength: 40 });

/** A long sweep: every sixth run useless in one way or another, the rest completed. */
export function longHistory(space: Space, runs: number): Observation[] {
  const odd: Pick<Observation, "state" | "value" | "excluded">[] = [
    { state: "failed", value: null },
    { state: "diverged", value: Number.NaN },
    { state: "running", value: null },
    { state: "pruned", value: 0.5 },
    { state: "completed", value: Number.POSITIVE_INFINITY },
    { state: "completed", value: -1, excluded: true },
  ];
  return Array.from({ length: runs }, (_, number) => {
    const fate = number % 6 === 0 ? odd[(number / 6) % odd.length] : undefined;
    const value = createUniform(number, 1)();
    return { number, params: randomParams(space, number), state: "completed", value, ...fate };
  });
}

function randomParams(space: Space, seed: number): Params {
  const nextUnit = createUniform(seed);
  return mapSpace(space, (dimension: Dimension) => fromUnit(dimension, nextUnit()));
}

const useless = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  null,
  Number.MAX_VALUE,
);
const value = fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), useless);

const observation = (space: Space): fc.Arbitrary<Observation> =>
  fc.record({
    number: fc.nat({ max: 1000 }),
    params: fc.oneof(
      { weight: 9, arbitrary: fc.nat().map((seed) => randomParams(space, seed)) },
      { weight: 1, arbitrary: fc.constantFrom<Params>({}, { d0: "elsewhere" }, { gone: 1 }) },
    ),
    state: fc.constantFrom(...RunState.options),
    value,
    points: fc.array(fc.record({ step: fc.nat({ max: 9 }), value }), { maxLength: 5 }),
    excluded: fc.boolean(),
  });

const range = (min: number, max: number) =>
  fc
    .tuple(fc.double({ min, max, noNaN: true }), fc.double({ min, max, noNaN: true }))
    .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));
const intRange = (min: number, max: number) =>
  fc
    .tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

const float = fc.oneof(range(-1e6, 1e6), range(-1.7e308, 1.7e308)).map((ends) => ({
  type: "float" as const,
  ...ends,
}));
const logFloat = range(1e-300, 1e300).map((ends) => ({
  type: "float" as const,
  ...ends,
  log: true,
}));
const stepped = fc
  .tuple(range(-10, 10), fc.constantFrom(0.05, 0.1, 0.3, 1 / 3, 2.5))
  .map(([ends, step]) => ({ type: "float" as const, ...ends, step }));
const smallInt = fc
  .tuple(intRange(-20, 20), fc.integer({ min: 1, max: 7 }))
  .map(([ends, step]) => ({ type: "int" as const, ...ends, step }));
const logInt = intRange(1, 600).map((ends) => ({ type: "int" as const, ...ends, log: true }));
const categorical = fc
  .uniqueArray(fc.constantFrom("a", "b", "", 0, 1, -0.5, true, false, null), { minLength: 1 })
  .map((choices) => ({ type: "categorical" as const, choices }));

const condition = fc.option(
  fc.oneof(
    fc.record({
      on: fc.nat({ max: 3 }),
      op: fc.constantFrom("==", "!=", ">=", "<="),
      value: fc.constantFrom(0, 1, "a", false, null),
    }),
    fc.record({
      on: fc.nat({ max: 3 }),
      op: fc.constant("in"),
      value: fc.constant([0, "a", null]),
    }),
  ),
);
