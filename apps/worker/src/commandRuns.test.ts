import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ListRuns, type RunView } from "@sweepyard/contract";
import { listRuns, requestCancel, requestPause, resumeRun, runArtifacts } from "@sweepyard/db";
import type {} from "@sweepyard/local/testing";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTestSystem, type TestSystem } from "./testing/testSystem.js";

/** Sweeps whose runs are programs, through real stores, real workers and real processes. */

let system: TestSystem;
beforeEach(async () => {
  system = await startTestSystem();
});
afterEach(() => system.close());

const script = fileURLToPath(new URL("./testing/program.mjs", import.meta.url));
const ALLOW = { WORKER_COMMANDS: process.execPath };

const trainer = (args: readonly unknown[] = [], changes: Record<string, unknown> = {}) => ({
  kind: "command",
  command: [process.execPath, script, "--x", { $param: "x" }, ...args],
  steps: 10,
  ...changes,
});

async function submit(of: Record<string, unknown>, sweep: Record<string, unknown> = {}, runs = 1) {
  return system.submitSweep(
    {
      trainer: of,
      space: { x: { type: "categorical", choices: [0.5, 1, 2, 3].slice(0, runs) } },
      objective: { metric: "loss" },
      ...sweep,
    },
    runs,
  );
}

async function runsOf(sweepId: string): Promise<RunView[]> {
  const { items } = await listRuns(system.db, system.projectId, ListRuns.parse({ sweepId }));
  return items.sort((a, b) => a.number - b.number);
}

const firstRun = (sweepId: string) =>
  vi.waitFor(async () => {
    const [run] = await runsOf(sweepId);
    if (run === undefined) throw new Error("no run yet");
    return run;
  }, 10_000);

const ended = async (sweepId: string) =>
  system.waitForRun((await firstRun(sweepId)).id, ({ endedAt }) => endedAt !== null);

const logOf = async (run: RunView) => (await system.attempts(run.id)).at(-1)?.log ?? "";
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test("a sweep runs a program for each point: params in, metrics, files and output kept", async () => {
  await system.startSupervisor({ SLOTS: "2", ...ALLOW });
  const of = trainer([], { env: { RATE: { $text: ["x=", { $param: "x" }] } } });
  const id = await submit(of, {}, 4);
  await vi.waitFor(async () => expect((await system.sweep(id)).state).toBe("completed"), 30_000);
  const sweep = await system.sweep(id);
  expect(sweep.best).toMatchObject({ params: { x: 1 }, metric: "loss" });
  expect(sweep.best?.value).toBeCloseTo(1 / 3);
  const runs = await runsOf(id);
  expect(runs.map(({ objective }) => objective)).toEqual(
    [0.5, 1, 2, 3].map((x) => expect.closeTo((x - 1) ** 2 + 1 / 3)),
  );
  const [run] = runs;
  if (run === undefined) throw new Error("no run");
  expect(run).toMatchObject({ trainer: "command", plan: null, epoch: 3, attempt: 1 });
  expect((await system.numbers(run.id)).metrics.map(({ step }) => step)).toEqual([1, 2, 3]);

  const files = await runArtifacts(system.db, system.projectId, run.id);
  expect(files.map(({ kind, fileName }) => [kind, fileName])).toEqual([
    ["output", "model.json"],
    ["output", "variables.json"],
  ]);
  const variables = JSON.parse(
    await readFile(system.db.artifacts.path(files[1]?.sha256 ?? ""), "utf8"),
  );
  expect(variables).toMatchObject({ RATE: "x=0.5", SWEEPYARD_PARAMS: '{"x":0.5}' });
  const secrets = ["DATABASE_URL", "REDIS_URL", "ARTIFACTS_DIR", "SWEEPYARD_API_KEY"];
  expect(Object.keys(variables).filter((name) => secrets.includes(name))).toEqual([]);
  expect(JSON.stringify(variables)).not.toContain("postgres://");

  const log = await logOf(run);
  expect(log).toContain("talks on its error output, too");
  const folders = await Promise.all(
    runs.map(async (each) => /in (\S+)/.exec(await logOf(each))?.[1]),
  );
  expect(new Set(folders).size).toBe(4);
});

test.each([
  ["a value that is no number at the end", "nan", {}, "diverged", null],
  [
    "the exit code that stands for it",
    "diverge",
    { exit_codes: { diverged: 3 } },
    "diverged",
    null,
  ],
  [
    "an exit code not to be retried",
    "crash",
    { exit_codes: { no_retry: [1] } },
    "failed",
    "program_failed",
  ],
  ["more memory than is allowed", "hoard", { memory_mb: 400 }, "failed", "out_of_memory"],
  [
    "more time than is allowed",
    "hang",
    { time_limit_s: 1, stop_grace_s: 0.2 },
    "failed",
    "time_limit",
  ],
])("%s ends a run at once", async (_why, mode, changes, state, code) => {
  await system.startSupervisor(ALLOW);
  const run = await ended(await submit(trainer(["--then", mode], changes)));
  expect(run).toMatchObject({ state, attempt: 1 });
  expect(run.error?.code ?? null).toBe(code);
});

test("a program that crashes is tried again, then counts as failed with its last words", async () => {
  await system.startSupervisor({ ...ALLOW, MAX_ATTEMPTS: "2" });
  const run = await ended(await submit(trainer(["--then", "crash"])));
  expect(run).toMatchObject({ state: "failed", attempt: 2 });
  expect(run.error?.message).toBe(
    "the program ended with exit code 1; its last words: it is broken",
  );
});

test("a program that never prints the objective has failed, and is told what it printed", async () => {
  await system.startSupervisor(ALLOW);
  const run = await ended(await submit(trainer(), { objective: { metric: "accuracy" } }));
  expect(run).toMatchObject({ state: "failed", error: { code: "objective_missing" } });
  expect(run.error?.message).toContain("it printed loss");
});

test("a cancelled program that stays is killed with its children", async () => {
  await system.startSupervisor(ALLOW);
  const id = await submit(trainer(["--then", "hang"], { stop_grace_s: 0.3 }));
  const run = await system.waitForRun((await firstRun(id)).id, ({ metrics }) => "child" in metrics);
  const child = Number(run.metrics.child);
  expect(isAlive(child)).toBe(true);
  await requestCancel(system.db, system.projectId, run.id, "tester");
  await system.waitForRun(run.id, ({ state }) => state === "cancelled");
  await vi.waitFor(() => expect(isAlive(child)).toBe(false));
  expect(await logOf(run)).toContain("heard SIGTERM, and stays");
});

const slow = (changes: Record<string, unknown> = {}) =>
  trainer(["--steps", "12", "--pause-ms", "150", "--checkpoint", { $run: "checkpoint_dir" }], {
    checkpoints: true,
    ...changes,
  });

test("a paused program goes on from its checkpoint", async () => {
  await system.startSupervisor(ALLOW);
  const { id } = await firstRun(await submit(slow()));
  await system.waitForRun(id, ({ epoch }) => epoch >= 3);
  await requestPause(system.db, system.projectId, id, "tester");
  const paused = await system.waitForRun(id, ({ state }) => state === "paused");
  await resumeRun(system.db, system.projectId, id, "tester");
  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run).toMatchObject({ epoch: 12, attempt: 2 });
  expect((await system.numbers(id)).metrics.map(({ step }) => step)).toEqual(
    Array.from({ length: 12 }, (_, index) => index + 1),
  );
  const from = Number(/goes on after step (\d+)/.exec(await logOf(run))?.[1]);
  expect(from).toBeGreaterThanOrEqual(paused.epoch - 1);
  expect((await system.attempts(id))[1]?.fromEpoch).toBe(from);
});

test("a worker that is killed leaves no program behind, and another one goes on", async () => {
  const first = await system.startProcess(ALLOW);
  const { id } = await firstRun(await submit(slow()));
  await system.waitForRun(id, ({ epoch }) => epoch >= 4);
  first.kill("SIGKILL");
  await first.exited;
  await vi.waitFor(() => expect(spawnSync("pgrep", ["-f", script]).status).toBe(1));
  await system.startSupervisor(ALLOW);
  const run = await system.waitForRun(id, ({ state }) => state === "completed");
  expect(run.attempt).toBe(2);
  expect(Number(/goes on after step (\d+)/.exec(await logOf(run))?.[1])).toBeGreaterThanOrEqual(3);
});

test("ASHA pauses programs at their rungs and lets the best go on from their checkpoints", async () => {
  await system.startSupervisor({ SLOTS: "2", ...ALLOW });
  const args = ["--steps", "4", "--pause-ms", "400", "--checkpoint", { $run: "checkpoint_dir" }];
  const pruner = { name: "asha", reduction_factor: 2, min_resource: 1 };
  const id = await submit(trainer(args, { checkpoints: true, steps: 4 }), { pruner }, 4);
  await vi.waitFor(async () => expect((await system.sweep(id)).state).toBe("completed"), 30_000);
  const runs = await runsOf(id);
  expect(runs.find(({ params }) => params.x === 1)).toMatchObject({ state: "completed", epoch: 4 });
  expect(runs.filter(({ state }) => state === "pruned").length).toBeGreaterThanOrEqual(1);
});

test("where no worker may run the program its run waits, and says why", async () => {
  const id = await submit(trainer());
  await system.startSupervisor();
  const { id: runId } = await firstRun(id);
  await vi.waitFor(async () =>
    expect((await system.run(runId)).waitReason).toMatch(/no worker may run programs/),
  );
  await system.startSupervisor({ WORKER_COMMANDS: "/srv/nothing-here" });
  await system.waitForRun(runId, ({ stateReason }) => /may not run/.test(stateReason ?? ""));
  await system.startSupervisor(ALLOW);
  expect(await system.waitForRun(runId, ({ endedAt }) => endedAt !== null)).toMatchObject({
    state: "completed",
  });
});
