import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * What a sweep may use; no further run is made once any of it is used up, and those that train
 * are let finish. A grid needs none: it ends with its last cell.
 */
export const Budget = strictObject({
  /** Runs in all. */
  runs: z.int().min(1).max(1_000_000).optional(),
  /** Epochs of all runs together. Those that a stopped run did not train are free again. */
  epochs: z.int().min(1).max(1_000_000_000).optional(),
  /** Time since the sweep was made, pauses included. */
  seconds: z.number().positive().max(1e9).optional(),
  /** Time that runs hold a slot, all attempts together: GPU-seconds where a slot is a GPU. */
  slot_seconds: z.number().positive().max(1e12).optional(),
});
export type Budget = z.infer<typeof Budget>;

/** Higher goes first. */
export const Priority = z.int().min(0).max(100);

/** Twice the weight gets twice the slots, among what has the same priority. */
export const Weight = z.number().min(0.01).max(100);
