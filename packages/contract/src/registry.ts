import { z } from "zod";
import { Id } from "./ids.js";
import { MetricName } from "./metrics.js";
import { strictObject } from "./strictObject.js";

/**
 * A model's promotion policy: what a version has to be before a guarded alias may point at it, and
 * what came of it. Figures are those of the version's report and of runs on the same test split.
 */

const Share = z.number().min(0).max(1);

export const PromotionPolicy = strictObject({
  /** Aliases that it guards; others move freely. */
  aliases: z.array(z.string().min(1).max(32)).min(1).default(["champion"]),
  /** Bounds of the metrics that a version has: `test.accuracy`, `test.f1_macro`, `val_loss`… */
  metrics: z
    .record(
      MetricName,
      strictObject({ min: z.number().optional(), max: z.number().optional() }).refine(
        ({ min, max }) => min !== undefined || max !== undefined,
        "needs min or max",
      ),
    )
    .optional(),
  /** The least that every class must reach. */
  class_floors: strictObject({
    precision: Share.optional(),
    recall: Share.optional(),
    f1: Share.optional(),
  }).optional(),
  /**
   * Refused where McNemar's exact test finds it worse than the version that the alias points at, on
   * the rows of the candidate's test split, at this level (one-sided).
   */
  not_worse: strictObject({ alpha: z.number().gt(0).lt(0.5).default(0.05) }).optional(),
  /** Median of one row at a time, on this server. */
  max_latency_ms: z.number().positive().optional(),
  /** Of the .onnx file. */
  max_bytes: z.int().positive().optional(),
  /** Completed runs of the same plan with other seeds; the worst of them keeps to `min`. */
  seeds: strictObject({
    runs: z.int().min(2).max(100),
    metric: MetricName.default("test.accuracy"),
    min: z.number().optional(),
  }).optional(),
  /** Somebody with another key has to approve. */
  approval: z.boolean().default(false),
});
export type PromotionPolicy = z.infer<typeof PromotionPolicy>;

export const GATES = [
  "metrics",
  "class_floors",
  "not_worse",
  "latency",
  "size",
  "seeds",
  "approval",
] as const;
export const Gate = z.enum(GATES);
export type Gate = z.infer<typeof Gate>;

/** What one gate found. `figure` is null where there was nothing to measure; it then fails. */
export const GateResult = z.object({
  gate: Gate,
  /** Of what: a metric's name, a class. */
  of: z.string(),
  passed: z.boolean(),
  figure: z.number().nullable(),
  limit: z.number(),
  /** In a sentence. */
  detail: z.string(),
});
export type GateResult = z.infer<typeof GateResult>;

export const PromotionState = z.enum(["promoted", "refused", "waiting", "rejected"]);
export type PromotionState = z.infer<typeof PromotionState>;

export const PromotionView = z.object({
  id: Id,
  model: z.string(),
  version: z.int(),
  alias: z.string(),
  state: PromotionState,
  gates: z.array(GateResult),
  /** Gates that were passed over. */
  forced: z.array(Gate),
  forceReason: z.string().nullable(),
  askedBy: z.string(),
  reason: z.string(),
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  decidedAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
});
export type PromotionView = z.infer<typeof PromotionView>;

/** Passes over gates that would refuse; which ones, and why, is kept. */
export const Force = strictObject({
  gates: z.array(Gate).min(1),
  reason: z.string().trim().min(1).max(1000),
});
export type Force = z.infer<typeof Force>;

export const ModelChangeView = z.object({
  at: z.iso.datetime(),
  action: z.enum(["alias", "rollback", "version", "delete", "policy", "tags", "challenger"]),
  alias: z.string().nullable(),
  fromVersion: z.int().nullable(),
  toVersion: z.int().nullable(),
  actor: z.string(),
  reason: z.string(),
});
export type ModelChangeView = z.infer<typeof ModelChangeView>;
