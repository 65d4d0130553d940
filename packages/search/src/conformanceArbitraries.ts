import {
  type Dimension,
  numericEnds,
  type Params,
  type ParamValue,
  RunState,
  Space,
} from "@sweepyard/contract";
import fc from "fast-check";
import { cellCount } from "./levels.js";
import { mapSpace } from "./mapSpace.js";
import type { Observation } from "./observation.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

/** Any space of up to five dimensions, each perhaps conditional on an earlier one. */
export function anySpace({ countableOnly }: { countableOnly: boolean }): fc.Arbitrary<Space> {
  const dimension = countableOnly
    ? fc.oneof(smallInt, logInt, stepped, choices, constant)
    : fc.oneof(float, logFloat, smallInt, logInt, stepped, choices, constant, normal);
  const part = fc.record({ dimension, condition });
  const parts = fc.array(part, { minLength: 1, maxLength: 5 });
  return fc.tuple(parts, fc.boolean()).map(([parts, constrained]) => {
    const entries = parts.map(({ dimension, condition }, index) => {
      if (condition === null || condition.on >= index) return [`d${index}`, dimension];
      const { on, op, value } = condition;
      return [`d${index}`, { ...dimension, when: { param: `d${on}`, op, value } }];
    });
    const space = Space.parse(Object.fromEntries(entries));
    // Grids go through all cells of a constrained space.
    const isSmall = !countableOnly || cellCount(space) <= 2000;
    return constrained && isSmall ? constrain(space) : space;
  });
}

/**
 * Holds the sum of all numeric params to half of its range. Normal ones are left out: all that they
 * draw may lie at one end of their range, and then no draw of the others keeps to the sum.
 */
function constrain(space: Space): Space {
  const numeric = Object.entries(space).flatMap(([name, dimension]) => {
    if (dimension.type === "normal" || dimension.type === "log_normal") return [];
    const ends = numericEnds(dimension) ?? [Number.NaN, Number.NaN];
    return ends.every((end) => Math.abs(end) < 1e100) ? [{ name, ends }] : [];
  });
  const last = numeric.at(-1)?.name;
  if (last === undefined) return space;
  const bound = numeric.reduce((sum, { ends: [low = 0, high = 0] }) => sum + (low + high) / 2, 0);
  const left = Object.fromEntries(numeric.map(({ name }) => [name, 1]));
  const where = [{ left, op: "<=", right: bound }];
  return Space.parse({ ...space, [last]: { ...space[last], where } });
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

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Of sweeps with several objectives, constraints or repeats, and of runs that a sampler proposed. */
const sometimes = {
  values: maybe(fc.array(value, { minLength: 1, maxLength: 3 })),
  runValues: maybe(fc.array(value, { maxLength: 3 })),
  constraints: maybe(fc.array(value, { maxLength: 3 })),
  reason: maybe(
    fc.record({
      sampler: fc.constantFrom("nsgaii", "cmaes", "de", "tpe", "enqueued"),
      generation: fc.constantFrom<number | string | null>(0, 1, 2, -1, 1.5, "2", null),
    }),
  ),
};

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
    ...sometimes,
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
const choices = fc.record({
  type: fc.constantFrom("categorical" as const, "ordinal" as const),
  choices: fc.oneof(
    fc.uniqueArray(
      fc.constantFrom<ParamValue>("a", "b", "", 0, 1, true, false, null, [1, 2], { a: 1 }),
      {
        minLength: 1,
      },
    ),
    fc.uniqueArray(fc.constantFrom(-2, -0.5, 1, 4, 16), { minLength: 1 }),
  ),
});
const constant = fc.record({
  type: fc.constant("constant" as const),
  value: fc.constantFrom<ParamValue>(3, "a", null, { deep: [true] }),
});
const normal = fc
  .record({
    type: fc.constantFrom("normal" as const, "log_normal" as const),
    mu: fc.double({ min: -5, max: 5, noNaN: true }),
    sigma: fc.double({ min: 1e-3, max: 5, noNaN: true }),
    low: fc.constantFrom(undefined, 0, 0.5),
    high: fc.constantFrom(undefined, 2, 40),
    step: fc.constantFrom(undefined, 0.1, 1 / 3, 1),
  })
  .map((dimension) => JSON.parse(JSON.stringify(dimension)) as typeof dimension);

const condition = fc.option(
  fc.oneof(
    fc.record({
      on: fc.nat({ max: 3 }),
      op: fc.constantFrom("==", "!="),
      value: fc.constantFrom<ParamValue>(0, 1, "a", false, null, [1, 2]),
    }),
    fc.record({
      on: fc.nat({ max: 3 }),
      op: fc.constantFrom(">=", "<="),
      value: fc.constantFrom(0, 1, -3.5),
    }),
    fc.record({
      on: fc.nat({ max: 3 }),
      op: fc.constant("in"),
      value: fc.constant<ParamValue[]>([0, "a", null, { a: 1 }]),
    }),
  ),
);
