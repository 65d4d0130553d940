import { createHash } from "node:crypto";
import { AppError, type TrainPlan } from "@sweepyard/contract";
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
}

const FORMAT = "sweepyard-checkpoint/1";

/**
 * What a checkpoint's numbers depend on, as one hash: a checkpoint fits only a plan of the same
 * one. The number of epochs is left out, so that a finished run can be trained on.
 */
export function planFingerprint(
  plan: TrainPlan,
  { inputShape, classNames, train }: Dataset,
): string {
  const { engine, model, optimizer, loss, batch_size, validation_split, shuffle, seed } = plan;
  const parts = [engine, model, optimizer, loss, batch_size, validation_split, shuffle, seed];
  const data = [inputShape, classNames.length, train.count];
  return createHash("sha256")
    .update(JSON.stringify([...parts, ...data]))
    .digest("hex");
}

/** A safetensors file: weights under their names, slots under `optimizer/<slot>/<weight>`. */
export function encodeCheckpoint(checkpoint: Checkpoint, fingerprint: string): Uint8Array {
  const tensors = new Map<string, Tensor>(checkpoint.weights);
  for (const [slot, values] of checkpoint.slots)
    for (const [name, tensor] of values) tensors.set(`optimizer/${slot}/${name}`, tensor);
  return encodeSafetensors(tensors, {
    format: FORMAT,
    plan: fingerprint,
    epoch: String(checkpoint.epoch),
    iterations: String(checkpoint.iterations),
  });
}

/**
 * @param fingerprint what the checkpoint must belong to; absent: any plan.
 * @throws {AppError} `data_invalid` if it is none, is cut off, or belongs to another plan.
 */
export function decodeCheckpoint(bytes: Uint8Array, fingerprint?: string): Checkpoint {
  const { tensors, metadata } = decodeSafetensors(bytes);
  if (metadata.format !== FORMAT)
    throw new AppError(
      "data_invalid",
      `not a checkpoint: its format is ${metadata.format ?? "none"}`,
    );
  if (fingerprint !== undefined && metadata.plan !== fingerprint) {
    throw new AppError(
      "data_invalid",
      "the checkpoint belongs to another plan or other data: only the number of epochs may differ",
    );
  }
  const weights = new Map<string, Tensor>();
  const slots = new Map<string, Map<string, Tensor>>();
  for (const [name, tensor] of tensors) {
    const [, slot, weight] = /^optimizer\/([^/]+)\/(.+)$/.exec(name) ?? [];
    if (slot === undefined || weight === undefined) {
      weights.set(name, tensor);
      continue;
    }
    const values = slots.get(slot) ?? new Map<string, Tensor>();
    slots.set(slot, values.set(weight, tensor));
  }
  return {
    epoch: Number(metadata.epoch),
    iterations: Number(metadata.iterations),
    weights,
    slots,
  };
}
