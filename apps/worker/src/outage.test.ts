import { setTimeout as sleep } from "node:timers/promises";
import { claimRun, connect, registerWorker } from "@sweepyard/db";
import { type StoreProxy, startProxy } from "@sweepyard/local/storeProxy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** Stores that go away while a run trains, and come back. */

let system: TestSystem;
const proxies: StoreProxy[] = [];
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(async () => {
  await system.close();
  for (const proxy of proxies.splice(0)) await proxy.close();
});

async function proxyTo(url: string): Promise<StoreProxy> {
  const proxy = await startProxy(url);
  proxies.push(proxy);
  return proxy;
}

const completed = (id: string) => system.waitForRun(id, ({ state }) => state === "completed");

async function undisturbed() {
  const id = await system.submitRun({ epochs: 30 });
  await completed(id);
  return system.numbers(id);
}

test.each(["cut", "freeze"] as const)(
  "Postgres away (%s) for less than the lease: the same attempt goes on",
  async (how) => {
    const proxy = await proxyTo(system.databaseUrl);
    await system.startSupervisor({ DATABASE_URL: proxy.url, LEASE_SECONDS: "10" });
    const expected = await undisturbed();
    const id = await system.submitRun({ epochs: 30 });
    await system.waitForRun(id, ({ epoch }) => epoch >= 5);
    proxy[how]();
    await sleep(1_000); // the length of the outage is what is tested
    expect((await system.run(id)).state).toBe("running");
    proxy.heal();
    expect(await completed(id)).toMatchObject({ attempt: 1 });
    expect(await system.numbers(id)).toEqual(expected);
  },
);

test("Postgres away for longer than the lease: the run goes on by another attempt", async () => {
  const proxy = await proxyTo(system.databaseUrl);
  await system.startSupervisor({ DATABASE_URL: proxy.url, LEASE_SECONDS: "1" });
  const expected = await undisturbed();
  const id = await system.submitRun({ epochs: 30 });
  await system.waitForRun(id, ({ epoch }) => epoch >= 5);
  proxy.cut();
  await sleep(2_500);
  proxy.heal();
  expect((await completed(id)).attempt).toBeGreaterThanOrEqual(2);
  expect(await system.numbers(id)).toEqual(expected);
});

test("a worker that froze in mid-transaction does not keep its run from others", async () => {
  const id = await system.submitRun({ epochs: 2 });
  const frozen = connect({ url: system.databaseUrl, pool: 1 });
  const slot = { slot: 0, device: "cpu" };
  const about = { name: "frozen", host: "here", pid: 1, version: "0", slots: [slot] };
  const workerId = await registerWorker(frozen, about);
  const claim = { runId: id, generation: 1, workerId, ...slot, leaseMs: 1, maxAttempts: 5 };
  expect(await claimRun(frozen, claim)).toMatchObject({ attempt: 1 });
  const thawed = new AbortController();
  const transaction = frozen.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select 1 from runs where id = ${id}::uuid for update`;
    await sleep(60_000, null, { signal: thawed.signal }); // as if stopped here
  });
  await system.startSupervisor();
  const run = await system.waitForRun(id, ({ state }) => state === "completed", 25_000);
  expect(run.attempt).toBe(2);
  thawed.abort();
  await expect(transaction).rejects.toThrow();
  await frozen.close();
});

test("Redis away: the run that trains ends, and what waits follows when it is back", async () => {
  const proxy = await proxyTo(system.redisUrl);
  await system.startSupervisor({ REDIS_URL: proxy.url });
  const going = await system.submitRun({ epochs: 30 });
  const waiting = await system.submitRun({ epochs: 2 });
  await system.waitForRun(going, ({ epoch }) => epoch >= 2);
  proxy.cut();
  expect(await completed(going)).toMatchObject({ attempt: 1 });
  expect((await system.run(waiting)).state).toBe("queued");
  proxy.heal();
  expect(await completed(waiting)).toMatchObject({ attempt: 1 });
});
