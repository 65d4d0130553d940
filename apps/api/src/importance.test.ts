import type { Id } from "@sweepyard/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const SPACE = {
  learning_rate: { type: "float", low: 1e-5, high: 0.1, log: true },
  optimizer: { type: "categorical", choices: ["adam", "sgd"] },
  momentum: {
    type: "float",
    low: 0,
    high: 0.99,
    when: { param: "optimizer", op: "==", value: "sgd" },
  },
  idle: { type: "float", low: 0, high: 1 },
};

/** A sweep whose runs somebody else has trained: the loss hangs on the learning rate. */
async function sweepOf(runs: number, changes: Record<string, unknown> = {}): Promise<Id> {
  const { id } = await api.client.sweeps.create({
    name: "outside",
    trainer: { kind: "external" },
    space: SPACE,
    sampler: { name: "random" },
    budget: { runs: 200 },
    objective: { metric: "loss", direction: "minimize" },
    seed: 7,
    ...changes,
  } as Parameters<typeof api.client.sweeps.create>[0]);
  await tellMore(id, runs);
  return id;
}

async function tellMore(id: Id, count: number) {
  if (count === 0) return;
  const asked = await api.client.sweeps.ask(id, { count, lease_seconds: 600 });
  await api.client.sweeps.tell(id, {
    runs: asked.runs.map(({ run, attempt, params }) => {
      const loss = Math.abs(Math.log10(Number(params.learning_rate)) + 1);
      return { run, attempt, state: "completed", values: { loss, size: Number(params.idle) } };
    }),
  });
}

describe("importance", () => {
  test.each(["ped_anova", "fanova", "mean_decrease_impurity"] as const)(
    "%s finds the param that the objective hangs on, with spread and direction",
    async (method) => {
      const id = await sweepOf(60);
      const view = await api.client.sweeps.importance(id, { method });
      expect(view).toMatchObject({ method, status: "ok", runs: 60, runsUsed: 60, pairs: null });
      const [first, ...others] = view.params;
      expect(first).toMatchObject({ name: "learning_rate", runs: 60, better: "higher" });
      expect(first?.importance).toBeGreaterThan(0.5);
      expect(first?.spread).toBeGreaterThan(0);
      expect(first?.correlation).toBeLessThan(-0.9);
      expect(others.map(({ name }) => name).sort()).toEqual(["idle", "momentum", "optimizer"]);
      const sum = view.params.reduce((total, { importance }) => total + (importance ?? 0), 0);
      expect(sum).toBeCloseTo(1, 9);
      const conditional = view.params.find(({ name }) => name === "momentum");
      expect(conditional?.runs).toBeGreaterThan(10);
      expect(conditional?.runs).toBeLessThan(60);
    },
  );

  test("is the same until another run ends, and then another", async () => {
    const id = await sweepOf(30);
    const [one, two] = await Promise.all([
      api.client.sweeps.importance(id),
      api.client.sweeps.importance(id),
    ]);
    expect(two).toEqual(one);
    expect(one).toMatchObject({ status: "few_runs", runs: 30 });
    expect(one.notes.join()).toMatch(/rough.*50 runs/);
    await tellMore(id, 1);
    expect((await api.client.sweeps.importance(id)).runs).toBe(31);
    const { items } = await api.client.runs.list({ sweepId: id, limit: 1 });
    await api.client.runs.patch(items[0]?.id ?? "", { excluded: "a broken machine" });
    expect((await api.client.sweeps.importance(id)).runs).toBe(30);
  });

  test("says what is missing when runs are too few, or all alike", async () => {
    const id = await sweepOf(3);
    const few = await api.client.sweeps.importance(id, { method: "fanova", pairs: true });
    expect(few).toMatchObject({ status: "too_few_runs", runs: 3, params: [], pairs: [] });
    expect(few.notes.join()).toMatch(/3 completed runs.*10 are needed/);
    expect((await api.client.sweeps.partialDependence(id)).curves).toEqual([]);
    const plane = await api.client.sweeps.surrogate(id, { x: "learning_rate", y: "idle" });
    expect(plane).toMatchObject({ status: "too_few_runs", mean: [], spread: [] });
    expect(plane.points).toHaveLength(3);
  });

  test("of several objectives is of each, or of the front", async () => {
    const id = await sweepOf(60, {
      objective: undefined,
      objectives: [
        { metric: "loss", direction: "minimize" },
        { metric: "size", direction: "minimize" },
      ],
    });
    const size = await api.client.sweeps.importance(id, { objective: "size", method: "fanova" });
    expect(size.params[0]).toMatchObject({ name: "idle", better: "lower" });
    const front = await api.client.sweeps.importance(id, { objective: "pareto" });
    expect(front).toMatchObject({ objective: null, status: "ok" });
    const [a, b] = front.params.map(({ name }) => name);
    expect([a, b].sort()).toEqual(["idle", "learning_rate"]);
  });

  test("pairs tell what two do together", async () => {
    const id = await sweepOf(30);
    const { pairs } = await api.client.sweeps.importance(id, { method: "fanova", pairs: true });
    // momentum is not in every run.
    expect(pairs?.map(({ names }) => names.join()).sort()).toEqual([
      "learning_rate,idle",
      "learning_rate,optimizer",
      "optimizer,idle",
    ]);
  });
});

test("partial dependence follows the objective along each param", async () => {
  const id = await sweepOf(60);
  const { curves } = await api.client.sweeps.partialDependence(id, {
    param: ["learning_rate", "optimizer"],
    points: 9,
  });
  const [rate, optimizer] = curves;
  expect(rate).toMatchObject({ name: "learning_rate", scale: "log", runs: 60 });
  expect(rate?.values).toHaveLength(9);
  expect(rate?.values[0]).toBeCloseTo(1e-5, 12);
  expect(rate?.values.at(-1)).toBe(0.1);
  const [low = 0, high = 0] = [rate?.mean[0], rate?.mean.at(-1)];
  expect(low).toBeGreaterThan(3); // the truth is 4 at one end and 0 at the other
  expect(high).toBeLessThan(1);
  expect(optimizer).toMatchObject({ scale: "choices", values: ["adam", "sgd"] });
});

test("a surrogate is a plane of predictions with the runs to draw over it", async () => {
  const id = await sweepOf(60);
  const plane = await api.client.sweeps.surrogate(id, {
    x: "learning_rate",
    y: "optimizer",
    points: 8,
  });
  expect(plane).toMatchObject({ status: "ok", runs: 60, x: { scale: "log" } });
  expect(plane.mean).toHaveLength(2);
  expect(plane.mean.every((row) => row.length === 8)).toBe(true);
  expect(plane.mean[0]?.[0]).toBeGreaterThan(Number(plane.mean[0]?.[7]));
  expect(plane.points).toHaveLength(60);
  const [point] = plane.points;
  const run = await api.client.runs.get(point?.runId ?? "");
  expect(run).toMatchObject({ number: point?.number, params: { learning_rate: point?.x } });
});

test.each([
  ["importance?objective=accuracy", "objective", /"accuracy" is none of the sweep's: "loss"/],
  ["importance?objective=pareto", "objective", /the sweep has one/],
  ["importance?method=guess", "method", /ped_anova/],
  ["importance?pairs=perhaps", "pairs", /true or false/],
  ["partial-dependence?param=depth", "param", /"depth" is no dimension.*learning_rate/],
  ["partial-dependence?points=1", "points", /2/],
  ["surrogate?x=idle&y=idle", "y", /name two params/],
  ["surrogate?x=idle", "y", /required|expected/i],
])("refuses %s by naming %s", async (path, field, says) => {
  const id = await sweepOf(0);
  const problem = await problemOf(await requestOf(api)("GET", `/api/v1/sweeps/${id}/${path}`));
  expect(problem.status).toBe(400);
  expect(problem.errors?.map((error) => error.path)).toContain(field);
  expect(problem.errors?.map(({ message }) => message).join()).toMatch(says);
});

test("the event loop goes on while a forest grows", async () => {
  const id = await sweepOf(200);
  const begin = performance.now();
  const asked = api.client.sweeps.importance(id, { method: "fanova", pairs: true });
  let longest = 0;
  let last = begin;
  const beat = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 5);
  await asked;
  clearInterval(beat);
  // On the loop itself the longest beat would be all of the time.
  expect(longest).toBeLessThan((performance.now() - begin) / 2);
});
