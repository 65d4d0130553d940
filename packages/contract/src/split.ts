import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * Which training rows validate. `last`: the last share `validation_split` of them, cut before any
 * shuffling, as Keras' fit does. `stratified`: that share of every class, drawn from the seed of
 * the split. `k_fold`: one of `folds` parts, by the seed of the split; `validation_split` is unused.
 */
export const Split = z.discriminatedUnion("method", [
  strictObject({ method: z.literal("last") }),
  strictObject({
    method: z.literal("stratified"),
    seed: z.int().min(0).max(4_294_967_295).default(0),
  }),
  strictObject({
    method: z.literal("k_fold"),
    folds: z.int().min(2).max(100).default(5),
    /** Counted from 0. */
    fold: z.int().min(0).max(99).default(0),
    /** Every fold gets its share of every class. Absent: wherever rows have one class each. */
    stratified: z.boolean().optional(),
    seed: z.int().min(0).max(4_294_967_295).default(0),
  }).refine(({ folds, fold }) => fold < folds, {
    path: ["fold"],
    error: "counts from 0 and must be below folds",
  }),
]);
export type Split = z.infer<typeof Split>;
