import { TrainPlan } from "@sweepyard/contract";
import type { Dataset } from "../dataset.js";
import type { Engine, StepSession, TrainEvent, TrainJob } from "../engine.js";
import { describeModel, type ModelDescription } from "../model/describeModel.js";
import { modelTask } from "../model/modelTask.js";
import { encodeSafetensors } from "../safetensors.js";
import type { Tensors } from "../tensor.js";

export interface Trained {
  readonly events: readonly TrainEvent[];
  /** Of each epoch. */
  readonly checkpoints: readonly Uint8Array[];
  readonly end: TrainEvent | undefined;
}

/** A whole run, with a checkpoint taken after each epoch. */
export async function trainToEnd(
  engine: Engine,
  plan: object,
  dataset: Dataset,
  rest: Partial<TrainJob> = {},
): Promise<Trained> {
  const events: TrainEvent[] = [];
  const checkpoints: Uint8Array[] = [];
  const job = { plan: planOf(plan), dataset, threads: 1, ...rest };
  for await (const event of engine.train(job, new AbortController().signal)) {
    events.push(event);
    if (event.kind === "epoch") checkpoints.push(event.checkpoint());
  }
  return { events, checkpoints, end: events.at(-1) };
}

export const planOf = (plan: object): TrainPlan =>
  TrainPlan.parse({ data: { dataset: "blobs" }, ...plan });

export const describePlan = (plan: TrainPlan, dataset: Dataset): ModelDescription =>
  describeModel(plan.model, modelTask(plan, dataset));

/** A session of the plan's model that starts from these weights. */
export function openSession(
  engine: Engine,
  plan: TrainPlan,
  dataset: Dataset,
  weights: Tensors,
): Promise<StepSession> {
  const { optimizer, loss, seed } = plan;
  const model = describePlan(plan, dataset);
  return engine.openSession({ model, optimizer, loss, dataset, seed, threads: 1, weights });
}

export const metricsOf = (events: readonly TrainEvent[]) =>
  events.flatMap((event) => (event.kind === "epoch" ? [event.metrics] : []));

/** The trained weights, to compare bit by bit. */
export function finalBytes(end: TrainEvent | undefined): Uint8Array {
  if (end?.kind !== "trained") throw new Error(`ended as ${end?.kind}`);
  return encodeSafetensors(end.weights);
}
