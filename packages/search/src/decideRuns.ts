import { type Params, resolvePlan, TrainPlan } from "@sweepyard/contract";
import { bestObservation } from "./best.js";
import { samplerOf, suggest } from "./suggest.js";
import type { SweepHistory } from "./sweepHistory.js";
import type { PlannedPoint, SweepDecision, SweepSituation } from "./sweepSituation.js";
import { terminationReason } from "./terminator.js";
import { hash3 } from "./uniform.js";

const GRID_DONE = "every cell of the grid has its run";

/** Runs of one sweep queued or running at a time, when its sampler learns nothing by waiting. */
const WAITING_MAX = 200;

/**
 * The next points of a sweep: as many as there is room for, each asked of the sampler with the
 * ones before it in the history, to which they are added. Pure but for that.
 */
export function decideRuns(situation: SweepSituation, history: SweepHistory): SweepDecision {
  const end = endReason(situation, history);
  if (end !== null) return { points: [], end: { reason: end, cancelQueued: true } };
  const points: PlannedPoint[] = [];
  let { nextNumber } = situation;
  let room = roomFor(situation, history);
  while (room > 0) {
    const spent = budgetReason(situation, history);
    if (spent !== null) return { points, end: { reason: spent, cancelQueued: false } };
    const suggestion = suggest(situation.sweep, history);
    if (suggestion === null) return { points, end: { reason: GRID_DONE, cancelQueued: false } };
    const plan = planOf(situation.sweep, suggestion.params, nextNumber);
    if (typeof plan === "string") return { points, end: { reason: plan, cancelQueued: false } };
    const epochsLeft =
      (situation.sweep.budget.epochs ?? Number.POSITIVE_INFINITY) - history.usage.epochs;
    if (plan.epochs > epochsLeft) {
      // Runs that are stopped early may still give some of theirs back.
      if (history.usage.unfinished > 0) return { points };
      const reason = `the budget has ${epochsLeft} epochs left, and a run takes ${plan.epochs}`;
      return { points, end: { reason, cancelQueued: false } };
    }
    const asked: PlannedPoint["asked"] = {
      kind: "ask",
      point: history.nextPoint,
      version: history.settings.version,
      params: suggestion.params,
      by: suggestion.by,
      reason: { ...suggestion.reason },
      runs: [{ number: nextNumber, epochs: plan.epochs }],
    };
    points.push({ asked, plans: [plan] });
    history.add({ seq: history.seq + 1, entry: asked });
    nextNumber += 1;
    room -= 1;
  }
  const spent = budgetReason(situation, history);
  return spent === null ? { points } : { points, end: { reason: spent, cancelQueued: false } };
}

/** Why no further run is worth while, whatever the budget; null: go on. */
function endReason({ sweep }: SweepSituation, history: SweepHistory): string | null {
  const { objective, target, terminator } = sweep;
  const best = target === null ? null : bestObservation(history.observations, objective);
  if (target !== null && best !== null && isAsGood(Number(best.value), target, objective.direction))
    return `the target is reached: ${objective.metric} ${best.value}, and ${target} was asked for`;
  return terminator && terminationReason(terminator, history.observations, objective);
}

const isAsGood = (value: number, target: number, direction: "minimize" | "maximize") =>
  direction === "minimize" ? value <= target : value >= target;

/** Which part of the budget is used up, in words; null: none is. */
function budgetReason(situation: SweepSituation, history: SweepHistory): string | null {
  const { sweep, elapsedSeconds, liveSlotMs } = situation;
  const { budget, plannedRuns } = sweep;
  const { runs, epochs, endedSlotMs } = history.usage;
  const slotSeconds = (endedSlotMs + liveSlotMs) / 1000;
  if (plannedRuns !== null && runs >= plannedRuns)
    return budget.runs === undefined ? GRID_DONE : `the budget of ${budget.runs} runs is used up`;
  if (budget.epochs !== undefined && epochs >= budget.epochs)
    return `the budget of ${budget.epochs} epochs is used up`;
  if (budget.seconds !== undefined && elapsedSeconds >= budget.seconds)
    return `the budget of ${budget.seconds} s is used up`;
  if (budget.slot_seconds !== undefined && slotSeconds >= budget.slot_seconds)
    return `the budget of ${budget.slot_seconds} slot-seconds is used up`;
  return null;
}

/**
 * Runs that may be added: up to the sweep's parallelism, else enough that no slot runs dry. A
 * sampler that learns is asked for just one more than train at a time: what waits was chosen
 * without what ends meanwhile.
 */
function roomFor({ sweep, slots }: SweepSituation, history: SweepHistory): number {
  const { learns } = samplerOf(sweep.objective, history);
  const enough = learns ? slots.total + 1 : WAITING_MAX;
  return Math.max(0, (sweep.parallelism ?? enough) - history.usage.live);
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
