import { z } from "zod";
import type { FieldError } from "./appError.js";
import { Id } from "./ids.js";
import { AliasName, ModelName } from "./modelNames.js";
import { GateResult, PromotionState } from "./registry.js";
import { strictObject } from "./strictObject.js";
import type { CreateSweep } from "./sweep.js";
import type { SweepView } from "./views.js";

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

/** Sweeps of which no one run can be promoted. */
export function promoteErrors(sweep: CreateSweep): FieldError[] {
  const { promote, trainer, objectives = [], folds } = sweep;
  if (promote === undefined) return [];
  const refuse = (message: string): FieldError => ({ path: "promote", rule: "no_winner", message });
  return [
    ...(trainer.kind === "engine"
      ? []
      : [
          refuse(
            `needs runs of Sweepyard's engines: those of ${trainer.kind} trainers have no model`,
          ),
        ]),
    ...(objectives.length > 1
      ? [refuse("is for a sweep with one objective: several have a front, and no winner")]
      : []),
    ...(folds === undefined
      ? []
      : [refuse("can't be set with folds: each run has left out a part of the training rows")]),
  ];
}

/**
 * How it stands with a sweep's wish to promote its winner, without a full stop, such as
 * `version 3 of "shirts" became champion`; null: it has none.
 */
export function winnerPromotionText(
  sweep: Pick<SweepView, "state" | "promote" | "promotion">,
): string | null {
  const { promote, promotion } = sweep;
  if (promote === null) return null;
  const { model, alias } = promote;
  if (promotion === null)
    return sweep.state === "cancelled"
      ? `nothing becomes ${alias} of "${model}": the sweep was cancelled`
      : `the winner becomes ${alias} of "${model}" once the sweep has completed, if the gates let it`;
  const { state, version, detail } = promotion;
  const which = `version ${version} of "${model}"`;
  switch (state) {
    case "promoted":
      return `${which} became ${alias}`;
    case "waiting":
      return `${which} waits for approval to become ${alias}`;
    case "rejected":
      return `${which} was not approved to become ${alias}`;
    case "refused":
      return `${which} did not become ${alias}: ${detail}`;
    case "no_winner":
      return `nothing became ${alias} of "${model}": ${detail}`;
    case "failed":
      return `whether the winner may become ${alias} of "${model}" could not be judged: ${detail}`;
  }
}
