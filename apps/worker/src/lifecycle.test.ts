import { execFile } from "node:child_process";
import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { collectFiles, runArtifacts } from "@sweepyard/db";
import { startProxy } from "@sweepyard/local/storeProxy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dist, startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** How a worker starts, ends, gives up on a run, and cleans up. */

let system: TestSystem;
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(() => system.close());

const NOWHERE = "127.0.0.1:1"; // nothing listens on port 1

test.each([
  ["Redis", { REDIS_URL: `redis://${NOWHERE}` }, /Redis at 127.0.0.1:1, .*ECONNREFUSED/],
  [
    "Postgres",
    { DATABASE_URL: `postgres://nobody@${NOWHERE}/none` },
    /Postgres at 127.0.0.1:1 does not answer/,
  ],
  ["a setting", { SLOTS: "many" }, /SLOTS/],
])("without %s the worker says so in one line and ends", async (_what, changes, words) => {
  const env = { ...process.env, ...system.env(changes) };
  const failure = await promisify(execFile)(process.execPath, [dist("main.js")], { env }).then(
    () => {
      throw new Error("it started");
    },
    (error: { code: number; stderr: string; stdout: string }) => error,
  );
  expect(failure.code).toBe(1);
  expect(failure.stderr).toMatch(words);
  expect(failure.stderr.trim().split("\n")).toHaveLength(1);
});

test("its health says whether it lives, and whether it works", async () => {
  const proxy = await startProxy(system.databaseUrl);
  try {
    const { healthUrl, stop } = await system.startSupervisor({
      DATABASE_URL: proxy.url,
      LEASE_SECONDS: "1",
      HEALTH_PORT: "0",
    });
    const ask = async (path: string) => {
      const response = await fetch(`${healthUrl}${path}`);
      return [response.status, await response.json()];
    };
    expect(await ask("/readyz")).toEqual([200, { status: "ok", reason: null }]);
    proxy.freeze();
    const reason = expect.stringMatching(/^Postgres has not answered for \d+ s$/);
    await expect.poll(() => ask("/readyz")).toEqual([503, { status: "unwell", reason }]);
    expect(await ask("/healthz")).toEqual([200, { status: "ok", reason: null }]);
    proxy.heal();
    await expect.poll(() => ask("/readyz")).toEqual([200, { status: "ok", reason: null }]);
    expect((await ask("/nowhere"))[0]).toBe(404);
    await stop();
    await expect(ask("/healthz")).rejects.toThrow();
  } finally {
    await proxy.close();
  }
});

test("a port of its health that is in use is told, and nothing is left", async () => {
  const { port } = new URL(system.redisUrl);
  await expect(system.startSupervisor({ HEALTH_PORT: port })).rejects.toThrow(
    `HEALTH_PORT ${port} of 127.0.0.1 can't be listened on`,
  );
  expect(await system.db.prisma.worker.count()).toBe(0);
});

test("a worker whose parent ends at a Ctrl-C that both get hands its run back", async () => {
  const worker = await system.startProcess();
  const id = await system.submitRun({ epochs: 100_000 });
  await system.waitForRun(id, ({ epoch }) => epoch >= 2);
  worker.kill("SIGINT");
  worker.disconnect();
  expect(await worker.exited).toBe(0);
  expect(await system.run(id)).toMatchObject({ state: "queued" });
  expect((await system.attempts(id)).map(({ outcome }) => outcome)).toEqual(["handed_back"]);
});

test("a run whose attempts are used up has failed, with the last error", async () => {
  const worker = await system.startSupervisor({ MAX_ATTEMPTS: "2" });
  const id = await system.submitRun({ epochs: 100_000 });
  for (const attempt of [1, 2]) {
    const before = (await system.run(id)).epoch;
    await system.waitForRun(id, (run) => run.attempt === attempt && run.epoch > before);
    for (const pid of worker.trainerPids()) if (pid !== undefined) process.kill(pid, "SIGKILL");
    await system.waitForRun(id, ({ state }) => state !== "running");
  }
  const run = await system.waitForRun(id, ({ endedAt }) => endedAt !== null);
  expect(run).toMatchObject({ state: "failed", attempt: 2, error: { code: "trainer_killed" } });
});

test("a plan that fits no data fails at its first attempt", async () => {
  await system.startSupervisor();
  const id = await system.submitRun({
    model: {
      layers: [{ class_name: "Flatten" }, { class_name: "Dense", units: 3, activation: "softmax" }],
    },
  });
  const run = await system.waitForRun(id, ({ endedAt }) => endedAt !== null);
  expect(run).toMatchObject({ state: "failed", attempt: 1, error: { code: "shape_mismatch" } });
});

test("a job delivered twice, at one time and again later, is one attempt", async () => {
  await system.startSupervisor({ SLOTS: "2" });
  const id = await system.submitRun({ epochs: 20 });
  const again = (jobId: string) =>
    system.queues.raw.training.add(
      "run.train",
      { runId: id, generation: 1 },
      { jobId, priority: 1 },
    );
  await again("twin");
  await system.waitForRun(id, ({ state }) => state === "completed");
  await again("late");
  const next = await system.submitRun({ epochs: 1 });
  await system.waitForRun(next, ({ state }) => state === "completed");
  expect(await system.attempts(id)).toHaveLength(1);
});

test("a run leaves its last checkpoint, weights and model behind, and no other file", async () => {
  await system.startSupervisor();
  const before = await storedFiles();
  const id = await system.submitRun({ epochs: 8 });
  await system.waitForRun(id, ({ state }) => state === "completed");
  const artifacts = await runArtifacts(system.db, system.projectId, id);
  expect(artifacts.map(({ kind }) => kind).sort()).toEqual(["checkpoint", "model", "weights"]);
  const left = (await storedFiles()).filter((name) => !before.includes(name));
  expect(left.sort()).toEqual(artifacts.map(({ sha256 }) => sha256).sort());
});

test("files that nothing refers to are deleted once they are old", async () => {
  const { artifacts } = system.db;
  const needed = await storedFiles();
  const orphan = await artifacts.put(Buffer.from("left by a dead attempt"));
  const young = await artifacts.put(Buffer.from("an upload that goes on"));
  const longAgo = new Date(Date.now() - 7_200_000);
  for (const name of [...needed, orphan.sha256])
    await utimes(artifacts.path(name), longAgo, longAgo);
  expect(await collectFiles(system.db)).toBe(1);
  expect((await storedFiles()).sort()).toEqual([...needed, young.sha256].sort());
});

async function storedFiles(): Promise<string[]> {
  const { dir } = system.db.artifacts;
  const names = await Promise.all((await readdir(dir)).map((folder) => readdir(join(dir, folder))));
  return names.flat();
}
