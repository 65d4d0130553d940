import { createHash } from "node:crypto";
import {
  CreateSweep,
  DatasetDetails,
  type Id,
  type Params,
  Report,
  type RunView,
  type StoredFile,
  type SweepView,
  TrainPlan,
} from "@sweepyard/contract";
import { advanceSweep, type Decider } from "./advanceSweep.js";
import { type ClaimedTraining, claimRun } from "./claimRun.js";
import type { Db } from "./connect.js";
import { createRun } from "./createRun.js";
import { createSweep } from "./createSweep.js";
import { createDataset } from "./datasets.js";
import { ensureProject } from "./projects.js";
import { type EpochReport, reportEpoch } from "./reportEpoch.js";
import type { AdvanceInput, Decision, NewPoint } from "./sweepDecision.js";
import { registerWorker } from "./workers.js";

/** A file that is stored nowhere: enough where only its name matters. */
export const fakeFile = (content: string): StoredFile => ({
  sha256: createHash("sha256").update(content).digest("hex"),
  bytes: content.length,
});

/** A project with the data set "shapes", two classes of 2×2 images, and a worker with two slots. */
export async function seedProject(
  db: Db,
  name = "tests",
): Promise<{ projectId: Id; workerId: Id }> {
  const { id: projectId } = await ensureProject(db, name);
  await createDataset(db, projectId, "tester", {
    name: "shapes",
    description: "",
    classNames: ["round", "square"],
    inputShape: [2, 2],
    trainRows: 8,
    testRows: 4,
    classCounts: [4, 4],
    task: "classification",
    details: DatasetDetails.parse({}),
    files: {
      trainImages: fakeFile("train images"),
      trainLabels: fakeFile("train labels"),
      testImages: fakeFile("test images"),
      testLabels: fakeFile("test labels"),
    },
  });
  const workerId = await registerWorker(db, {
    name: `worker of ${name}`,
    host: "localhost",
    pid: process.pid,
    version: "0.0.0",
    slots: [
      { slot: 0, device: "cpu" },
      { slot: 1, device: "cpu" },
    ],
  });
  return { projectId, workerId };
}

export const planOf = (changes: Record<string, unknown> = {}): TrainPlan =>
  TrainPlan.parse({ data: { dataset: "shapes" }, epochs: 4, ...changes });

export const addRun = (db: Db, projectId: Id, name?: string): Promise<RunView> =>
  createRun(db, projectId, "tester", {
    plan: planOf(),
    priority: 50,
    tags: [],
    ...(name !== undefined && { name }),
  });

/** A sweep over `x` from 0 to 1, maximizing val_accuracy unless `changes` say otherwise. */
export const sweepOf = (changes: Record<string, unknown> = {}): CreateSweep =>
  CreateSweep.parse({
    name: "a sweep",
    plan: { data: { dataset: "shapes" }, optimizer: { class_name: "Adam" } },
    space: { x: { type: "float", low: 0, high: 1 } },
    sampler: { name: "random" },
    budget: { runs: 1000 },
    ...changes,
  });

export const addSweep = (
  db: Db,
  projectId: Id,
  changes: Record<string, unknown> = {},
  plannedRuns: number | null = null,
): Promise<SweepView> =>
  createSweep(
    db,
    projectId,
    "tester",
    sweepOf({ ...(plannedRuns !== null && { budget: { runs: plannedRuns } }), ...changes }),
    { plannedRuns },
  );

/** A decider without memory. */
export const deciding = (decide: (input: AdvanceInput) => Decision): Decider => ({
  known: () => null,
  decide,
  promote: () => [],
  evolve: () => [],
  forget: () => {},
});

/** New points, each of one run, as a decider gives them. */
export function newPoints(
  { nextNumber }: Pick<AdvanceInput, "nextNumber">,
  params: readonly Params[],
  plan = planOf(),
): NewPoint[] {
  return params.map((point, index) => ({
    asked: {
      kind: "ask",
      point: nextNumber + index,
      version: 1,
      params: point,
      by: "sampler",
      reason: { sampler: "test" },
      runs: [{ number: nextNumber + index, epochs: plan.epochs }],
    },
    runs: [{ plan, seed: plan.seed, repeat: null, fold: null }],
  }));
}

/** Adds one run for each of `params` to a sweep; their ids, by number. */
export async function addSweepRuns(db: Db, sweepId: Id, params: readonly Params[]): Promise<Id[]> {
  const decider = deciding((input) => ({ points: newPoints(input, params), unfinished: 1 }));
  const { created } = await advanceSweep(db, sweepId, decider);
  return created.map(({ runId }) => runId);
}

/** @throws if the run can't be claimed. */
export async function claim(
  db: Db,
  runId: Id,
  workerId: Id,
  options: { leaseMs?: number; maxAttempts?: number; slot?: number } = {},
): Promise<ClaimedTraining> {
  const { generation } = await db.prisma.run.findUniqueOrThrow({ where: { id: runId } });
  const { slot = 0, leaseMs = 60_000, maxAttempts = 5 } = options;
  const request = { runId, generation, workerId, slot, device: "cpu", leaseMs, maxAttempts };
  const claimed = await claimRun(db, request);
  if (claimed?.trainer !== "engine") throw new Error(`run ${runId} could not be claimed`);
  return claimed;
}

/** Reports an epoch whose validation accuracy is `value`. */
export const report = (
  db: Db,
  run: Pick<ClaimedTraining, "id" | "attempt">,
  epoch: number,
  value = epoch / 10,
  changes: Partial<EpochReport> = {},
) =>
  reportEpoch(
    db,
    { runId: run.id, attempt: run.attempt },
    {
      epoch,
      metrics: { loss: 1 / epoch, val_accuracy: value },
      seconds: 1,
      samplesPerSecond: 100,
      checkpoint: fakeFile(`${run.id} attempt ${run.attempt} epoch ${epoch}`),
      ...changes,
    },
  );

export const evaluation = (accuracy = 0.75): Report => {
  const average = { precision: 0.7, recall: 0.72, f1: 0.71 };
  return Report.parse({
    samples: 4,
    loss: 0.5,
    accuracy,
    perClass: [],
    macro: average,
    weighted: average,
    confusionMatrix: [
      [2, 0],
      [1, 1],
    ],
    mostConfused: [{ a: "round", b: "square", count: 1, aAsB: 0, bAsA: 1 }],
  });
};

export const completedWith = (accuracy?: number) =>
  ({
    kind: "completed",
    ending: { epochs: 1 },
    report: evaluation(accuracy),
    weights: fakeFile("weights"),
    model: fakeFile(`model ${accuracy}`),
  }) as const;

/** Lets a run's lease run out now. */
export async function expireLease(db: Db, runId: Id): Promise<void> {
  await db.prisma.$executeRaw`
    update runs set lease_until = now() - interval '1 hour' where id = ${runId}::uuid`;
}

/** All that an async iterable gives, in one list: Node 20 has no Array.fromAsync. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}
