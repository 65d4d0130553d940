import { type Params, type RunState, resolvePlan, TrainPlan } from "@sweepyard/contract";
import { createSampler } from "./createSampler.js";
import type { Observation } from "./observation.js";
import type { PlannedRun, SweepDecision, SweepSituation } from "./sweepSituation.js";
import { hash3 } from "./uniform.js";

const GRID_DONE = "every cell of the grid has its run";
const BUDGET_DONE = "the budget of runs is used up";

/** Runs of one sweep queued or running at a time, when its sampler learns nothing by waiting. */
const WAITING_MAX = 200;

/**
 * The next runs of a sweep: as many as there is room for, each asked of the sampler with the ones
 * before it in the history. Pure, so a sweep can be replayed from its rows.
 */
export function decideRuns(input: SweepSituation): SweepDecision {
  const { sweep, remaining } = input;
  const sampler = createSampler(sweep.sampler, sweep.objective);
  const history: Observation[] = [...input.history];
  const runs: PlannedRun[] = [];
  const room = Math.min(roomFor(input, sampler.learns), remaining ?? Number.POSITIVE_INFINITY);
  while (runs.length < room) {
    const suggestion = sampler.ask(sweep.space, history, sweep.seed);
    if (suggestion === null) return { runs, end: { reason: GRID_DONE } };
    const number = input.nextNumber + runs.length;
    const plan = planOf(sweep, suggestion.params, number);
    if (typeof plan === "string") return { runs, end: { reason: plan } };
    runs.push({ params: suggestion.params, reason: suggestion.reason, plan });
    history.push(waiting(number, suggestion.params));
  }
  if (remaining !== null && runs.length >= remaining)
    return { runs, end: { reason: sweep.budget.runs === undefined ? GRID_DONE : BUDGET_DONE } };
  return { runs };
}

/**
 * Runs that may be added: up to the sweep's parallelism, else enough that no slot runs dry. A
 * sampler that learns is asked for just one more than train at a time: what waits was chosen
 * without what ends meanwhile.
 */
function roomFor({ sweep, active, slots }: SweepSituation, learns: boolean): number {
  const enough = learns ? slots.total + 1 : WAITING_MAX;
  return Math.max(0, (sweep.parallelism ?? enough) - active);
}

/** The plan of one run, or in words why these params make none. */
function planOf(
  sweep: SweepSituation["sweep"],
  params: Params,
  number: number,
): TrainPlan | string {
  const resolved = resolvePlan(sweep.plan, params) as Record<string, unknown>;
  // A seed in the plan is the person's own wish: all runs start from the same weights.
  const seed = resolved.seed ?? runSeed(sweep.seed, number);
  const plan = TrainPlan.safeParse({ ...resolved, seed });
  if (plan.success) return plan.data;
  const [issue] = plan.error.issues;
  const where = issue === undefined ? "" : ` (plan.${issue.path.join(".")}: ${issue.message})`;
  return `the plan does not work with ${JSON.stringify(params)}${where}`;
}

const RUN_SEED_STREAM = 0x5eed;

/** Each run of a sweep has its own seed, the same whenever the sweep is replayed. */
export const runSeed = (sweepSeed: number, number: number): number =>
  hash3(sweepSeed, number, RUN_SEED_STREAM);

const waiting = (number: number, params: Params): Observation => ({
  number,
  params,
  state: "queued" satisfies RunState,
  value: null,
});
