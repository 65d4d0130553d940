import { createHash } from "node:crypto";
import { AppError, type TrainPlan } from "@sweepyard/contract";
import type { CallbackState } from "./callbacks/callbackSet.js";
import type { Dataset } from "./dataset.js";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";
import type { Tensor, Tensors } from "./tensor.js";

/** All that a run needs to go on to the same bits; its random numbers depend on seed and epoch alone. */
export interface Checkpoint {
  /** Finished epochs. */
  readonly epoch: number;
  /** Updates made. */
  readonly iterations: number;
  readonly weights: Tensors;
  /** The optimizer's, by slot, in the engine's own scale. */
  readonly slots: ReadonlyMap<string, Tensors>;
  readonly callbacks: CallbackState;
  /** Those of the callbacks' best epoch, if that is an earlier one. */
  readonly bestWeights?: Tensors;
}

const FORMAT = "sweepyard-checkpoint/2";

/**
 * What a checkpoint's numbers depend on, as one hash: a checkpoint fits only a plan of the same
 * one. The number of epochs is left out, so that a finished run can be trained on, unless a
 * learning rate schedule takes its length from it.
 */
export function planFingerprint(plan: TrainPlan, dataset: Dataset): string {
  const { epochs, data: _, ...rest } = plan;
  const { inputShape, classNames, train } = dataset;
  const parts = {
    ...rest,
    preprocessing: plan.data.preprocessing,
    epochs: lastsTheRun(plan.optimizer.learning_rate) ? epochs : null,
    dataset: [inputShape, classNames.length, train.count],
  };
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function lastsTheRun(rate: TrainPlan["optimizer"]["learning_rate"]): boolean {
  if (typeof rate === "number") return false;
  switch (rate.class_name) {
    case "PolynomialDecay":
    case "CosineDecay":
      return rate.decay_steps === undefined;
    case "OneCycle":
      return rate.total_steps === undefined;
    case "ExponentialDecay":
    case "InverseTimeDecay":
    case "PiecewiseConstantDecay":
    case "CosineDecayRestarts":
      return false;
  }
}

/** No weight begins like this, since no layer's name holds a colon. */
const SLOT = "optimizer:";
const BEST = "best:";

/**
 * A safetensors file: weights under their names, `optimizer:<slot>/<weight>`, `best:<weight>`.
 * @param owner whose it is: the same numbers of another are other bytes
 */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  fingerprint: string,
  owner?: string,
): Uint8Array {
  const { weights, slots, bestWeights = new Map<string, Tensor>() } = checkpoint;
  const tensors = new Map<string, Tensor>(weights);
  for (const [slot, values] of slots)
    for (const [name, tensor] of values) tensors.set(`${SLOT}${slot}/${name}`, tensor);
  for (const [name, tensor] of bestWeights) tensors.set(`${BEST}${name}`, tensor);
  return encodeSafetensors(tensors, {
    format: FORMAT,
    plan: fingerprint,
    epoch: String(checkpoint.epoch),
    iterations: String(checkpoint.iterations),
    callbacks: JSON.stringify(checkpoint.callbacks),
    ...(owner !== undefined && { owner }),
  });
}

/**
 * @param fingerprint what the checkpoint must belong to; absent: any plan.
 * @throws {AppError} `data_invalid` if it is none, is cut off, or belongs to another plan.
 */
export function decodeCheckpoint(bytes: Uint8Array, fingerprint?: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== FORMAT || metadata.callbacks === undefined)
    throw new AppError(
      "data_invalid",
      `not a checkpoint of this version: its format is ${metadata.format ?? "none"}`,
    );
  if (fingerprint !== undefined && metadata.plan !== fingerprint) {
    throw new AppError(
      "data_invalid",
      "the checkpoint belongs to another plan or other data: only the number of epochs may differ",
    );
  }
  const weights = new Map<string, Tensor>();
  const bestWeights = new Map<string, Tensor>();
  const slots = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    if (name.startsWith(BEST)) bestWeights.set(name.slice(BEST.length), tensor);
    else if (!name.startsWith(SLOT)) weights.set(name, tensor);
    else {
      const [slot = "", ...weight] = name.slice(SLOT.length).split("/");
      const values = slots.get(slot) ?? new Map<string, Tensor>();
      slots.set(slot, values.set(weight.join("/"), tensor));
    }
  }
  return {
    epoch: Number(metadata.epoch),
    iterations: Number(metadata.iterations),
    weights,
    slots,
    callbacks: JSON.parse(metadata.callbacks) as CallbackState,
    ...(bestWeights.size > 0 && { bestWeights }),
  };
}
