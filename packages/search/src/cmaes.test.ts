import { CmaesSamplerConfig, type Params, Space } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { createCmaesSampler } from "./cmaes.js";
import { describeSampler } from "./conformance.js";
import type { Observation } from "./observation.js";
import { symmetricEigen } from "./symmetricEigen.js";

const minimize = { direction: "minimize" } as const;
const cmaes = (options: object = {}) =>
  createCmaesSampler(CmaesSamplerConfig.parse({ name: "cmaes", ...options }), minimize);

describeSampler("cmaes", cmaes());
describeSampler("ipop cmaes", cmaes({ restart_strategy: "ipop", popsize: 4 }), { seeds: 10 });
describeSampler("bipop cmaes", cmaes({ restart_strategy: "bipop", popsize: 4 }));

const space = Space.parse({
  x: { type: "float", low: -5, high: 10 },
  y: { type: "float", low: -5, high: 10 },
});

function search(
  sampler: ReturnType<typeof cmaes>,
  objective: (params: Params) => number,
  runs: number,
): Observation[] {
  const history: Observation[] = [];
  for (let number = 0; number < runs; number++) {
    const suggestion = sampler.ask(space, history, 3);
    if (suggestion === null) break;
    history.push({
      number,
      ...suggestion,
      state: "completed",
      value: objective(suggestion.params),
    });
  }
  return history;
}

const bowl = ({ x, y }: Params) => (Number(x) - 7) ** 2 + 10 * (Number(y) - Number(x) + 2) ** 2;

test("closes in on a minimum, and tells how far it is", () => {
  const history = search(cmaes(), bowl, 200);
  expect(Math.min(...history.map(({ value }) => Number(value)))).toBeLessThan(1e-4);
  expect(history[0]?.reason).toEqual({ sampler: "cmaes", startup: true });
  // After the random run, generations of 4 + floor(3 ln 2) = 6.
  expect(history[6]?.reason).toMatchObject({ generation: 0, popsize: 6, sigma: 1 / 6 });
  expect(history[7]?.reason).toMatchObject({ generation: 1 });
});

test("the answer does not depend on what was asked before", () => {
  const history = search(cmaes(), bowl, 60);
  const inTurn = history.map((_, count) => cmaes().ask(space, history.slice(0, count), 3)?.params);
  const backwards = history
    .map((_, index) => history.length - 1 - index)
    .map((count) => cmaes().ask(space, history.slice(0, count), 3)?.params);
  expect(backwards.toReversed()).toEqual(inTurn);
  expect(inTurn).toEqual(history.map(({ params }) => params));
});

test("a run excluded afterwards is as if it had never been told", () => {
  const history = search(cmaes(), bowl, 40);
  const [first] = history.slice(1, 2);
  if (first === undefined) throw new Error("there is no run");
  const without = history.map((run) => (run === first ? { ...run, excluded: true } : run));
  const failed = history.map((run) => (run === first ? { ...run, state: "failed" as const } : run));
  expect(cmaes().ask(space, without, 3)).toEqual(cmaes().ask(space, failed, 3));
  expect(cmaes().ask(space, without, 3)).not.toEqual(cmaes().ask(space, history, 3));
});

test("runs of another sampler are not told, but count as random ones to start with", () => {
  const foreign: Observation[] = [0, 1, 2, 3, 4, 5, 6].map((number) => ({
    number,
    params: { x: 9, y: 9 },
    state: "completed",
    value: 1,
    reason: { sampler: "random" },
  }));
  expect(cmaes().ask(space, foreign, 3)?.reason).toMatchObject({ generation: 0 });
});

describe("restarts", () => {
  test.each([
    ["ipop", 24],
    ["bipop", 12],
  ])("%s begins anew where values no longer differ, with up to %d", (name, largest) => {
    const flat = () => 1;
    const reasons = search(cmaes({ restart_strategy: name }), flat, 400).map((run) => run.reason);
    expect(reasons.at(-1)?.restart).toBeGreaterThan(0);
    const sizes = reasons.map((reason) => Number(reason?.popsize ?? 0));
    expect(Math.max(...sizes)).toBe(largest);
  });

  test("without a strategy the search goes on", () => {
    const history = search(cmaes(), () => 1, 200);
    expect(history.at(-1)?.reason).toMatchObject({ generation: 33 });
  });
});

test("begins at x0", () => {
  const sampler = cmaes({ x0: { x: 7, y: 5 }, sigma0: 1e-6, n_startup_trials: 0 });
  const params = sampler.ask(space, [], 0)?.params;
  expect(Number(params?.x)).toBeCloseTo(7, 3);
  expect(Number(params?.y)).toBeCloseTo(5, 3);
});

test("eigenvalues and vectors make the matrix again", () => {
  const n = 4;
  const matrix = Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    return 1 / (1 + i + j) + (i === j ? i : 0);
  });
  const { values, vectors } = symmetricEigen(matrix, n);
  const at = (i: number, j: number) => vectors[i * n + j] ?? 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let dot = 0;
      for (let k = 0; k < n; k++) {
        sum += at(i, k) * (values[k] ?? 0) * at(j, k);
        dot += at(k, i) * at(k, j);
      }
      expect(sum).toBeCloseTo(matrix[i * n + j] ?? 0, 12);
      expect(dot).toBeCloseTo(i === j ? 1 : 0, 12);
    }
});
