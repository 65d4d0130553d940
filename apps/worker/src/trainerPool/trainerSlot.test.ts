import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type DatasetFiles, newId, type StoredFile, TrainPlan } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db/artifactStore";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { CLASS_NAMES, storeSyntheticDataset } from "../testing/syntheticDataset.js";
import { TrainerDeath } from "./trainerDeath.js";
import { TrainerPool } from "./trainerPool.js";
import type { TrainCommand, TrainerSlot, TrainingEvent } from "./trainerSlot.js";

const entry = fileURLToPath(new URL("../../dist/trainer.js", import.meta.url));
const never = new AbortController().signal;
const logger = pino({ level: "silent" });

let dir: string;
let store: ArtifactStore;
let files: DatasetFiles;
const pools: TrainerPool[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "sweepyard-slot-"));
  store = new ArtifactStore(dir);
  files = await storeSyntheticDataset(store);
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close(1_000);
});
afterAll(() => rm(dir, { recursive: true }));

async function openSlot({ stopMs = 5_000, silenceMs = 60_000 } = {}): Promise<TrainerSlot> {
  const pool = new TrainerPool(1, { entry, artifactsDir: dir, logger, stopMs, silenceMs });
  pools.push(pool);
  const slot = await pool.acquire(never);
  pool.release(slot);
  return slot;
}

const command = (epochs: number, resume?: StoredFile): TrainCommand => ({
  kind: "train",
  runId: newId(),
  attempt: 1,
  plan: TrainPlan.parse({
    data: { dataset: "synthetic" },
    model: { template: "mlp", depth: 2, units: [24, 16] },
    batch_size: 32,
    epochs,
    seed: 5,
  }),
  dataset: { files, task: "classification", classNames: CLASS_NAMES },
  resume,
  threads: 1,
});

/** Reads a training to its end, acknowledging as the supervisor does. */
async function read(
  slot: TrainerSlot,
  job: TrainCommand,
  onEpoch: (epoch: number) => void = () => {},
): Promise<TrainingEvent[]> {
  const events: TrainingEvent[] = [];
  for await (const event of slot.train(job, never)) {
    // What it writes to its log comes through at any moment.
    if (event.kind === "output") continue;
    events.push(event);
    if (event.kind !== "epoch") continue;
    slot.acknowledge(event.epoch);
    onEpoch(event.epoch);
  }
  return events;
}

const epochsOf = (events: readonly TrainingEvent[]) =>
  events.flatMap((event) => (event.kind === "epoch" ? [event] : []));
const metricsOf = (events: readonly TrainingEvent[]) =>
  epochsOf(events).map(({ epoch, metrics }) => ({ epoch, metrics }));

/** The undisturbed run of these epochs. */
async function whole(epochs: number) {
  const events = await read(await openSlot(), command(epochs));
  const end = events.at(-1);
  if (end?.kind !== "trained") throw new Error(`ended with ${JSON.stringify(end)}`);
  return { metrics: metricsOf(events), end };
}

test("trains a run: every epoch with its checkpoint, then the report, weights and model", async () => {
  const events = await read(await openSlot(), command(4));
  expect(events.map(({ kind }) => kind)).toEqual(["started", ...Array(4).fill("epoch"), "trained"]);
  for (const { checkpoint } of epochsOf(events))
    expect(await store.has(checkpoint.sha256)).toBe(true);
  const end = events.at(-1);
  if (end?.kind !== "trained" || end.report.task !== "classification")
    throw new Error("not trained");
  expect(end.report.accuracy).toBeGreaterThan(0.9);
  expect(await store.has(end.weights.sha256)).toBe(true);
  expect(await store.has(end.model.sha256)).toBe(true);
});

test("the tfjs engine trains the same plan, and says on what", async () => {
  const job = command(2);
  const events = await read(await openSlot(), { ...job, plan: { ...job.plan, engine: "tfjs" } });
  const [started] = events;
  if (started?.kind !== "started") throw new Error("not started");
  expect(started.device).toMatch(/^tfjs.* \d+\.\d+\.\d+.*, (cpu|gpu)$/);
  const onOnnx = epochsOf(await read(await openSlot(), job));
  const onTfjs = epochsOf(events);
  expect(onTfjs).toHaveLength(2);
  for (const [epoch, { metrics }] of onTfjs.entries())
    expect(metrics.loss).toBeCloseTo(onOnnx[epoch]?.metrics.loss ?? Number.NaN, 4);
  expect(events.at(-1)).toMatchObject({ kind: "trained", report: { task: "classification" } });
});

test("a run whose trainer is killed goes on from its checkpoint to the same bits", async () => {
  const undisturbed = await whole(60);
  const slot = await openSlot();
  const before: TrainingEvent[] = [];
  const death = await (async () => {
    for await (const event of slot.train(command(60), never)) {
      before.push(event);
      if (event.kind !== "epoch") continue;
      slot.acknowledge(event.epoch);
      if (event.epoch === 20) process.kill(slot.pid ?? 0, "SIGKILL");
    }
  })().catch((error: unknown) => error);
  expect(death).toBeInstanceOf(TrainerDeath);
  expect(death).toMatchObject({ code: "trainer_killed" });

  const last = epochsOf(before).at(-1);
  await vi.waitFor(() => expect(slot.free).toBe(true), { timeout: 10_000 });
  const after = await read(slot, command(60, last?.checkpoint));
  expect(after[0]).toMatchObject({ kind: "started", fromEpoch: last?.epoch });
  expect([...metricsOf(before), ...metricsOf(after)]).toEqual(undisturbed.metrics);
  expect(after.at(-1)).toEqual(undisturbed.end);
});

test("a damaged checkpoint costs time, not the result", async () => {
  const undisturbed = await whole(5);
  const slot = await openSlot();
  const damaged = await store.put(Buffer.from("about to be damaged"));
  await writeFile(store.path(damaged.sha256), "damaged");
  const events = await read(slot, command(5, damaged));
  expect(events[0]).toMatchObject({ kind: "started", fromEpoch: 0 });
  expect(events.at(-1)).toEqual(undisturbed.end);
});

test("leaving the loop stops the trainer, which stays warm for the next run", async () => {
  const slot = await openSlot();
  const { pid } = slot;
  for await (const event of slot.train(command(100_000), never)) if (event.kind === "epoch") break;
  expect(slot.free).toBe(true);
  const events = await read(slot, command(2));
  expect(events.at(-1)?.kind).toBe("trained");
  expect(slot.pid).toBe(pid);
});

test("told to stop, it first hands over the epochs it had finished", async () => {
  const slot = await openSlot();
  const controller = new AbortController();
  const events: TrainingEvent[] = [];
  for await (const event of slot.train(command(100_000), controller.signal)) {
    events.push(event);
    if (event.kind !== "epoch") continue;
    slot.acknowledge(event.epoch);
    if (event.epoch === 3) controller.abort();
  }
  expect(events.at(-1)).toEqual({ kind: "stopped" });
  const epochs = epochsOf(events).map(({ epoch }) => epoch);
  expect(epochs).toEqual(epochs.map((_, index) => index + 1));
});

test("without acknowledgements a trainer runs only a few epochs ahead", async () => {
  const slot = await openSlot();
  const controller = new AbortController();
  const epochs: number[] = [];
  let probe: NodeJS.Timeout | undefined;
  for await (const event of slot.train(command(100_000), controller.signal)) {
    if (event.kind !== "epoch") continue;
    epochs.push(event.epoch);
    clearTimeout(probe);
    probe = setTimeout(() => controller.abort(), 500); // nothing more came for half a second
  }
  clearTimeout(probe);
  expect(epochs).toEqual([1, 2, 3, 4]);
});

test("a trainer that does not stop is killed and replaced", async () => {
  const slot = await openSlot({ stopMs: 200 });
  const { pid = 0 } = slot;
  const controller = new AbortController();
  const kinds: string[] = [];
  for await (const event of slot.train(command(100_000), controller.signal)) {
    kinds.push(event.kind);
    if (event.kind !== "epoch" || controller.signal.aborted) continue;
    process.kill(pid, "SIGSTOP");
    controller.abort();
  }
  expect(kinds.at(-1)).toBe("stopped");
  await vi.waitFor(() => expect(slot.free).toBe(true), { timeout: 10_000 });
  expect(slot.pid).not.toBe(pid);
});

test("a trainer that hangs is killed and replaced, and says so", async () => {
  const slot = await openSlot({ silenceMs: 3_000 });
  const { pid = 0 } = slot;
  const death = await read(slot, command(100_000), (epoch) => {
    if (epoch === 3) process.kill(pid, "SIGSTOP");
  }).catch((error: unknown) => error);
  expect(death).toBeInstanceOf(TrainerDeath);
  expect(death).toMatchObject({ code: "trainer_hung" });
  await vi.waitFor(() => expect(slot.free).toBe(true), { timeout: 10_000 });
});

test("a failure that lies in the data is not to be retried", async () => {
  const slot = await openSlot();
  const broken = await store.put(Buffer.from("no images here"));
  const job = command(2);
  const events = await read(slot, {
    ...job,
    dataset: { ...job.dataset, files: { ...files, trainImages: broken } },
  });
  expect(events.at(-1)).toMatchObject({ kind: "failed", code: "data_invalid", retryable: false });
});

test("a data set's file that is not there is named, and may be there next time", async () => {
  const slot = await openSlot();
  const missing = { sha256: "0".repeat(64), bytes: 1 };
  const job = command(2);
  const events = await read(slot, {
    ...job,
    dataset: { ...job.dataset, files: { ...files, testLabels: missing } },
  });
  expect(events.at(-1)).toMatchObject({ kind: "failed", code: "not_found", retryable: true });
});
