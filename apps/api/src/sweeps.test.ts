import { createClient } from "@sweepyard/client";
import { SweepView } from "@sweepyard/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { problemOf, requestOf, startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan, smallSweep } from "./testing/submitSmall.js";

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
});
afterAll(() => api.stop());

const post = (path: string, body: unknown) =>
  requestOf(api)("POST", path, {
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

/** Sends what must be refused, and shows that it left nothing behind. */
async function refused(path: string, body: unknown) {
  const rows = await api.rowCounts();
  const jobs = await api.queues.counts();
  const problem = await problemOf(await post(path, body));
  expect(await api.rowCounts()).toEqual(rows);
  expect(await api.queues.counts()).toEqual(jobs);
  return problem;
}

describe("a sweep that is right", () => {
  test("is stored with its grid counted and its data's version pinned, and a job is enqueued", async () => {
    const response = await post("/api/v1/sweeps", smallSweep());
    expect(response.status).toBe(202);
    const sweep = SweepView.parse(await response.json());
    expect(response.headers.get("location")).toBe(`/api/v1/sweeps/${sweep.id}`);
    expect(sweep).toMatchObject({
      state: "running",
      plannedRuns: 4,
      plan: { data: { dataset: "halves", version: 1 } },
      createdBy: "read+submit+promote+predict+admin",
    });
    expect(await api.client.sweeps.get(sweep.id)).toEqual(sweep);
    const [control] = await api.queues.counts();
    expect((control?.waiting ?? 0) + (control?.prioritized ?? 0)).toBeGreaterThan(0);
  });

  test("a budget below the grid's size counts instead", async () => {
    const sweep = await api.client.sweeps.create(smallSweep({ budget: { runs: 3 } }));
    expect(sweep.plannedRuns).toBe(3);
  });

  test("keeps the order of its space", async () => {
    const space = {
      zeta: { type: "categorical", choices: [0.1] },
      alpha: { type: "categorical", choices: [1] },
    };
    const plan = {
      ...smallSweep().plan,
      model: { template: "mlp", depth: { $param: "alpha" }, units: 4 },
      optimizer: { class_name: "SGD", learning_rate: { $param: "zeta" } },
    };
    const { id } = await api.client.sweeps.create(smallSweep({ plan, space }));
    expect(Object.keys((await api.client.sweeps.get(id)).space)).toEqual(["zeta", "alpha"]);
  });

  test("can be paused, resumed and cancelled", async () => {
    const { id } = await api.client.sweeps.create(smallSweep());
    expect((await api.client.sweeps.pause(id)).state).toBe("paused");
    expect((await api.client.sweeps.resume(id)).state).toBe("running");
    expect((await api.client.sweeps.cancel(id)).state).toBe("cancelled");
    const again = await api.client.sweeps.resume(id).catch((error: unknown) => error);
    expect(again).toMatchObject({ code: "conflict", status: 409 });
  });
});

const nested = (depth: number): Record<string, unknown> => {
  let value: Record<string, unknown> = {};
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
};

describe("a sweep that is wrong is refused, names the field and the rule, and stores nothing", () => {
  const { space, plan } = smallSweep();
  test.each([
    ["an unknown field", { colour: "red" }, "colour", "unrecognized_keys"],
    ["a NUL character", { description: "a\0b" }, "description", "nul_character"],
    ["nesting without end", { plan: nested(3000) }, "plan.a.a", "too_deep"],
    [
      "an objective that nothing reports",
      { objective: { metric: "zz" } },
      "objective.metric",
      "unknown_metric",
    ],
    [
      "a split that leaves nothing to train",
      { plan: { ...plan, validation_split: 0.99999999 } },
      "plan.validation_split",
      "data_invalid",
    ],
    [
      "a model larger than the machine",
      {
        plan: {
          ...plan,
          model: { template: "mlp", depth: { $param: "depth" }, units: 65_536 },
        },
      },
      "plan.model",
      "model_size",
    ],
    ["an empty space", { space: {} }, "space", "empty_space"],
    [
      "a log range through zero",
      { space: { ...space, learning_rate: { type: "float", low: 0, high: 1, log: true } } },
      "space.learning_rate.low",
      "log_range",
    ],
    [
      "depth 0",
      { space: { ...space, depth: { type: "int", low: 0, high: 2 } } },
      "plan.model.depth",
      "too_small",
    ],
    [
      "a data set that does not exist",
      { plan: { ...plan, data: { dataset: "nowhere" } } },
      "plan.data.dataset",
      "unknown_dataset",
    ],
    [
      "a version that does not exist",
      { plan: { ...plan, data: { dataset: "halves", version: 7 } } },
      "plan.data.version",
      "unknown_dataset",
    ],
    [
      "a grid over a continuous dimension",
      { space: { ...space, learning_rate: { type: "float", low: 0.1, high: 1 } } },
      "space.learning_rate",
      "grid_needs_step",
    ],
    [
      "data that vary",
      {
        space: { ...space, which: { type: "categorical", choices: ["halves", "thirds"] } },
        plan: { ...plan, data: { dataset: { $param: "which" } } },
      },
      "plan.data.dataset",
      "fixed",
    ],
    ["no name", { name: undefined }, "name", "invalid_type"],
    [
      "a random search without a budget",
      { sampler: { name: "random" } },
      "budget.runs",
      "required",
    ],
  ])("%s", async (_what, changes, path, rule) => {
    const problem = await refused("/api/v1/sweeps", smallSweep(changes));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.errors).toContainEqual(expect.objectContaining({ path, rule }));
  });

  test("a model that does not fit its data, with the point where it fails", async () => {
    const model = { layers: [{ class_name: "Dense", units: { $param: "depth" } }] };
    const problem = await refused("/api/v1/sweeps", smallSweep({ plan: { ...plan, model } }));
    expect(problem).toMatchObject({ status: 422, code: "shape_mismatch" });
    expect(problem.errors?.[0]).toMatchObject({
      path: "plan.model.layers.0",
      rule: "shape_mismatch",
    });
    expect(problem.detail).toMatch(/Flatten.*tried with/s);
  });

  test("a body that is no JSON, with the place where it breaks off", async () => {
    const problem = await refused("/api/v1/sweeps", '{"name": "x",\n "plan": }');
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.detail).toContain("line 2, column 10");
    expect(problem.errors?.[0]).toMatchObject({ path: "", rule: "json" });
  });

  test.each([["null"], ["[]"], ['"sweep"'], ["{}"], [""]])("the body %j", async (body) => {
    const problem = await refused("/api/v1/sweeps", body);
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.errors?.length).toBeGreaterThan(0);
  });

  test("a single run with an unknown field, and one on data that do not exist", async () => {
    const wrong = await refused("/api/v1/runs", { plan: { ...smallPlan, epoch: 3 } });
    expect(wrong.errors).toContainEqual(
      expect.objectContaining({ path: "plan.epoch", rule: "unrecognized_keys" }),
    );
    const lost = await refused("/api/v1/runs", { plan: { ...smallPlan, data: { dataset: "no" } } });
    expect(lost.errors?.[0]).toMatchObject({ path: "plan.data.dataset", rule: "unknown_dataset" });
  });

  test("a single run whose model does not fit", async () => {
    const model = { layers: [{ class_name: "Flatten" }, { class_name: "Dense", units: 9 }] };
    const problem = await refused("/api/v1/runs", { plan: { ...smallPlan, model } });
    expect(problem).toMatchObject({ status: 422, code: "shape_mismatch" });
  });
});

describe("lists", () => {
  test("are paged without loss or repetition while new sweeps arrive", async () => {
    const before = await api.client.sweeps.list({ limit: 1000 });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.client.sweeps.list({ limit: 2, cursor });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
      await api.client.sweeps.create(smallSweep({ name: "meanwhile" }));
    } while (cursor !== undefined);
    expect(seen).toEqual(before.items.map(({ id }) => id));
  });

  test("runs are filtered and sorted, and a filter that can't be read says where", async () => {
    for (const [index, tags] of [["old"], ["new"], ["new", "best"]].entries())
      await api.client.runs.create({ plan: { ...smallPlan, epochs: index + 1 }, tags });
    const page = await api.client.runs.list({ filter: "tags = new", sort: "number" });
    expect(page.items.map(({ tags }) => tags)).toEqual([["new"], ["new", "best"]]);
    expect(page.total).toBe(2);
    const problem = await problemOf(
      await requestOf(api)("GET", `/api/v1/runs?filter=${encodeURIComponent("tags ~~ x")}`),
    );
    expect(problem.errors?.[0]).toMatchObject({ path: "filter", rule: "syntax" });
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=1001", "limit"],
    ["page=2", "page"],
    ["state=gone", "state.0"],
    ["sort=colour", "sort"],
    ["cursor=rubbish", "cursor"],
    ["sweepId=7", "sweepId"],
    ["limit[x]=1", "limit[x]"],
    ["limit=1&limit=2", "limit"],
  ])("refuse the query %s", async (query, path) => {
    const problem = await problemOf(await requestOf(api)("GET", `/api/v1/runs?${query}`));
    expect(problem).toMatchObject({ status: 400, code: "invalid_request" });
    expect(problem.errors?.map((error) => error.path)).toContain(path);
  });
});

describe("what does not exist", () => {
  const id = "0192d3a1-0000-7000-8000-000000000000";
  test.each([
    ["GET", `/api/v1/runs/${id}`],
    ["GET", `/api/v1/runs/${id}/report`],
    ["GET", `/api/v1/runs/${id}/metrics`],
    ["GET", `/api/v1/runs/${id}/attempts`],
    ["GET", `/api/v1/runs/${id}/artifacts`],
    ["POST", `/api/v1/runs/${id}/cancel`],
    ["GET", `/api/v1/sweeps/${id}`],
    ["GET", `/api/v1/sweeps/${id}/best`],
    ["GET", `/api/v1/sweeps/${id}/curves`],
    ["GET", `/api/v1/artifacts/${id}/content`],
    ["GET", `/api/v1/runs/compare?ids=${id}`],
    ["GET", "/api/v1/datasets/nowhere"],
    ["GET", "/api/v1/models/nowhere"],
    ["GET", "/api/v1/nothing"],
    ["GET", "/api/nothing"],
    ["DELETE", `/api/v1/keys/${id}`],
  ])("%s %s is a 404 problem", async (method, path) => {
    const problem = await problemOf(await requestOf(api)(method, path));
    expect(problem).toMatchObject({ status: 404, code: "not_found" });
  });

  test("an id that is none is a 400 that names it", async () => {
    const problem = await problemOf(await requestOf(api)("GET", "/api/v1/runs/7"));
    expect(problem.instance).toBe("/api/v1/runs/7");
    expect(problem.errors?.[0]).toMatchObject({ path: "id", rule: "invalid_format" });
  });
});

describe("the wrong way to ask", () => {
  test("a method that a path does not have is a 405 with Allow", async () => {
    const response = await requestOf(api)("PUT", "/api/v1/sweeps");
    expect(response.headers.get("allow")).toBe("POST, GET");
    expect(await problemOf(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
  });

  test("a body of another type is a 415", async () => {
    const response = await requestOf(api)("POST", "/api/v1/sweeps", {
      headers: { "content-type": "application/yaml" },
      body: "name: x",
    });
    expect(await problemOf(response)).toMatchObject({ status: 415 });
  });

  test("a body that is too large is a 413", async () => {
    const response = await post("/api/v1/sweeps", { name: "x".repeat(2_000_000) });
    expect(await problemOf(response)).toMatchObject({ status: 413, code: "payload_too_large" });
  });

  test("an address with a broken escape is a 400", async () => {
    const response = await requestOf(api)("GET", "/api/v1/models/%zz");
    expect(await problemOf(response)).toMatchObject({ status: 400 });
  });
});

test("a sweep is accepted while Redis is away, and is told to have waited", async () => {
  const away = await startTestApi({ redisUrl: "redis://127.0.0.1:1" });
  try {
    await away.client.datasets.create(smallUpload());
    const sweep = await away.client.sweeps.create(smallSweep());
    expect((await away.client.sweeps.get(sweep.id)).state).toBe("running");
    expect(away.logged.join("")).toContain("reconcile will");
    expect((await away.client.queue.get()).jobs).toBeNull();
    const ready = await fetch(`${away.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { postgres: "ok", redis: "failed" }]);
  } finally {
    await away.stop();
  }
});

test("a caller's request id is kept, logged and answered", async () => {
  const response = await requestOf(api)("GET", "/api/v1/nothing", {
    headers: { "x-request-id": "trace-7" },
  });
  expect((await problemOf(response)).requestId).toBe("trace-7");
  await expect.poll(() => api.logged.join("")).toContain("trace-7");
  expect(api.logged.join("")).not.toContain(api.key);
});

test("the client tells the problem's fields", async () => {
  const client = createClient({ baseUrl: api.url, apiKey: api.key });
  const error = await client.sweeps.create(smallSweep({ space: {} })).catch((e: unknown) => e);
  expect(error).toMatchObject({
    name: "ApiError",
    code: "invalid_request",
    errors: [{ path: "space", rule: "empty_space" }],
  });
});
