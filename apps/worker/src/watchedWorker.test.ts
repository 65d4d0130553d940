import { newId } from "@sweepyard/contract";
import { type StoreProxy, startProxy } from "@sweepyard/local/storeProxy";
import type {} from "@sweepyard/local/testing";
import { createQueues, type Queues, startWorker } from "@sweepyard/queue";
import { pino } from "pino";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { WatchedWorker } from "./watchedWorker.js";

const logger = pino({ level: "silent" });
let proxy: StoreProxy;
let queues: Queues;
let prefix: string;
const watched: WatchedWorker[] = [];
beforeEach(async () => {
  proxy = await startProxy(inject("redisUrl"));
  prefix = `{test-${newId()}}`;
  queues = createQueues({ redisUrl: inject("redisUrl"), prefix });
  await queues.ping();
});
afterEach(async () => {
  for (const worker of watched.splice(0)) await worker.close(100);
  await queues.close();
  await proxy.close();
});

/** Takes jobs through the proxy; each one's handler waits for `finish`. */
function watch(finish: Promise<void> = Promise.resolve(), asked: Queues = queues) {
  const taken: string[] = [];
  const train = async ({ runId }: { runId: string }) => {
    taken.push(runId);
    await finish;
  };
  const worker = new WatchedWorker({
    queue: "training",
    concurrency: 1,
    queues: asked,
    logger,
    start: () =>
      startWorker(
        "training",
        { "run.train": train, "predict.batch": async () => {} },
        { redisUrl: proxy.url, prefix, concurrency: 1 },
      ),
  });
  watched.push(worker);
  return { worker, taken };
}

const submit = async () => {
  const runId = newId();
  await queues.enqueue("run.train", { runId, generation: 1 });
  return runId;
};

test("one whose connection for taking jobs is dead while the others live is found and replaced", async () => {
  let jammed = false;
  proxy.watch("bzpopmin", () => {
    jammed = true;
    return new Promise<void>(() => {});
  });
  const { worker, taken } = watch();
  await expect.poll(() => jammed).toBe(true);
  await worker.look();
  const runId = await submit();
  await worker.look();
  expect(worker.trouble).toBeNull(); // it may only just have come
  await worker.look();
  expect(worker.trouble).toMatch(/^took none of 1 jobs that wait in \d+ s$/);
  await expect.poll(() => taken).toEqual([runId]);
  await worker.look();
  const next = await submit();
  await expect.poll(() => taken).toEqual([runId, next]);
  await worker.look();
  expect(worker.trouble).toBeNull();
});

test("one that Redis tells nothing is in trouble until it answers, whether jobs wait or not", async () => {
  const cutOff = createQueues({ redisUrl: proxy.url, prefix });
  await cutOff.ping();
  const { worker, taken } = watch(undefined, cutOff);
  await worker.look();
  proxy.cut();
  await expect.poll(() => cutOff.takeable("training").catch(() => null)).toBeNull();
  await worker.look();
  expect(worker.trouble).toBeNull(); // it may be back at once
  await worker.look();
  expect(worker.trouble).toMatch(/^the job queue, Redis at .*, does not answer/);
  proxy.heal();
  await expect.poll(() => worker.look().then(() => worker.trouble)).toBeNull();
  const runId = await submit();
  await expect.poll(() => taken).toEqual([runId]);
  await cutOff.close();
});

test("one that is busy, one without work, and one whose queue is paused are well", async () => {
  let finish = () => {};
  const { worker, taken } = watch(
    new Promise<void>((resolve) => {
      finish = resolve;
    }),
  );
  await worker.look();
  await worker.look();
  const [first, second] = [await submit(), await submit()];
  await expect.poll(() => taken).toEqual([first]);
  for (let i = 0; i < 3; i++) await worker.look();
  await queues.raw.training.pause();
  finish();
  await expect.poll(() => queues.takeable("training")).toBe(0);
  for (let i = 0; i < 3; i++) await worker.look();
  expect(worker.trouble).toBeNull();
  await queues.raw.training.resume();
  await expect.poll(() => taken).toEqual([first, second]);
});
