import { GpSamplerConfig, type Params, Space } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { describeSampler } from "./conformance.js";
import { createGpSampler } from "./gp.js";
import { limitRuns, standardise } from "./gpData.js";
import { createGpSpace } from "./gpSpace.js";
import type { Observation } from "./observation.js";
import { paretoFront } from "./paretoFront.js";
import type { Goal } from "./sampler.js";

const minimize: Goal = { direction: "minimize" };
const gp = (settings: object = {}, goal = minimize) =>
  createGpSampler(GpSamplerConfig.parse({ name: "gp", ...settings }), goal);

const two: Goal = { direction: "minimize", directions: ["minimize", "maximize"] };
describeSampler("gp", gp(), { seeds: 8 });
describeSampler("gp of two objectives", gp({ n_startup_trials: 3 }, two), { seeds: 2 });

const square = Space.parse({
  x: { type: "float", low: -1, high: 1 },
  y: { type: "float", low: -1, high: 1 },
});

type Outcome = (params: Params) => Partial<Observation>;

function sweep(sampler: ReturnType<typeof gp>, space: Space, runs: number, outcome: Outcome) {
  const history: Observation[] = [];
  for (let number = 1; number <= runs; number++) {
    const asked = sampler.ask(space, history, 11);
    if (asked === null) throw new Error("a continuous space never ends");
    history.push({ number, ...asked, state: "completed", value: null, ...outcome(asked.params) });
  }
  return history;
}

const bowl = ({ x, y }: Params) => (Number(x) - 0.3) ** 2 + 2 * (Number(y) + 0.4) ** 2;

test("finds a bowl's bottom soon after the random runs, and says what it expected", () => {
  const history = sweep(gp(), square, 22, (params) => ({ value: bowl(params) }));
  const values = history.map(({ value }) => Number(value));
  expect(Math.min(...values)).toBeLessThan(1e-3);
  expect(history[9]?.reason).toEqual({ sampler: "gp", startup: true, observed: 9 });
  const { reason } = history.at(-1) ?? {};
  expect(reason).toMatchObject({ sampler: "gp", observed: 21, pending: 0 });
  expect(Number(reason?.best)).toBeCloseTo(Math.min(...values.slice(0, -1)), 9);
  expect(Math.abs(Number(reason?.expected) - Number(values.at(-1)))).toBeLessThan(0.05);
});

test("maximising is minimising with the sign turned", () => {
  const down = sweep(gp(), square, 14, (params) => ({ value: bowl(params) }));
  const up = sweep(gp({}, { direction: "maximize" }), square, 14, (params) => ({
    value: -bowl(params),
  }));
  expect(up.map(({ params }) => params)).toEqual(down.map(({ params }) => params));
  expect(up.at(-1)?.reason?.expected).toBe(-Number(down.at(-1)?.reason?.expected));
});

test("runs that are still going keep the next ones at a distance", () => {
  const history = sweep(gp(), square, 15, (params) => ({ value: bowl(params) }));
  const places: Params[] = [];
  for (let number = 16; number < 22; number++) {
    const asked = gp().ask(square, history, 11);
    if (asked === null) throw new Error("a continuous space never ends");
    for (const other of places) {
      const distance = Math.hypot(
        Number(asked.params.x) - Number(other.x),
        Number(asked.params.y) - Number(other.y),
      );
      expect(distance).toBeGreaterThan(1e-3);
    }
    expect(asked.reason.pending).toBe(places.length);
    places.push(asked.params);
    history.push({ number, ...asked, state: "running", value: null });
  }
});

test("constraints keep it to what is allowed", () => {
  // The bowl's bottom is forbidden: the best allowed point has x = 0.
  const history = sweep(gp(), square, 30, (params) => ({
    value: bowl(params),
    constraints: [Number(params.x)],
  }));
  const allowed = history.filter(({ params }) => Number(params.x) <= 0);
  expect(Math.min(...allowed.map(({ value }) => Number(value)))).toBeLessThan(0.1);
  expect(allowed.length).toBeGreaterThan(15);
});

test("until a run is allowed, it looks for one", () => {
  const corner = ({ x, y }: Params) => [0.8 - Number(x), 0.8 - Number(y)];
  const history = sweep(gp(), square, 25, (params) => ({
    value: bowl(params),
    constraints: corner(params),
  }));
  expect(history.some(({ params }) => corner(params).every((each) => each <= 0))).toBe(true);
});

test("several objectives: runs spread over the Pareto front", () => {
  const directions = ["minimize", "maximize"] as const;
  const sampler = gp({}, { direction: "minimize", directions });
  const history = sweep(sampler, square, 30, ({ x, y }) => {
    const [a, b] = [Number(x), Number(y)];
    return { value: a ** 2 + b ** 2, values: [a ** 2 + b ** 2, 1 - (a - 1) ** 2 - b ** 2] };
  });
  const front = paretoFront(history, directions).map(({ params }) => params);
  expect(front.length).toBeGreaterThan(8);
  for (const { y } of front.slice(-5)) expect(Math.abs(Number(y))).toBeLessThan(0.3);
});

const network = Space.parse({
  optimizer: { type: "categorical", choices: ["SGD", "Adam", "RMSprop"] },
  depth: { type: "int", low: 1, high: 3 },
  units_2: {
    type: "int",
    low: 16,
    high: 512,
    log: true,
    when: { param: "depth", op: ">=", value: 2 },
  },
  lr: { type: "float", low: 1e-5, high: 1e-1, log: true },
});

test("learns choices and conditional dimensions", () => {
  const loss = ({ optimizer, depth, units_2, lr }: Params) =>
    (optimizer === "Adam" ? 0 : 1) +
    (Number(depth) - 2) ** 2 +
    (units_2 === undefined ? 0 : Math.log2(Number(units_2) / 128) ** 2) +
    (Math.log10(Number(lr)) + 3) ** 2;
  const history = sweep(gp(), network, 40, (params) => ({ value: loss(params) }));
  const best = history.toSorted((a, b) => Number(a.value) - Number(b.value))[0];
  expect(best?.params).toMatchObject({ optimizer: "Adam", depth: 2 });
  expect(Number(best?.value)).toBeLessThan(0.15);
});

describe("a space as points", () => {
  const space = createGpSpace(network);

  test("leaves the same params when there and back", () => {
    const params = { optimizer: "RMSprop", depth: 2, units_2: 77, lr: 0.1 };
    const point = space.encode(params);
    expect(point && space.decode(point)).toEqual(params);
  });

  test("what is inactive makes no difference", () => {
    const shallow = { optimizer: "SGD", depth: 1, lr: 0.01 };
    const point = space.encode(shallow);
    if (point === null) throw new Error("the params are of the space");
    const other = point.slice();
    other[2] = 0.9;
    const active = new Uint8Array(4);
    expect(space.project(other, active)).toEqual(space.project(point));
    expect([...active]).toEqual([1, 1, 0, 1]);
  });

  test("params of another space have none", () => {
    expect(space.encode({ optimizer: "Lion", depth: 1, lr: 0.01 })).toBeNull();
    expect(space.encode({ optimizer: "SGD", depth: 2, lr: 0.01 })).toBeNull();
    expect(space.encode({ optimizer: "SGD", depth: 1, lr: 3 })).toBeNull();
  });
});

test("values are standardised whatever their size; the missing and infinite are the worst", () => {
  const { values, toOriginal, toStandard } = standardise([1, 3, Number.POSITIVE_INFINITY, null]);
  expect([...values]).toEqual([
    -Math.sqrt(3),
    ...Array(3).fill(expect.closeTo(1 / Math.sqrt(3), 12)),
  ]);
  expect(toOriginal(toStandard(2))).toBeCloseTo(2, 12);
  const huge = standardise([Number.MAX_VALUE, -Number.MAX_VALUE, 0]).values;
  expect([...huge].every(Number.isFinite)).toBe(true);
  expect([...standardise([5, 5]).values]).toEqual([0, 0]);
});

test("of a long history the best are kept, and a spread of the others", () => {
  const losses = Float64Array.from({ length: 1000 }, (_, index) => (index * 577) % 1000);
  const kept = limitRuns(losses);
  expect(new Set(kept).size).toBe(300);
  expect(kept).toEqual(kept.toSorted((a, b) => a - b));
  const best = [...losses.keys()].filter((index) => (losses[index] ?? 0) < 150);
  expect(best.every((index) => kept.includes(index))).toBe(true);
  expect(limitRuns(losses.slice(0, 300))).toHaveLength(300);
});
