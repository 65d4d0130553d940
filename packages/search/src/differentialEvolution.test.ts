import {
  DehbSamplerConfig,
  DifferentialEvolutionSamplerConfig,
  type Params,
  Space,
} from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { mannWhitneyLarger } from "./baselines/mannWhitney.js";
import { describeSampler } from "./conformance.js";
import { createDehbSampler } from "./dehb.js";
import { differentialChild } from "./differential.js";
import { createDifferentialEvolutionSampler } from "./differentialEvolution.js";
import type { Observation } from "./observation.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";
import { u01 } from "./uniform.js";

const minimize: Goal = { direction: "minimize" };
const de = (settings: object = {}, goal = minimize) =>
  createDifferentialEvolutionSampler(
    DifferentialEvolutionSamplerConfig.parse({ name: "de", ...settings }),
    goal,
  );
const dehb = (settings: object = {}, goal = minimize) =>
  createDehbSampler(DehbSamplerConfig.parse({ name: "dehb", ...settings }), goal);

const two: Goal = { direction: "minimize", directions: ["minimize", "maximize"] };
describeSampler("de", de({ population_size: 6 }));
describeSampler("de of two objectives", de({ population_size: 6 }, two), { seeds: 10 });
describeSampler("dehb", dehb({ population_size: 6 }));

const cube = Space.parse(
  Object.fromEntries(
    ["a", "b", "c", "d"].map((name) => [name, { type: "float", low: 0, high: 1 }]),
  ),
);
const bowl = (params: Params) =>
  Object.values(params).reduce<number>((sum, x, i) => sum + (Number(x) - 0.2 * i - 0.1) ** 2, 0);

type Outcome = (params: Params, number: number) => Partial<Observation>;

function sweep(sampler: Sampler, runs: number, seed: number, outcome: Outcome): Observation[] {
  const history: Observation[] = [];
  for (let number = 0; number < runs; number++) {
    const asked = sampler.ask(cube, history, seed);
    if (asked === null) throw new Error("a continuous space never ends");
    history.push({
      number,
      ...asked,
      state: "completed",
      value: null,
      ...outcome(asked.params, number),
    });
  }
  return history;
}

const bests = (sampler: Sampler, outcome: Outcome, runs: number) =>
  Array.from({ length: 12 }, (_, seed) =>
    Math.min(...sweep(sampler, runs, seed, outcome).map(({ params }) => bowl(params))),
  );

test("DE finds more than random search", () => {
  const outcome: Outcome = (params) => ({ value: bowl(params) });
  const ours = bests(de(), outcome, 150);
  expect(mannWhitneyLarger(bests(randomSampler, outcome, 150), ours)).toBeLessThan(0.001);
});

/** Told at steps 0 to 8, with less error the later; stopped after step 2 unless it looks good. */
const stopped: Outcome = (params, number) => {
  const loss = bowl(params);
  const told = (step: number) => loss + (0.1 * u01(9, number, 0)) / (step + 1);
  const points = Array.from({ length: told(2) < 0.25 ? 9 : 3 }, (_, step) => ({
    step,
    value: told(step),
  }));
  return points.length < 9
    ? { state: "pruned", points }
    : { state: "completed", value: told(8), points };
};

test("DEHB finds more than random search, from runs most of which were stopped", () => {
  const ours = bests(dehb(), stopped, 150);
  expect(mannWhitneyLarger(bests(randomSampler, stopped, 150), ours)).toBeLessThan(0.001);
  const last = sweep(dehb(), 100, 1, stopped).at(-1);
  expect(last?.reason).toMatchObject({ sampler: "dehb", rung: 2, rung_steps: 9 });
});

describe("a population of slots", () => {
  const history = sweep(de({ population_size: 5 }), 23, 3, (params) => ({ value: bowl(params) }));

  test("is filled at random, then each slot is challenged in turn", () => {
    expect(history.map(({ reason }) => reason?.slot)).toEqual(
      history.map((_, number) => number % 5),
    );
    expect(history.slice(0, 5).every(({ reason }) => reason?.random === true)).toBe(true);
    for (const { reason } of history.slice(5)) {
      const donors = String(reason?.parents).split(", ").map(Number);
      expect(new Set([...donors, Number(reason?.target)]).size).toBe(4);
      expect(history[Number(reason?.target)]?.reason?.slot).toBe(reason?.slot);
    }
  });

  test("holds the best run of each slot", () => {
    const [next] = [de({ population_size: 5 }).ask(cube, history, 3)];
    const rivals = history.filter(({ reason }) => reason?.slot === next?.reason.slot);
    const best = rivals.toSorted((a, b) => Number(a.value) - Number(b.value))[0];
    expect(next?.reason.target).toBe(best?.number);
  });

  test("failed runs are made up for, and a running target is enough", () => {
    const failed = history.map((run) =>
      run.number === 22 ? { ...run, state: "failed" as const } : run,
    );
    expect(de({ population_size: 5 }).ask(cube, failed, 3)?.reason.slot).toBe(2);
    const running = history.map((run) =>
      run.reason?.slot === 3 ? { ...run, state: "running" as const, value: null } : run,
    );
    const asked = de({ population_size: 5 }).ask(cube, running, 3);
    expect(asked?.reason).toMatchObject({ slot: 3, target: 3 });
  });

  test("an infeasible child never replaces a feasible run", () => {
    const constrained = history.map((run) => ({
      ...run,
      constraints: [run.number < 5 ? 0 : 1],
      value: run.number < 5 ? 1 : 0,
    }));
    expect(de({ population_size: 5 }).ask(cube, constrained, 3)?.reason.target).toBe(3);
  });
});

test("a child is the mutant where it crosses, and the target elsewhere", () => {
  const point = (x: number): Params => ({ a: x, b: x, c: x, d: x });
  const parents = { target: point(0.05), donors: [point(0.5), point(0.7), point(0.5)] } as const;
  const child = (crossover_prob: number) => {
    let draw = 0;
    const nextUnit = () => (draw++ % 10) / 10;
    return Object.values(
      differentialChild(cube, parents, { mutation_factor: 0.5, crossover_prob }, nextUnit),
    );
  };
  for (const value of child(1)) expect(value).toBeCloseTo(0.6, 12);
  expect(child(0).filter((value) => value === 0.05)).toHaveLength(3);
});
