import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { reconcile } from "@sweepyard/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";

/** Trainers in other languages: they ask, report and tell over HTTP. */

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const space = {
  x: { type: "float", low: -5, high: 5 },
  y: { type: "float", low: -5, high: 5 },
} as const;
const submit = (changes: Record<string, unknown> = {}) =>
  api.client.sweeps.create({
    name: "sphere",
    trainer: { kind: "external" },
    space,
    sampler: { name: "random" },
    objective: { metric: "value", direction: "minimize" },
    budget: { runs: 10 },
    ...changes,
  } as never);
const sphere = (params: Readonly<Record<string, unknown>>) =>
  Number(params.x) ** 2 + Number(params.y) ** 2;

/** Trains to the sweep's end, `count` runs at a time. */
async function train(sweepId: string, count: number): Promise<number> {
  let trained = 0;
  for (;;) {
    const { runs, done } = await api.client.sweeps.ask(sweepId, { count });
    if (done || runs.length === 0) return trained;
    const ends = runs.map(({ run, attempt, params }) => ({
      run,
      attempt,
      values: { value: sphere(params) },
    }));
    const told = await api.client.sweeps.tell(sweepId, { runs: ends });
    trained += told.runs.filter(({ accepted }) => accepted).length;
  }
}

test("one request tells an end and asks for the next run, and another's mistake is not one's own", async () => {
  const { id } = await submit({ sampler: { name: "tpe" }, budget: { runs: 60 } });
  const done: number[] = [];
  let refused = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      let { runs } = await api.client.sweeps.ask(id);
      while (runs.length > 0) {
        const [{ run, attempt, number, params }] = runs as [(typeof runs)[number]];
        const end = { run, attempt, rows: [{ step: 1, values: { value: sphere(params) } }] };
        // Calls of the same moment share a transaction: this one must fail alone.
        await api.client.sweeps
          .tell(id, { runs: [{ run, attempt, values: { other: 1 } }], ask: {} })
          .catch(() => (refused += 1));
        const { runs: told, next } = await api.client.sweeps.tell(id, { runs: [end], ask: {} });
        expect(told).toEqual([{ run, accepted: true, state: "completed" }]);
        done.push(number);
        runs = next?.runs ?? [];
      }
    }),
  );
  expect(done.sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(refused).toBe(60);
  const view = await api.client.sweeps.get(id);
  expect(view).toMatchObject({ counts: { completed: 60 }, state: "completed" });
  expect((await api.client.sweeps.replay(id)).differences).toEqual([]);
});

test("eight trainers at a time never get one run too many, and the sweep replays to the same asks", async () => {
  const sweep = await submit({ sampler: { name: "tpe" }, budget: { runs: 101 } });
  const counts = await Promise.all(
    Array.from({ length: 8 }, (_, index) => train(sweep.id, 1 + (index % 3))),
  );
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(101);
  const view = await api.client.sweeps.get(sweep.id);
  expect(view).toMatchObject({ counts: { completed: 101, queued: 0, running: 0 } });
  const { reason, done } = await api.client.sweeps.ask(sweep.id);
  expect({ reason, done }).toEqual({ reason: "the budget of 101 runs is used up", done: true });
  expect((await api.client.sweeps.get(sweep.id)).state).toBe("completed");
  const replay = await api.client.sweeps.replay(sweep.id);
  expect(replay).toEqual({ asks: 101, unlogged: 0, prunes: 0, promotions: 0, differences: [] });
  // Two rows for each run, one of settings, one of the end: no more, however long the sweep.
  const { items } = await api.client.sweeps.log(sweep.id, { limit: 1000 });
  expect(items).toHaveLength(2 * 101 + 2);
}, 60_000);

test("a run is reported step by step, told to stop, and its end is told once", async () => {
  const sweep = await submit({ parallelism: 1 });
  const [asked] = (await api.client.sweeps.ask(sweep.id, { count: 5, worker: "a laptop" })).runs;
  if (asked === undefined) throw new Error("no run was given");
  const { run, attempt } = asked;
  expect(asked).toMatchObject({ number: 1, attempt: 1, seed: expect.any(Number) });
  const rows = [
    { step: 1, values: { value: 4, loss: "NaN" } as Record<string, number | "NaN"> },
    { step: 2, values: { value: 3 } },
  ];
  const goesOn = { goOn: true, state: "running", reason: null };
  expect(await api.client.runs.recordSteps(run, { attempt, rows })).toEqual(goesOn);
  // A step is recorded once: the same rows again, with other values, change nothing.
  const again = [{ step: 2, values: { value: 99 } }];
  expect(await api.client.runs.recordSteps(run, { attempt, rows: again })).toEqual(goesOn);
  expect(await api.client.runs.get(run)).toMatchObject({
    state: "running",
    epoch: 2,
    objective: 3,
    metrics: { value: 3, loss: null },
    trainer: "external",
    plan: null,
  });
  expect((await api.client.runs.attempts(run)).items).toMatchObject([{ workerName: "a laptop" }]);

  const more = await api.client.sweeps.ask(sweep.id);
  expect(more).toMatchObject({
    runs: [],
    done: false,
    reason: expect.stringMatching(/parallelism/),
  });
  const old = await api.client.runs.heartbeat(run, { attempt: attempt + 1 });
  expect(old).toEqual({ goOn: false, state: "running", reason: "another attempt has taken over" });

  await api.client.runs.cancel(run);
  expect(await api.client.runs.heartbeat(run, { attempt })).toMatchObject({ goOn: false });
  expect((await api.client.runs.get(run)).state).toBe("cancelled");
  const late = await api.client.runs.tell(run, { attempt, values: { value: 1 } });
  expect(late).toEqual({ run, accepted: false, state: "cancelled" });
});

test("a lease that runs out gives the run to who asks next, and the first one is fenced off", async () => {
  const sweep = await submit();
  const [first] = (await api.client.sweeps.ask(sweep.id)).runs;
  if (first === undefined) throw new Error("no run was given");
  await api.client.runs.recordSteps(first.run, {
    attempt: 1,
    rows: [{ step: 3, values: { value: 1 } }],
  });
  await api.db.prisma.$executeRaw`
    update runs set lease_until = now() - interval '1 hour' where id = ${first.run}::uuid`;
  await reconcile(api.db, { leaseGraceMs: 0 });
  const [second] = (await api.client.sweeps.ask(sweep.id)).runs;
  expect(second).toMatchObject({ run: first.run, params: first.params, attempt: 2 });
  const late = await api.client.runs.tell(first.run, { attempt: 1, values: { value: 0 } });
  expect(late).toMatchObject({ accepted: false, state: "running" });
  expect((await api.client.runs.metrics(first.run)).rows).toEqual([]);
  await api.client.runs.tell(first.run, { attempt: 2, values: { value: 7 } });
  expect(await api.client.runs.get(first.run)).toMatchObject({ state: "completed", objective: 7 });
});

test("a failed run is tried again until its attempts are used up", async () => {
  const sweep = await submit({ budget: { runs: 1 } });
  const error = { message: "CUDA out of memory" };
  for (let attempt = 1; attempt <= 5; attempt++) {
    const [asked] = (await api.client.sweeps.ask(sweep.id)).runs;
    expect(asked).toMatchObject({ attempt });
    const told = await api.client.runs.tell(asked?.run ?? "", { attempt, state: "failed", error });
    expect(told.state).toBe(attempt < 5 ? "queued" : "failed");
  }
  expect(await api.client.sweeps.ask(sweep.id)).toMatchObject({ done: true, runs: [] });
  const { items } = await api.client.runs.list({ sweepId: sweep.id });
  expect(items).toMatchObject([
    { state: "failed", stateReason: expect.stringMatching(/attempt 5 of 5.*CUDA/) },
  ]);
});

test("the pruner stops a run that lags", async () => {
  const sweep = await submit({ pruner: { name: "median", n_startup_trials: 2 } });
  const { runs } = await api.client.sweeps.ask(sweep.id, { count: 3 });
  const reportOf = (index: number, value: number) =>
    api.client.runs.recordSteps(runs[index]?.run ?? "", {
      attempt: 1,
      rows: [1, 2, 3].map((step) => ({ step, values: { value: value - step } })),
    });
  for (const index of [0, 1]) {
    await reportOf(index, 5);
    await api.client.runs.tell(runs[index]?.run ?? "", { attempt: 1 });
  }
  const answer = await reportOf(2, 50);
  expect(answer).toMatchObject({ goOn: false, state: "pruned" });
  expect(answer.reason).toMatch(/^pruned at step 3: /);
});

test("several objectives under a constraint: the front, and what is infeasible is never the best", async () => {
  const sweep = await submit({
    objective: undefined,
    objectives: [
      { metric: "error", direction: "minimize" },
      { metric: "speed", direction: "maximize" },
    ],
    constraints: [{ metric: "model_bytes", op: "<=", value: 100 }],
    sampler: { name: "nsgaii", population_size: 4 },
    budget: { runs: 5 },
  });
  expect(sweep.objective).toEqual({ metric: "error", direction: "minimize" });
  const { runs } = await api.client.sweeps.ask(sweep.id, { count: 5 });
  const measured = [
    { error: 0.1, speed: 10, model_bytes: 50 },
    { error: 0.2, speed: 20, model_bytes: 100 },
    { error: 0.3, speed: 15, model_bytes: 10 },
    { error: 0.01, speed: 99, model_bytes: 101 },
    { error: 0.1, speed: 10, model_bytes: 60 },
  ];
  const ends = runs.map(({ run, attempt }, index) => ({
    run,
    attempt,
    values: measured[index] ?? {},
  }));
  const lacking = [{ ...ends[0], run: runs[0]?.run ?? "", attempt: 1, values: { error: 1 } }];
  await expect(api.client.sweeps.tell(sweep.id, { runs: lacking })).rejects.toMatchObject({
    problem: { errors: [{ path: "runs.0.values.speed", rule: "required" }] },
  });
  await api.client.sweeps.tell(sweep.id, { runs: ends });
  const front = await api.client.sweeps.pareto(sweep.id, { reference: [1, 0] });
  expect(front.front.map(({ number, values }) => [number, ...values])).toEqual([
    [1, 0.1, 10],
    [2, 0.2, 20],
    [5, 0.1, 10],
  ]);
  // (1 - 0.1) · 10 and, above a speed of 10, (1 - 0.2) · 10
  expect(front.hypervolume).toBeCloseTo(17, 10);
  expect(await api.client.sweeps.best(sweep.id)).toMatchObject({
    number: 1,
    value: 0.1,
    point: null,
  });
  expect((await api.client.sweeps.get(sweep.id)).best).toMatchObject({ number: 1 });
  await expect(api.client.sweeps.pareto(sweep.id, { reference: [1] })).rejects.toMatchObject({
    problem: { errors: [{ path: "reference", rule: "wrong_length" }] },
  });
});

test("a point repeated over seeds counts by the mean of its runs", async () => {
  const sweep = await submit({ repeats: 3, budget: { runs: 6 } });
  const { runs } = await api.client.sweeps.ask(sweep.id, { count: 6 });
  expect(runs.map(({ params }) => JSON.stringify(params))).toEqual(
    [0, 0, 0, 3, 3, 3].map((index) => JSON.stringify(runs[index]?.params)),
  );
  expect(new Set(runs.map(({ seed }) => seed)).size).toBe(6);
  // The single best value, 1, is of the point that is worse on average.
  const values = [1, 9, 8, 4, 5, 6];
  await api.client.sweeps.tell(sweep.id, {
    runs: runs.map(({ run, attempt }, index) => ({
      run,
      attempt,
      values: { value: values[index] ?? 0 },
    })),
  });
  const best = await api.client.sweeps.best(sweep.id);
  expect(best).toMatchObject({ number: 4, value: 5, point: { number: 2, runs: 3, std: 1 } });
  expect((await api.client.sweeps.get(sweep.id)).best).toMatchObject({ number: 4, value: 5 });
});

test.each([
  [{ objective: undefined }, "objective", "required"],
  [{ plan: { epochs: 3 } }, "plan", "no_plan"],
  [{ budget: { epochs: 30 } }, "trainer.steps", "required"],
  [{ repeats: 4, budget: { runs: 3 } }, "budget.runs", "less_than_a_point"],
  [{ constraints: [{ metric: "size", op: "<", value: 3 }] }, "constraints.0.op", "invalid_value"],
  [{ objectives: [{ metric: "a" }] }, "objectives", "objective_twice"],
])("%j is refused at %s", async (changes, path, rule) => {
  await expect(submit(changes)).rejects.toMatchObject({
    problem: { errors: expect.arrayContaining([expect.objectContaining({ path, rule })]) },
  });
});

test("a sweep that workers train gives its runs to nobody who asks, and its runs take no reports", async () => {
  const [run] = (await api.client.sweeps.ask((await submit()).id)).runs;
  const answer = await requestOf(api)("POST", `/api/v1/runs/${run?.run}/report`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ attempt: 1, rows: [{ step: 0, values: {} }] }),
  });
  expect(answer.status).toBe(400);
  const other = api.client.runs.tell("01900000-0000-7000-8000-000000000001", { attempt: 1 });
  await expect(other).rejects.toMatchObject({ problem: { status: 404 } });
});

const hasPython = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(!hasPython)(
  "the Python example trains a sweep to its end, with nothing but the standard library",
  async () => {
    const sweep = await submit({
      sampler: { name: "tpe" },
      pruner: { name: "median", n_warmup_steps: 5 },
      budget: { runs: 20 },
    });
    const script = fileURLToPath(new URL("../../../examples/ask_tell.py", import.meta.url));
    const env = { ...process.env, SWEEPYARD_URL: api.url, SWEEPYARD_API_KEY: api.key };
    const { stdout } = await promisify(execFile)("python3", [script, sweep.id], { env });
    expect(stdout).toMatch(/^run 1: [\d.]+/);
    expect(stdout).toMatch(/run \d+: pruned at step \d+/);
    const { counts, state } = await api.client.sweeps.get(sweep.id);
    expect({ state, ended: counts.completed + counts.pruned }).toEqual({
      state: "completed",
      ended: 20,
    });
  },
  30_000,
);
