import { NsgaiiiSamplerConfig, NsgaiiSamplerConfig, Space } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { createNsgaiiSampler } from "./nsgaii.js";
import { createNsgaiiiSampler } from "./nsgaiii.js";
import { directionsOf, scoredRuns } from "./objectives.js";
import type { Observation } from "./observation.js";
import { paretoFront } from "./paretoFront.js";
import { associate, normaliseObjectives, referenceDirections } from "./referenceDirections.js";
import type { Goal, Sampler } from "./sampler.js";

const two: Goal = { direction: "minimize", directions: ["minimize", "maximize"] };
const nsgaii = (settings: object = {}, goal: Goal = two) =>
  createNsgaiiSampler(NsgaiiSamplerConfig.parse({ name: "nsgaii", ...settings }), goal);
const nsgaiii = (settings: object = {}, goal: Goal = two) =>
  createNsgaiiiSampler(NsgaiiiSamplerConfig.parse({ name: "nsgaiii", ...settings }), goal);

const one: Goal = { direction: "minimize" };
describeSampler("nsgaii", nsgaii({ population_size: 5 }, one));
describeSampler("nsgaii with sbx", nsgaii({ population_size: 5, crossover: "sbx" }, one));
describeSampler("nsgaii with blend", nsgaii({ population_size: 5, crossover: "blxalpha" }, one));
describeSampler("nsgaiii", nsgaiii({ population_size: 5 }, one));
describeSampler("nsgaii of two objectives", nsgaii({ population_size: 5 }), { seeds: 10 });
describeSampler("nsgaiii of two objectives", nsgaiii({ population_size: 5 }), { seeds: 10 });

const space = Space.parse({
  x: { type: "float", low: 0, high: 1 },
  y: { type: "float", low: 0, high: 1 },
});

/** Runs whose objectives are (x, -y): the front is x = 0, y = 0 … */
function sweep(sampler: Sampler, runs: number, more: (run: Observation) => Partial<Observation>) {
  const history: Observation[] = [];
  for (let number = 1; number <= runs; number++) {
    const asked = sampler.ask(space, history, 3);
    if (asked === null) throw new Error("a continuous space never ends");
    const [x, y] = [Number(asked.params.x), Number(asked.params.y)];
    const run: Observation = { number, ...asked, state: "completed", value: x, values: [x, x - y] };
    history.push({ ...run, ...more(run) });
  }
  return history;
}

describe("generations", () => {
  test("are as large as the population, and name the parents of each run", () => {
    const history = sweep(nsgaii({ population_size: 10 }), 35, () => ({}));
    const generations = history.map(({ reason }) => reason?.generation);
    expect(generations).toEqual(history.map((_, index) => Math.floor(index / 10)));
    expect(history[9]?.reason?.parents).toBeUndefined();
    for (const { reason } of history.slice(10)) {
      const parents = String(reason?.parents).split(", ").map(Number);
      const before = 10 * Number(reason?.generation);
      for (const parent of parents) expect(parent).toBeLessThanOrEqual(before);
      expect(String(reason?.parent_ranks).split(", ")).toHaveLength(parents.length);
    }
  });

  test("failed, diverged and excluded runs are made up for", () => {
    const fates: Partial<Observation>[] = [
      { state: "failed", value: null, values: [null, null] },
      { state: "diverged", value: Number.NaN, values: [Number.NaN, 1] },
      { excluded: true },
    ];
    const history = sweep(nsgaii({ population_size: 10 }), 14, ({ number }) => ({
      ...fates[number - 1],
    }));
    const generations = history.map(({ reason }) => reason?.generation);
    expect(generations).toEqual([...Array<number>(13).fill(0), 1]);
  });

  test("runs of a person or another sampler belong to the first one", () => {
    const enqueued = Array.from({ length: 10 }, (_, number): Observation => {
      const [x, y] = [number / 10, 0.5];
      return { number, params: { x, y }, state: "completed", value: x, values: [x, y] };
    });
    const asked = nsgaii({ population_size: 10 }).ask(space, enqueued, 1);
    expect(asked?.reason.generation).toBe(1);
  });

  test("a parent is never one that a constraint forbids, once enough are feasible", () => {
    const history = sweep(nsgaii({ population_size: 10 }), 60, ({ params }) => ({
      constraints: [0.5 - Number(params.x)],
    }));
    const feasible = (number: number) =>
      scoredRuns(history, directionsOf(two)).find(({ run }) => run.number === number)?.violation ===
      0;
    const parents = history
      .slice(40)
      .flatMap(({ reason }) => String(reason?.parents).split(", ").map(Number));
    expect(parents.every(feasible)).toBe(true);
    expect(paretoFront(history, directionsOf(two)).length).toBeGreaterThan(0);
  });
});

describe("reference directions", () => {
  test("are all ways to share the units", () => {
    expect(referenceDirections(3, 3)).toHaveLength(10);
    expect(
      referenceDirections(2, 4).map(([x = 0, y = 0]) => Math.round((8 * y) / (x + y))),
    ).toEqual([0, 2, 4, 6, 8]);
  });

  test("take the point whose ray is nearest", () => {
    const directions = referenceDirections(2, 2); // (1, 0), (1, 1), (0, 1)
    expect(associate(Float64Array.of(3, 0.1), directions)).toMatchObject({ direction: 0 });
    const { direction, distance } = associate(Float64Array.of(1, 2), directions);
    expect([direction, distance]).toEqual([1, expect.closeTo(Math.SQRT1_2, 12)]);
  });

  test("are compared with objectives in like units, infinite ones too", () => {
    const points = normaliseObjectives([
      [10, 0],
      [10.5, 500],
      [11, 0.001],
      [10.2, 1000],
      [Number.POSITIVE_INFINITY, 0],
    ]);
    for (const point of points) for (const value of point) expect(value).toSatisfy(Number.isFinite);
    expect(points[1]?.[0]).toBeGreaterThan(0);
  });

  test("let every direction keep a run", () => {
    const three: Goal = { direction: "minimize", directions: ["minimize", "minimize", "minimize"] };
    const sampler = nsgaiii({ population_size: 12 }, three);
    const history: Observation[] = [];
    for (let number = 0; number < 120; number++) {
      const asked = sampler.ask(space, history, 5);
      if (asked === null) throw new Error("a continuous space never ends");
      const [x, y] = [Number(asked.params.x), Number(asked.params.y)];
      const values = [x * y, x * (1 - y), 1 - x]; // all on the plane whose sum is 1
      history.push({ number, ...asked, state: "completed", value: values[0] ?? null, values });
    }
    const last = history.slice(-12).map(({ values = [] }) => Float64Array.from(values, Number));
    const directions = referenceDirections(3, 3);
    const reached = new Set(last.map((point) => associate(point, directions).direction));
    expect(reached.size).toBeGreaterThanOrEqual(5);
  });
});
