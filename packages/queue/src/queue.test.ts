import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { AppError, newId } from "@sweepyard/contract";
import { startProxy as startWire } from "@sweepyard/local/storeProxy";
import type {} from "@sweepyard/local/testing";
import { Redis } from "ioredis";
import { afterEach, expect, inject, test, vi } from "vitest";
import { subscribeHints } from "./hints.js";
import { toBullPriority } from "./jobOptions.js";
import { createQueues, type Queues } from "./queues.js";
import { type Handlers, type QueueWorker, startWorker } from "./startWorker.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A prefix of its own, so that tests share one Redis without meeting. */
const freshAddress = (redisUrl = inject("redisUrl")) => ({
  redisUrl,
  prefix: `{test-${newId()}}`,
});
type Address = ReturnType<typeof freshAddress>;

async function openQueues(address: Address, timeoutMs?: number): Promise<Queues> {
  const queues = createQueues({ ...address, timeoutMs });
  cleanups.push(() => queues.close());
  await queues.ping();
  return queues;
}

function train(address: Address, handler: Handlers<"training">["run.train"], concurrency = 1) {
  const handlers = { "run.train": handler, "predict.batch": async () => {} };
  const worker = startWorker("training", handlers, { ...address, concurrency });
  cleanups.push(() => worker.close(2_000));
  return worker;
}

/** What FLUSHALL does to us, without doing it to the other tests. */
async function forgetAll({ redisUrl, prefix }: Address) {
  const redis = new Redis(redisUrl);
  const keys = await redis.keys(`${prefix}*`);
  expect(keys.length).toBeGreaterThan(0);
  await redis.del(...keys);
  redis.disconnect();
}

const jobCounts = async (queues: Queues, name: "control" | "training") =>
  (await queues.counts()).find(({ queue }) => queue === name);

function deferred() {
  let resolve: () => void = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test("delivers a run's job once per generation", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const runId = newId();
  await queues.enqueue("run.train", { runId, generation: 1 });
  await queues.enqueue("run.train", { runId, generation: 1 });
  await queues.enqueue("run.train", { runId, generation: 2 });
  const seen: number[] = [];
  train(address, async ({ generation }) => void seen.push(generation));
  await vi.waitFor(() => expect(seen).toEqual([2, 1])); // what was queued before goes first
});

test("higher priority goes first, and every job has one", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const ids = { low: newId(), unset: newId(), high: newId() };
  await queues.enqueue("run.train", { runId: ids.low, generation: 1 }, { priority: 0 });
  await queues.enqueue("run.train", { runId: ids.unset, generation: 1 });
  await queues.enqueue("run.train", { runId: ids.high, generation: 1 }, { priority: 100 });
  const order: string[] = [];
  train(address, async ({ runId }) => void order.push(runId));
  await vi.waitFor(() => expect(order).toEqual([ids.high, ids.unset, ids.low]));
  expect([toBullPriority(100), toBullPriority(0), toBullPriority(1e9)]).toEqual([2, 202, 2]);
  expect(toBullPriority(50, true)).toBeLessThan(toBullPriority(50));
  expect(toBullPriority(50, true)).toBeGreaterThan(toBullPriority(51));
});

test("a waiting advance is not doubled, but one asked for during an advance is run after it", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const sweepId = newId();
  await queues.enqueue("sweep.advance", { sweepId });
  await queues.enqueue("sweep.advance", { sweepId });
  expect(await jobCounts(queues, "control")).toMatchObject({ prioritized: 1 });

  const started = deferred();
  const release = deferred();
  let calls = 0;
  const worker = startWorker(
    "control",
    {
      "sweep.advance": async () => {
        calls += 1;
        started.resolve();
        if (calls === 1) await release.promise;
      },
      reconcile: async () => {},
    },
    { ...address, concurrency: 1 },
  );
  cleanups.push(() => worker.close(2_000));
  await started.promise;
  await queues.enqueue("sweep.advance", { sweepId });
  release.resolve();
  await vi.waitFor(() => expect(calls).toBe(2));
});

test("a handler that throws gets its job again; a broken payload never reaches it", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  let calls = 0;
  await queues.raw.training.add("run.train", { runId: "not an id" }, { priority: 1, attempts: 5 });
  await queues.enqueue("run.train", { runId: newId(), generation: 1 });
  train(address, async () => {
    calls += 1;
    if (calls === 1) throw new Error("not this time");
  });
  await vi.waitFor(() => expect(calls).toBe(2), { timeout: 10_000 });
  await vi.waitFor(async () =>
    expect(await jobCounts(queues, "training")).toMatchObject({ failed: 1, active: 0, delayed: 0 }),
  );
});

test("ensureRunJobs adds what is missing or finished, and leaves what lives", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const trainer = "engine" as const;
  const finished = { runId: newId(), generation: 1, priority: 50, trainer };
  await queues.enqueue("run.train", finished);
  const first: string[] = [];
  const worker = train(address, async ({ runId }) => void first.push(runId));
  await vi.waitFor(async () => {
    expect(first).toEqual([finished.runId]);
    expect(await queues.raw.training.getCompletedCount()).toBe(1);
  });
  await worker.close(2_000);

  const waiting = { runId: newId(), generation: 4, priority: 50, trainer };
  const delayed = { runId: newId(), generation: 2, priority: 50, trainer };
  const lost = { runId: newId(), generation: 1, priority: 50, trainer };
  await queues.enqueue("run.train", waiting);
  await queues.enqueue("run.train", delayed, { delayMs: 60_000 });
  const runs = [finished, waiting, delayed, lost];
  expect(await queues.ensureRunJobs(runs)).toEqual([finished, lost]);
  expect(await queues.ensureRunJobs(runs)).toEqual([]);

  await forgetAll(address);
  expect(await queues.ensureRunJobs(runs)).toEqual(runs);
});

test("a stopping worker leaves waiting jobs to others and waits for those at work", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const started = deferred();
  const release = deferred();
  let finished = false;
  const worker = train(address, async () => {
    started.resolve();
    await release.promise;
    finished = true;
  });
  await queues.enqueue("run.train", { runId: newId(), generation: 1 });
  await started.promise;
  await worker.stopTaking();
  await queues.enqueue("run.train", { runId: newId(), generation: 1 });
  const closed = worker.close(10_000);
  release.resolve();
  await closed;
  expect(finished).toBe(true);
  expect(await jobCounts(queues, "training")).toMatchObject({ active: 0, prioritized: 1 });
});

test("close keeps its deadline while a job does not end", async () => {
  const address = freshAddress();
  const queues = await openQueues(address);
  const started = deferred();
  const never = deferred();
  const worker = train(address, async () => {
    started.resolve();
    await never.promise;
  });
  await queues.enqueue("run.train", { runId: newId(), generation: 1 });
  await started.promise;
  const before = performance.now();
  await worker.close(300);
  expect(performance.now() - before).toBeLessThan(5_000);
  never.resolve();
});

test("producers fail at once while Redis is away, consumers go on when it is back", async () => {
  const proxy = await startProxy();
  const address = freshAddress(proxy.url);
  const queues = await openQueues(address, 1_000);
  const seen: string[] = [];
  const worker: QueueWorker = train(address, async ({ runId }) => void seen.push(runId));
  const first = newId();
  await queues.enqueue("run.train", { runId: first, generation: 1 });
  await vi.waitFor(() => expect(seen).toEqual([first]));

  proxy.refuse();
  const before = performance.now();
  const failure = await vi.waitFor(async () => {
    const error = await queues.counts().then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AppError);
    return error;
  });
  expect(failure).toMatchObject({ code: "unavailable" });
  expect(performance.now() - before).toBeLessThan(3_000);
  queues.hint(newId()); // a hint is lost in silence

  proxy.accept();
  const second = newId();
  await vi.waitFor(() => queues.enqueue("run.train", { runId: second, generation: 1 }), {
    timeout: 10_000,
    interval: 100,
  });
  await vi.waitFor(() => expect(seen).toEqual([first, second]), { timeout: 15_000 });
  await worker.close(2_000);
});

test("close keeps its deadline while Redis is away", async () => {
  const proxy = await startProxy();
  const address = freshAddress(proxy.url);
  const queues = await openQueues(address, 1_000);
  const started = deferred();
  const release = deferred();
  const worker = train(address, async () => {
    started.resolve();
    await release.promise;
  });
  await queues.enqueue("run.train", { runId: newId(), generation: 1 });
  await started.promise;
  proxy.refuse();
  release.resolve();
  const before = performance.now();
  await worker.close(500);
  expect(performance.now() - before).toBeLessThan(5_000);
});

test("a hint reaches subscribers, and a new connection asks them to look at everything", async () => {
  const proxy = await startProxy();
  const address = freshAddress(proxy.url);
  const queues = await openQueues({ ...address, redisUrl: inject("redisUrl") });
  const hints: (string | null)[] = [];
  const subscription = subscribeHints(address, (projectId) => hints.push(projectId));
  cleanups.push(() => subscription.close());
  await vi.waitFor(() => expect(hints).toEqual([null]));
  const projectId = newId();
  await vi.waitFor(() => {
    queues.hint(projectId);
    expect(hints).toContain(projectId);
  });
  proxy.refuse();
  proxy.accept();
  await vi.waitFor(() => expect(hints.filter((hint) => hint === null)).toHaveLength(2), {
    timeout: 10_000,
  });
});

test("a connection that is lost while hints are subscribed to anew is nobody's fault", async () => {
  const wire = await startWire(inject("redisUrl"));
  cleanups.push(() => wire.close());
  let looks = 0;
  const subscription = subscribeHints(freshAddress(wire.url), () => looks++);
  await vi.waitFor(() => expect(looks).toBe(1));
  wire.watch("subscribe", () => wire.drop());
  wire.drop();
  await vi.waitFor(() => expect(looks).toBeGreaterThan(1), { timeout: 10_000 });
  const lost = new Promise<void>((resolve) => {
    wire.watch("subscribe", () => {
      wire.cut();
      subscription.close(); // no connection comes after it: what is under way is rejected
      resolve();
    });
  });
  wire.drop();
  await lost;
}); // a rejection that nobody handles fails the whole run

test("a Redis that vanishes without a word is given up, by whoever adds, takes and listens", async () => {
  const wire = await startWire(inject("redisUrl"));
  cleanups.push(() => wire.close());
  const direct = freshAddress();
  const address = { ...direct, redisUrl: wire.url, silenceMs: 6_000 }; // a blocking read takes five
  const queues = await openQueues(address, 1_000);
  const taken: string[] = [];
  train(address, async ({ runId }) => void taken.push(runId));
  let looks = 0;
  const hints = subscribeHints(address, () => looks++);
  cleanups.push(() => hints.close());
  await vi.waitFor(() => expect(looks).toBe(1));

  wire.halfOpen();
  const { enqueue } = await openQueues(direct);
  const runId = newId();
  await enqueue("run.train", { runId, generation: 1 });
  await expect(queues.counts()).rejects.toMatchObject({ code: "unavailable" });
  const within = { timeout: 15_000 };
  await vi.waitFor(() => expect(taken).toEqual([runId]), within);
  await vi.waitFor(() => queues.counts(), within);
  await vi.waitFor(() => expect(looks).toBeGreaterThan(1), within);
}, 40_000);

/** Redis behind a door that can be shut. */
async function startProxy() {
  const target = new URL(inject("redisUrl"));
  const sockets = new Set<Socket>();
  let open = true;
  const server = createServer((client) => {
    if (!open) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  cleanups.push(() => {
    cut();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    refuse() {
      open = false;
      cut();
    },
    accept() {
      open = true;
    },
  };
}
