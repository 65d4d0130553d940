import { z } from "zod";
import { Params } from "./paramValue.js";
import { PromotionPolicy } from "./registry.js";

/** What submitting a sweep would do, told without storing anything. */

/** The least and the most of something over the points that were tried. */
const Extent = z.object({ min: z.number(), max: z.number() });

/** A layer of a model where it stands, as Keras' summary() lists it. */
export const LayerSummary = z.object({
  name: z.string(),
  className: z.string(),
  /** Without the batch axis. */
  outputShape: z.array(z.int()),
  params: z.int(),
  /** Of the forward pass of one row, as the model's. */
  flops: z.number(),
});
export type LayerSummary = z.infer<typeof LayerSummary>;

export const ModelSummary = z.object({
  inputShape: z.array(z.int()),
  layers: z.array(LayerSummary),
  params: z.int(),
  trainableParams: z.int(),
  /** Of the forward pass of one row: two for each multiply-add. */
  flops: z.number(),
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** What a sweep would take, by what runs of this project have taken. */
export const SweepCost = z.object({
  /** Of all runs together; null: nobody knows how many runs there will be. */
  epochs: z.int().nullable(),
  /** Mean over the points that were tried; null while no run of this project has been measured. */
  epochSeconds: z.number().nullable(),
  /** All epochs on one slot, without pruning. */
  slotSeconds: z.number().nullable(),
  /** On the slots that are there now, those of the sweep's parallelism at most. */
  seconds: z.number().nullable(),
  slots: z.int(),
  /** Completed runs that the estimate rests on: those of the most similar cost. */
  measuredRuns: z.int(),
});
export type SweepCost = z.infer<typeof SweepCost>;

export const SweepPreview = z.object({
  /** Different points; null: a dimension is continuous, or they are too many to count. */
  points: z.int().nullable(),
  /** As a sweep's `plannedRuns`. */
  plannedRuns: z.int().nullable(),
  /** The first points that would be tried. */
  samples: z.array(
    z.object({
      params: Params,
      /** Why these: as a run's `samplerReason`. */
      reason: z.record(z.string(), z.json()),
      /** Weights and biases; null without a plan. */
      modelParams: z.int().nullable(),
    }),
  ),
  /** Over the samples and the ends of every dimension; null without a plan. */
  modelParams: Extent.nullable(),
  /** Of the first sample; null without a plan. */
  model: ModelSummary.nullable(),
  cost: SweepCost.nullable(),
  /** What its winner would have to pass, by what the model's policy and alias are now. */
  promotion: z
    .object({
      model: z.string(),
      alias: z.string(),
      /** The version that the alias points at; null: none. */
      champion: z.int().nullable(),
      /** Null: no policy guards the alias. */
      policy: PromotionPolicy.nullable(),
    })
    .nullable(),
});
export type SweepPreview = z.infer<typeof SweepPreview>;
