import type { FieldError } from "./appError.js";
import { EPOCH_METRICS, MODEL_METRICS, REPORT_METRICS } from "./metrics.js";
import { type CreateSweep, runsOfPoint } from "./sweep.js";

/** What compares runs by their epochs, and what would do without; undefined: nothing does. */
function earlyComparison({ pruner, sampler }: CreateSweep) {
  if (pruner.name !== "none")
    return { by: `the ${pruner.name} pruner`, without: 'pruner { "name": "none" }' };
  return sampler.name === "pbt" ? { by: "the pbt sampler", without: "another sampler" } : undefined;
}

/**
 * Objectives and constraints that nothing measures, or not in time, or that do not go together.
 * @param input the sweep as it was sent, which tells what was named from what was filled in.
 */
export function objectiveErrors(sweep: CreateSweep, input: Record<string, unknown>): FieldError[] {
  const { plan, trainer, objective, objectives, constraints, target, terminator } = sweep;
  const errors: FieldError[] = [];
  const fail = (path: string, rule: string, message: string) =>
    errors.push({ path, rule, message });
  if (objectives !== undefined && input.objective !== undefined)
    fail("objectives", "objective_twice", "stands in place of objective: give one of them");
  if (trainer.kind !== "engine" && objectives === undefined && input.objective === undefined)
    fail(
      "objective",
      "required",
      `is needed: only you know what the ${trainer.kind} trainer measures`,
    );
  const all = objectives ?? [objective];
  if (new Set(all.map(({ metric }) => metric)).size < all.length)
    fail("objectives", "duplicate_metric", "names the same metric twice");
  if (target !== undefined && all.length > 1)
    fail("target", "several_objectives", "is for a sweep with one objective");
  if (terminator !== undefined && all.length > 1)
    fail("terminator", "several_objectives", "is for a sweep with one objective");
  if (
    terminator?.name === "regret_bound" &&
    terminator.error.name === "cross_validation" &&
    runsOfPoint(sweep) === 1
  )
    fail(
      "terminator.error",
      "one_run_of_a_point",
      'compares the runs of a point: set folds or repeats, or take "median" or "static"',
    );
  if (trainer.kind !== "engine") return errors;
  const early = earlyComparison(sweep);
  if (early !== undefined && AT_THE_END.includes(objective.metric))
    fail(
      objectives === undefined ? "objective.metric" : "objectives.0.metric",
      "too_late",
      `${objective.metric} is measured once, at a run's end, and ${early.by} compares runs before: take a metric of every epoch, such as "val_accuracy", or ${early.without}`,
    );
  const named = [
    ...all.map(({ metric }, index) => ({
      path: objectives === undefined ? "objective.metric" : `objectives.${index}.metric`,
      metric,
    })),
    ...constraints.map(({ metric }, index) => ({ path: `constraints.${index}.metric`, metric })),
  ];
  for (const { path, metric } of named) {
    if (!ENGINE_METRICS.includes(metric))
      fail(path, "unknown_metric", `is none of ${ENGINE_METRICS.join(", ")}`);
    else if (plan.validation_split === 0 && metric.startsWith("val_"))
      fail(
        path,
        "no_validation",
        `nothing validates with validation_split 0: raise it, or take "${metric.replace("val_", "")}"`,
      );
  }
  return errors;
}

/** What a run measures once, after its last epoch. */
const AT_THE_END: readonly string[] = [...REPORT_METRICS, ...MODEL_METRICS];
/** What Sweepyard's own engines measure. */
const ENGINE_METRICS: readonly string[] = [...EPOCH_METRICS, ...AT_THE_END];
