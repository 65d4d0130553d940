import type { FieldError } from "./appError.js";
import type { CreateSweep } from "./sweep.js";

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
