import type { FieldError } from "./appError.js";
import { planParams } from "./planTemplate.js";
import type { PbtSamplerConfig } from "./samplers.js";
import type { CreateSweep } from "./sweep.js";

/**
 * Places of a plan that may change from one epoch to the next: what a checkpoint holds has the same
 * names, shapes and scale before and after. An optimizer's momenta are kept in the scale of its
 * betas, and a smoothed or weighted loss measures something else.
 */
const CHANGEABLE = [
  /^optimizer\.learning_rate(\.(?!class_name$)\w+)*$/,
  /^optimizer\.(weight_decay|clipnorm|clipvalue|global_clipnorm)$/,
  /^batch_size$/,
  /^model\.(dropout|dense_dropout)$/,
  /^model\.layers\.(.+\.)?(rate|stddev)$/,
  /^model\.(.+\.)?(kernel|bias)_regularizer\.(l1|l2)$/,
  /^augmentation\..+$/,
];

/** What does not go with population based training, which copies checkpoints between runs. */
export function pbtErrors(sweep: CreateSweep): FieldError[] {
  const { sampler } = sweep;
  if (sampler.name === "partial_fixed" && sampler.sampler.name === "pbt")
    return [fieldError("sampler.sampler.name", "can't be pbt, which changes params as runs train")];
  if (sampler.name !== "pbt") return [];
  return [...situationErrors(sweep), ...mutationErrors(sweep, sampler)];
}

const fieldError = (path: string, message: string): FieldError => ({ path, rule: "pbt", message });

function situationErrors(sweep: CreateSweep): FieldError[] {
  const { budget, trainer, pruner, repeats, folds, objectives, plan } = sweep;
  const errors: FieldError[] = [];
  const refuse = (path: string, message: string) => errors.push(fieldError(path, message));
  if (budget.runs === undefined || budget.runs < 2)
    refuse("budget.runs", "is the size of the population: at least 2 with the pbt sampler");
  if (pruner.name !== "none")
    refuse("pruner.name", "must be none: the pbt sampler replaces the worst runs by the best");
  if (repeats > 1) refuse("repeats", "must be 1 with the pbt sampler");
  if (folds !== undefined) refuse("folds", "can't be set with the pbt sampler");
  if (objectives !== undefined && objectives.length > 1)
    refuse("objectives", "must be one with the pbt sampler: runs are ranked by it");
  if (trainer.kind === "external")
    refuse("sampler.name", "can't be pbt: external trainers keep their checkpoints to themselves");
  if (trainer.kind === "command" && !trainer.checkpoints)
    refuse(
      "trainer.checkpoints",
      "is needed by the pbt sampler: set it if the program goes on from what is in its checkpoint folder",
    );
  if (trainer.kind !== "engine") return errors;
  if (Array.isArray(plan.callbacks) && plan.callbacks.length > 0)
    refuse("plan.callbacks", "remember epochs of one run, and the pbt sampler copies between runs");
  return errors;
}

function mutationErrors(
  { space, plan, trainer }: CreateSweep,
  { hyperparam_mutations }: PbtSamplerConfig,
): FieldError[] {
  const named = hyperparam_mutations ?? Object.keys(space);
  const used = trainer.kind === "engine" ? planParams(plan) : [];
  return named.flatMap((name, index) => {
    const path =
      hyperparam_mutations === undefined
        ? `space.${name}`
        : `sampler.hyperparam_mutations.${index}`;
    if (!Object.hasOwn(space, name))
      return fieldError(path, `names no dimension of the space (${Object.keys(space).join(", ")})`);
    const fixed = used.find((use) => use.param === name && !isChangeable(use.path));
    if (fixed === undefined) return [];
    const message = `"${name}" sets plan.${fixed.path}, which must not change while a run trains: its checkpoint would no longer load, or its figures no longer compare. Name those that may in sampler.hyperparam_mutations, such as learning_rate, weight_decay, dropout or batch_size`;
    return { path, rule: "fixed_in_checkpoint", message };
  });
}

const isChangeable = (path: string): boolean => CHANGEABLE.some((pattern) => pattern.test(path));
