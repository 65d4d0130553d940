import type {
  CreateSweep,
  FieldError,
  ForkSweep,
  Params,
  Space,
  SweepView,
} from "@sweepyard/contract";
import { violations } from "@sweepyard/search";

/** A sweep as it would be submitted today: what edits and forks start from. */
export function toSubmission(sweep: SweepView): Partial<Record<keyof CreateSweep, unknown>> {
  const { name, description, plan, space, sampler, pruner, objective, budget } = sweep;
  return {
    name,
    description,
    plan,
    space,
    sampler,
    pruner,
    trainer: sweep.trainer,
    ...(sweep.objectives.length > 1 ? { objectives: sweep.objectives } : { objective }),
    constraints: sweep.constraints,
    repeats: sweep.repeats,
    folds: sweep.folds ?? undefined,
    budget,
    target: sweep.target ?? undefined,
    terminator: sweep.terminator ?? undefined,
    parallelism: sweep.parallelism ?? undefined,
    priority: sweep.priority,
    weight: sweep.weight,
    seed: sweep.seed,
    tags: sweep.tags,
    warm_start: sweep.warmStart.length === 0 ? undefined : { sweeps: sweep.warmStart },
    points: [],
    promote: sweep.promote ?? undefined,
  };
}

/** What is submitted when `sweep` is forked with changes. */
export function forkOf(sweep: SweepView, { changes, keep_history }: ForkSweep) {
  const history = keep_history ? [sweep.id, ...sweep.warmStart].slice(0, 20) : [];
  const submission = {
    ...toSubmission(sweep),
    name: `${sweep.name} (fork)`.slice(0, 200),
    warm_start: history.length === 0 ? undefined : { sweeps: history },
    ...changes,
  };
  return Object.fromEntries(Object.entries(submission).filter(([, field]) => field !== undefined));
}

/** What is wrong with points that somebody wants tried; they need not be whole. */
export const pointErrors = (space: Space, points: readonly Params[]): FieldError[] =>
  points.flatMap((params, index) =>
    violations(space, params)
      .filter(({ rule }) => rule !== "required")
      .map((error) => ({ ...error, path: error.path.replace(/^params/, `points.${index}`) })),
  );

/** What is wrong with the values that a partial_fixed sampler keeps. */
export const fixedErrors = ({ sampler, space }: CreateSweep): FieldError[] =>
  sampler.name === "partial_fixed"
    ? violations(space, sampler.params)
        .filter(({ rule }) => rule !== "required" && rule !== "inactive")
        .map((error) => ({ ...error, path: `sampler.${error.path}` }))
    : [];

export const fitsSpace = (space: Space) => (params: Params) =>
  violations(space, params).length === 0;
