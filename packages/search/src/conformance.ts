import { RunState, Space } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyHistory, anySpace, longHistory } from "./conformanceArbitraries.js";
import { cellCount, levelCount } from "./levels.js";
import { constraintsOf } from "./narrow.js";
import type { Observation } from "./observation.js";
import type { Sampler } from "./sampler.js";
import { violations } from "./violations.js";

const unit = { type: "float", low: 0, high: 1 };

/** Spaces at whose edges samplers have gone wrong. */
export const TRICKY_SPACES: readonly { readonly label: string; readonly space: Space }[] = [
  ["one float", { x: { type: "float", low: -5, high: 10 } }],
  ["one value only", { x: { type: "float", low: 0.1, high: 0.1 }, n: int(3, 3), c: choice("a") }],
  ["seven decades", { learning_rate: { type: "float", low: 1e-7, high: 1, log: true } }],
  ["a step that no double holds", { x: { type: "float", low: 0, high: 0.3, step: 0.1 } }],
  ["a step that misses the end", { x: { type: "float", low: 0.5, high: 1, step: 0.3 } }],
  ["a range beyond the doubles", { x: { type: "float", low: -1.7e308, high: 1.7e308 } }],
  ["neighbouring doubles", { x: { type: "float", low: 1, high: 1 + Number.EPSILON } }],
  ["all integers", { n: int(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER) }],
  ["an int step that misses the end", { n: { type: "int", low: -4, high: 7, step: 3 } }],
  ["a log int from 1", { n: { type: "int", low: 1, high: 3, log: true } }],
  ["a log step", { batch: { type: "int", low: 32, high: 512, log: true, step: 32 } }],
  [
    "a log step as wide as its start",
    { x: { type: "float", low: 0.1, high: 1, log: true, step: 0.1 } },
  ],
  ["choices of every type", { c: choice("adam", 0, false, null, -0.5, "", [64, 32], { a: [1] }) }],
  ["ordered choices", { batch: { type: "ordinal", choices: [16, 32, 64, 128] }, x: unit }],
  ["a constant", { seed: { type: "constant", value: { base: 7 } }, x: unit }],
  ["a normal dimension", { x: { type: "normal", mu: 3, sigma: 1e-3 } }],
  ["a normal tail", { x: { type: "normal", mu: 0, sigma: 1, low: 5, high: 6 } }],
  ["quantised normal", { x: { type: "normal", mu: 0, sigma: 2, step: 0.25 } }],
  ["quantised normal from 0 on", { x: { type: "normal", mu: 0, sigma: 2, step: 0.3, low: 0 } }],
  ["a log-normal dimension", { x: { type: "log_normal", mu: -5, sigma: 3 } }],
  ["quantised log-normal", { x: { type: "log_normal", mu: 0, sigma: 1, step: 0.5, high: 4 } }],
  [
    "falling widths",
    {
      units_1: int(16, 512),
      units_2: { ...int(16, 512), where: [{ op: "<=", right: "units_1" }] },
      units_3: { ...int(16, 512), where: [{ op: "<", right: "units_2" }] },
    },
  ],
  [
    "a budget of two shares",
    {
      depth: int(1, 2),
      a: unit,
      b: {
        ...unit,
        when: when("depth", ">=", 2),
        where: [{ left: { a: 1, b: 2 }, op: "<=", right: 1 }],
      },
    },
  ],
  [
    "a sliver of a square",
    {
      x: unit,
      y: {
        ...unit,
        where: [
          { op: ">=", right: "x" },
          { left: { y: 1, x: -1 }, op: "<=", right: 1e-3 },
        ],
      },
    },
  ],
  [
    "steps that meet in few places",
    {
      a: { type: "float", low: 0, high: 1, step: 0.1 },
      b: {
        type: "ordinal",
        choices: [0, 0.5, 1],
        where: [{ left: { a: 1, b: 1 }, op: "<=", right: 0.3 }],
      },
    },
  ],
  [
    "names of Object's own",
    {
      toString: int(0, 2),
      constructor: int(0, 2, "toString", ">=", 1),
      valueOf: int(0, 2, "constructor", "!=", 1),
    },
  ],
  [
    "conditions on conditions",
    {
      depth: int(1, 4),
      units_2: int(16, 512, "depth", ">=", 2),
      units_3: int(16, 512, "units_2", ">=", 200),
      tail: { type: "categorical", choices: [1, 2], when: when("units_3", "!=", 300) },
    },
  ],
  [
    "a network",
    {
      learning_rate: { type: "float", low: 1e-5, high: 0.1, log: true },
      optimizer: choice("SGD", "Adam"),
      momentum: { type: "float", low: 0, high: 0.99, when: when("optimizer", "==", "SGD") },
      dropout: { type: "float", low: 0, high: 0.6, step: 0.05 },
      units: { type: "int", low: 16, high: 512, log: true },
    },
  ],
].map(([label, space]) => ({ label: String(label), space: Space.parse(space) }));

/**
 * The suite that every sampler passes.
 * @param options.countableOnly the sampler takes only spaces whose values can be counted (a
 *   grid), and answers null once each combination has been tried
 * @param options.seeds in how many sweeps to ask in each tricky space; less for a slow sampler
 */
export function describeSampler(
  name: string,
  sampler: Sampler,
  { countableOnly = false, seeds: sweeps = 60 }: { countableOnly?: boolean; seeds?: number } = {},
): void {
  const fits = (space: Space) =>
    !countableOnly ||
    (Object.values(space).every((dimension) => levelCount(dimension) <= 1000) &&
      (constraintsOf(space).length === 0 || cellCount(space) <= 10_000));
  const spaces = TRICKY_SPACES.filter(({ space }) => fits(space));
  const cases = anySpace({ countableOnly }).chain((space) =>
    fc.record({ space: fc.constant(space), history: anyHistory(space), seed: anySeed }),
  );
  /** What is wrong with the suggestion; null is right only where spaces can be exhausted. */
  const faults = (space: Space, history: readonly Observation[], seed: number): string[] => {
    const suggestion = sampler.ask(space, history, seed);
    if (suggestion === null) return countableOnly ? [] : ["is null"];
    return violations(space, suggestion.params).map(({ path, message }) => `${path} ${message}`);
  };

  describe(`${name} sampler`, () => {
    test.each(spaces)("stays inside $label", ({ space }) => {
      const history = longHistory(space, 30);
      const seeds = Array.from({ length: sweeps }, (_, seed) => seed);
      expect(seeds.flatMap((seed) => faults(space, [], seed))).toEqual([]);
      expect(seeds.flatMap((seed) => faults(space, history, seed))).toEqual([]);
    });

    test("stays inside any space, whatever the history", () => {
      fc.assert(
        fc.property(cases, ({ space, history, seed }) => {
          expect(faults(space, history, seed)).toEqual([]);
        }),
      );
    });

    test("gives the same answer to the same arguments, in any order of runs", () => {
      fc.assert(
        fc.property(cases, ({ space, history, seed }) => {
          const first = sampler.ask(space, history, seed);
          expect(sampler.ask(space, history, seed)).toEqual(first);
          expect(sampler.ask(space, history.toReversed(), seed)).toEqual(first);
        }),
        { numRuns: 25 },
      );
    });

    test("leaves its arguments as they are", () => {
      fc.assert(
        fc.property(cases, ({ space, history, seed }) => {
          const before = structuredClone({ space, history });
          sampler.ask(space, history, seed);
          expect({ space, history }).toEqual(before);
        }),
        { numRuns: 25 },
      );
    });

    test("answers in JSON", () => {
      fc.assert(
        fc.property(cases, ({ space, history, seed }) => {
          const suggestion = sampler.ask(space, history, seed);
          expect(JSON.parse(JSON.stringify(suggestion))).toEqual(suggestion);
        }),
        { numRuns: 25 },
      );
    });

    test.each(RunState.options)("reads a history of one run that is %s", (state) => {
      const [{ space } = { space: {} }] = spaces.slice(-1);
      const [run] = longHistory(space, 2).slice(1);
      for (const value of [0.5, null, Number.NaN, ...INFINITIES])
        for (const excluded of [false, true])
          expect(run && faults(space, [{ ...run, state, value, excluded }], 7)).toEqual([]);
    });

    test("reads ten thousand runs", () => {
      const [{ space } = { space: {} }] = spaces.slice(-1);
      expect(faults(space, longHistory(space, 10_000), 7)).toEqual([]);
    });

    const roomy = spaces.filter(({ space }) => countableOnly || isEndless(space));
    test.each(roomy)("gives each of the runs waiting in $label its own params", ({ space }) => {
      const asked = askInTurn(sampler, space, 6).map(({ params }) => JSON.stringify(params));
      expect(asked.length).toBeGreaterThan(0);
      expect(new Set(asked).size).toBe(asked.length);
    });
  });
}

const INFINITIES = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Whether chance gives two runs the same params once in a billion or less. */
const isEndless = (space: Space) =>
  Object.values(space).some(
    (dimension) =>
      dimension.when === undefined &&
      (dimension.type === "float" || dimension.type === "int") &&
      dimension.high - dimension.low > 1e-3 &&
      levelCount(dimension) > 1e9,
  );

const anySeed = fc.nat({ max: 0xffffffff });

/** Asks again and again without any run finishing, as a coordinator with free slots does. */
function askInTurn(sampler: Sampler, space: Space, runs: number): Observation[] {
  const history: Observation[] = [];
  for (let number = 0; number < runs; number++) {
    const suggestion = sampler.ask(space, history, 7);
    if (suggestion === null) break;
    history.push({ number, params: suggestion.params, state: "queued", value: null });
  }
  return history;
}

function when(param: string, op: string, value: unknown) {
  return { param, op, value };
}

function int(low: number, high: number, ...condition: [] | [string, string, unknown]) {
  const [param, op, value] = condition;
  return { type: "int", low, high, ...(param && op ? { when: when(param, op, value) } : {}) };
}

function choice(...choices: unknown[]) {
  return { type: "categorical", choices };
}
