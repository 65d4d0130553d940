import { z } from "zod";
import { Id } from "./ids.js";
import { AliasName, ModelName } from "./modelNames.js";
import { GateResult, PromotionState } from "./registry.js";
import { strictObject } from "./strictObject.js";

/** What a sweep's winner becomes once the sweep has completed, if the model's gates let it. */
export const PromoteWinner = strictObject({
  model: ModelName,
  alias: AliasName.default("champion"),
  reason: z.string().max(1000).default(""),
  /** A note on what the version may be used for, and under which licence. */
  licence: z.string().max(1000).default(""),
  tags: z.array(z.string().min(1).max(64)).max(32).default([]),
});
export type PromoteWinner = z.infer<typeof PromoteWinner>;

/** What came of it, when the sweep completed. */
export const WinnerPromotion = z.object({
  /** As the promotion is now; `no_winner`: no run could be one; `failed`: it could not be judged. */
  state: z.enum([...PromotionState.options, "no_winner", "failed"]),
  /** The winner; null: there was none. */
  runId: Id.nullable(),
  /** The model's version that it is; null: it is none. */
  version: z.int().nullable(),
  /** With every figure; empty where no policy guards the alias. */
  gates: z.array(GateResult),
  /** Why it is not promoted, in words; else empty. */
  detail: z.string(),
  judgedAt: z.iso.datetime(),
});
export type WinnerPromotion = z.infer<typeof WinnerPromotion>;
