import {
  type CreateSweep,
  type DatasetView,
  type EngineId,
  type Id,
  runsOfPoint,
  type SweepCost,
  type TrainPlan,
} from "@sweepyard/contract";
import { type Db, measuredRuns, queueStatus } from "@sweepyard/db";
import { describeModel, modelTask } from "@sweepyard/engine";
import { estimateEpoch, type MeasuredEpoch, NEIGHBOURS } from "./estimateEpoch.js";

/** Runs whose cost is looked at. */
const MEASURED_RUNS = 100;

interface CostInput {
  readonly sweep: CreateSweep;
  readonly plannedRuns: number | null;
  /** Of the first points, at least one: what they cost stands for all. */
  readonly plans: readonly TrainPlan[];
  readonly dataset: DatasetView;
}

/** What a sweep would take on the slots that are there, by what this project's runs have taken. */
export async function costOf(
  db: Db,
  projectId: Id,
  { sweep, plannedRuns, plans, dataset }: CostInput,
): Promise<SweepCost> {
  const [measured, { slots }] = await Promise.all([
    measuredEpochs(db, projectId, plans[0]?.engine ?? "onnx"),
    queueStatus(db, projectId),
  ]);
  const estimates = plans.map((plan) => estimateEpoch(epochFlops(plan, dataset), measured));
  const known = estimates.filter((seconds) => seconds !== null);
  const epochSeconds = known.length === 0 ? null : mean(known);
  const epochs = countEpochs(sweep, plannedRuns, plans);
  const slotSeconds = epochs === null || epochSeconds === null ? null : epochs * epochSeconds;
  const used = Math.min(slots.total, sweep.parallelism ?? slots.total, plannedRuns ?? slots.total);
  return {
    epochs,
    epochSeconds,
    slotSeconds,
    seconds: slotSeconds === null || used === 0 ? null : slotSeconds / used,
    slots: slots.total,
    measuredRuns: Math.min(measured.length, NEIGHBOURS),
  };
}

/** Seconds of an epoch of one plan, by what this project's runs have taken; null without any. */
export async function epochSecondsOf(
  db: Db,
  projectId: Id,
  plan: TrainPlan,
  dataset: DatasetView,
): Promise<number | null> {
  const measured = await measuredEpochs(db, projectId, plan.engine);
  return estimateEpoch(epochFlops(plan, dataset), measured);
}

async function measuredEpochs(db: Db, projectId: Id, engine: EngineId): Promise<MeasuredEpoch[]> {
  const runs = await measuredRuns(db, projectId, engine, MEASURED_RUNS);
  return runs.map((run) => ({
    flops: epochFlops(run.plan, run.dataset),
    seconds: run.epochSeconds,
  }));
}

/** Of the forward pass over all rows that train. */
function epochFlops(
  plan: TrainPlan,
  dataset: Pick<DatasetView, "inputShape" | "classNames" | "task" | "trainRows">,
): number {
  const { flops } = describeModel(plan.model, modelTask(plan, dataset));
  return flops * dataset.trainRows * (1 - plan.validation_split);
}

/** Epochs of all runs, as far as the budget lets them. */
function countEpochs(
  { budget, repeats, folds }: CreateSweep,
  plannedRuns: number | null,
  plans: readonly TrainPlan[],
): number | null {
  if (plannedRuns === null) return budget.epochs ?? null;
  const ofPoint = runsOfPoint({ repeats, folds });
  const runs = Math.floor(plannedRuns / ofPoint) * ofPoint;
  const planned = Math.round(runs * mean(plans.map(({ epochs }) => epochs)));
  return Math.min(planned, budget.epochs ?? Number.POSITIVE_INFINITY);
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
