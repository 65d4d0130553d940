import type { FieldError } from "./appError.js";
import { commandErrors } from "./commandTrainer.js";
import type { CreateSweep } from "./sweep.js";

/** What does not go with a trainer that follows no plan. */
export function trainerErrors({
  plan,
  trainer,
  budget,
  pruner,
  space,
  folds,
}: CreateSweep): FieldError[] {
  if (trainer.kind === "engine") return [];
  const errors: FieldError[] = [];
  if (Object.keys(plan).length > 0)
    errors.push({
      path: "plan",
      rule: "no_plan",
      message: `is for Sweepyard's own engines; the ${trainer.kind} trainer follows none: leave it out`,
    });
  if (budget.epochs !== undefined && trainer.steps === undefined)
    errors.push({
      path: "trainer.steps",
      rule: "required",
      message: "is needed with budget.epochs: how many steps a run reports at most",
    });
  if (trainer.kind === "command") errors.push(...commandErrors(trainer, { space, folds }));
  const pauses = pruner.name === "asha" && pruner.mode === "pause_and_promote";
  if (pauses && trainer.kind === "external")
    errors.push({
      path: "pruner.mode",
      rule: "no_checkpoint",
      message: `needs checkpoints to go on from, which the external trainer keeps to itself: take "stop"`,
    });
  if (pauses && trainer.kind === "command" && !trainer.checkpoints)
    errors.push({
      path: "trainer.checkpoints",
      rule: "no_checkpoint",
      message: `is needed by a pruner that pauses: set it if the program goes on from what is in its checkpoint folder, or take pruner.mode "stop"`,
    });
  return errors;
}
