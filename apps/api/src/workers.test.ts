import { createClient } from "@sweepyard/client";
import { registerWorker } from "@sweepyard/db";
import { afterAll, beforeAll, expect, test } from "vitest";
import { smallUpload } from "./testing/smallDataset.js";
import { startTestApi, type TestApi } from "./testing/startTestApi.js";
import { smallPlan } from "./testing/submitSmall.js";

let api: TestApi;
let workerId: string;
beforeAll(async () => {
  api = await startTestApi();
  await api.client.datasets.create(smallUpload());
  workerId = await registerWorker(api.db, {
    name: "north",
    host: "north",
    pid: 1,
    version: "1.2.3",
    slots: [{ slot: 0, device: "cpu" }],
  });
});
afterAll(() => api?.stop());

test("a worker is drained and resumes, by an administrator only", async () => {
  const key = await api.makeKey(["read", "submit"]);
  const stranger = createClient({ baseUrl: api.url, apiKey: key });
  await expect(stranger.workers.drain(workerId)).rejects.toMatchObject({ code: "forbidden" });

  expect(await api.client.workers.drain(workerId)).toMatchObject({
    state: "draining",
    drain: { runs: "finish", by: "read+submit+promote+predict+admin" },
  });
  const { items } = await api.client.workers.list();
  expect(items).toMatchObject([{ id: workerId, state: "draining", version: "1.2.3" }]);
  const handBack = await api.client.workers.drain(workerId, { runs: "hand_back" });
  expect(handBack.drain?.runs).toBe("hand_back");
  expect((await api.client.workers.resume(workerId)).drain).toBeNull();
  await expect(api.client.workers.resume(api.projectId)).rejects.toMatchObject({
    code: "not_found",
  });
});

test("failed runs are queued again in one request, with a job each", async () => {
  const runs = await Promise.all(
    [1, 2].map(() => api.client.runs.create({ plan: { ...smallPlan } })),
  );
  for (const { id } of runs) await api.client.runs.cancel(id);
  const other = await api.client.runs.create({ plan: { ...smallPlan } });
  const ids = [...runs, other].map(({ id }) => id);
  const answer = await api.client.runs.retryMany({ ids });
  expect(answer).toMatchObject({ retried: 2, left: 0, refused: [{ id: other.id }] });
  const [counts] = (await api.client.queue.get()).jobs?.filter(
    ({ queue }) => queue === "training",
  ) ?? [undefined];
  expect(counts?.prioritized).toBeGreaterThanOrEqual(3);
  expect(await api.client.runs.retryMany()).toEqual({ retried: 0, refused: [], left: 0 });
});

test("the queue's history and loads answer before anything has been seen", async () => {
  const history = await api.client.queue.history({ minutes: 15 });
  expect(history).toMatchObject({ spanMs: 900_000, buckets: 60 });
  expect(history.started).toHaveLength(60);
  expect(await api.client.workers.load()).toEqual({ items: [] });
  const { id } = await api.client.runs.create({ plan: { ...smallPlan } });
  expect(await api.client.runs.load(id)).toEqual({ items: [] });
  await expect(api.client.runs.load(workerId)).rejects.toMatchObject({ code: "not_found" });
  await expect(api.client.queue.history({ minutes: 0 })).rejects.toMatchObject({
    code: "invalid_request",
  });
});
