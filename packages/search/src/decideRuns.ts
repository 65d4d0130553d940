import {
  type Params,
  type PrunerConfig,
  pausesAtRungs,
  resolvePlan,
  rungEpoch,
  TrainPlan,
} from "@sweepyard/contract";
import { bestObservation } from "./best.js";
import { EpochBook } from "./epochBook.js";
import { isFeasible } from "./feasibility.js";
import { judgeRegret, regretReason } from "./regretTerminator.js";
import { stagnationReason } from "./stagnation.js";
import { samplerOf, suggest } from "./suggest.js";
import type { SweepHistory } from "./sweepHistory.js";
import type { PlannedPoint, PlannedRun, SweepDecision, SweepSituation } from "./sweepSituation.js";
import { hash3 } from "./uniform.js";

const GRID_DONE = "every cell of the grid has its run";

/** Runs of one sweep queued or running at a time, when its sampler learns nothing by waiting. */
const WAITING_MAX = 200;

/**
 * The next points of a sweep: as many as there is room for, each asked of the sampler with the
 * ones before it in the history, to which they are added. Pure but for that.
 */
export function decideRuns(situation: SweepSituation, history: SweepHistory): SweepDecision {
  const judged = judgeAnew(situation, history);
  if (judged !== null) history.add({ seq: history.seq + 1, entry: judged });
  const end = endReason(situation, history);
  const decision =
    end === null
      ? nextPoints(situation, history)
      : { points: [], end: { reason: end, cancelQueued: true } };
  return judged === null ? decision : { ...decision, judged };
}

function nextPoints(situation: SweepSituation, history: SweepHistory): SweepDecision {
  const points: PlannedPoint[] = [];
  const book = bookOf(situation, history);
  let { nextNumber } = situation;
  let room = roomFor(situation, history);
  while (room > 0) {
    const spent = budgetReason(situation, history, book);
    if (spent !== null) return { points, end: { reason: spent, cancelQueued: false } };
    const suggestion = suggest(situation.sweep, history);
    if (suggestion === null) return { points, end: { reason: GRID_DONE, cancelQueued: false } };
    const runs = runsOf(situation.sweep, suggestion.params, nextNumber);
    if (typeof runs === "string") return { points, end: { reason: runs, cancelQueued: false } };
    const epochs = epochsOf(situation.sweep, runs);
    const short = shortReason(situation, history, book, runs.length, epochs / runs.length);
    if (short !== null) {
      // Runs that are stopped early may still give some of their epochs back.
      if (history.usage.unfinished > 0) return { points };
      return { points, end: { reason: short, cancelQueued: false } };
    }
    const asked: PlannedPoint["asked"] = {
      kind: "ask",
      point: history.nextPoint,
      version: history.settings.version,
      params: suggestion.params,
      by: suggestion.by,
      reason: { ...suggestion.reason },
      runs: runs.map((_, index) => ({ number: nextNumber + index, epochs: epochs / runs.length })),
    };
    points.push({ asked, runs });
    history.add({ seq: history.seq + 1, entry: asked });
    nextNumber += runs.length;
    room -= runs.length;
  }
  const spent = budgetReason(situation, history, book);
  return spent === null ? { points } : { points, end: { reason: spent, cancelQueued: false } };
}

/** Why no further run is worth while, whatever the budget; null: go on. */
function endReason({ sweep }: SweepSituation, history: SweepHistory): string | null {
  const { objective, target, terminator } = sweep;
  if (target === null && terminator === null) return null;
  const feasible = history.observations.filter(isFeasible);
  const best = bestObservation(feasible, objective);
  if (target !== null && best !== null && isAsGood(Number(best.value), target, objective.direction))
    return `the target is reached: ${objective.metric} ${best.value}, and ${target} was asked for`;
  if (terminator === null) return null;
  if (terminator.name === "stagnation") return stagnationReason(terminator, feasible, objective);
  const { judgement } = history;
  return judgement?.version === history.settings.version ? regretReason(judgement) : null;
}

/** What the regret terminator finds, if that is other than what the log has of it; else null. */
function judgeAnew(
  { sweep }: SweepSituation,
  history: SweepHistory,
): NonNullable<SweepDecision["judged"]> | null {
  const { terminator, objective, folds, seed } = sweep;
  if (terminator?.name !== "regret_bound") return null;
  const { space, version } = history.settings;
  // An edit may have changed the terminator, and what of the history lies in the space.
  const known = history.judgement?.version === version ? history.judgement : undefined;
  const situation = { space, direction: objective.direction, folds, seed, known };
  const figures = judgeRegret(terminator, history.observations.filter(isFeasible), situation);
  return figures === null || figures === known ? null : { kind: "terminator", version, ...figures };
}

/** What a budget in epochs has to promise; null: there is none. */
function bookOf(
  { sweep: { budget }, epochLedger }: SweepSituation,
  { usage }: SweepHistory,
): EpochBook | null {
  if (budget.epochs === undefined) return null;
  return new EpochBook(epochLedger ?? { left: budget.epochs - usage.epochs, toEnd: 0 });
}

/**
 * Why what is left of the budget is too little for one more point; null: it is enough, and the
 * point has its epochs promised. Where runs pause at rungs that is the way to the first of them.
 */
function shortReason(
  { sweep, epochLedger }: SweepSituation,
  { usage, settings }: SweepHistory,
  book: EpochBook | null,
  runs: number,
  steps: number,
): string | null {
  const runsLeft = (sweep.plannedRuns ?? Number.POSITIVE_INFINITY) - usage.runs;
  if (runs > runsLeft) return `the budget has ${runsLeft} runs left, and a point takes ${runs}`;
  const to = epochLedger === null ? steps : Math.min(steps, firstRung(settings.pruner) ?? steps);
  if (book === null || book.promise({ from: 0, to, steps }, runs)) return null;
  const needs = runs * (epochLedger?.toEnd === null ? steps : to); // the first must reach its end
  const takes = `a ${runs > 1 ? "point" : "run"} takes ${needs}`;
  return book.keptBack > 0
    ? `the budget has ${book.left} epochs left, of which the run nearest to its end needs ${book.keptBack}, and ${takes}`
    : `the budget has ${book.left} epochs left, and ${takes}`;
}

/** Epochs after which a run may pause for the first time; null: it never does. */
const firstRung = (pruner: PrunerConfig): number | null =>
  pausesAtRungs(pruner) ? rungEpoch(0, pruner) : null;

const isAsGood = (value: number, target: number, direction: "minimize" | "maximize") =>
  direction === "minimize" ? value <= target : value >= target;

/** Which part of the budget is used up, in words; null: none is. */
function budgetReason(
  { sweep, elapsedSeconds, liveSlotMs }: SweepSituation,
  history: SweepHistory,
  book: EpochBook | null,
): string | null {
  const { budget, plannedRuns } = sweep;
  const { runs, endedSlotMs } = history.usage;
  const slotSeconds = (endedSlotMs + liveSlotMs) / 1000;
  if (plannedRuns !== null && runs >= plannedRuns)
    return budget.runs === undefined ? GRID_DONE : `the budget of ${budget.runs} runs is used up`;
  if (book !== null && book.left <= 0) return `the budget of ${budget.epochs} epochs is used up`;
  if (budget.seconds !== undefined && elapsedSeconds >= budget.seconds)
    return `the budget of ${budget.seconds} s is used up`;
  if (budget.slot_seconds !== undefined && slotSeconds >= budget.slot_seconds)
    return `the budget of ${budget.slot_seconds} slot-seconds is used up`;
  return null;
}

/**
 * Runs that may be added: up to the sweep's parallelism, else enough that no slot runs dry. A
 * sampler that learns is asked for just one more than train at a time: what waits was chosen
 * without what ends meanwhile. So is one whose runs pause at rungs within a budget in epochs: runs
 * that wait to begin would hold epochs that winners need. Nobody waits for an external trainer: it
 * is given what it asks for.
 */
function roomFor(
  { sweep, slots, wanted, epochLedger }: SweepSituation,
  history: SweepHistory,
): number {
  const { live } = history.usage;
  const limit = sweep.parallelism ?? Number.POSITIVE_INFINITY;
  if (sweep.trainer.kind === "external") return Math.min(wanted ?? 0, Math.max(0, limit - live));
  const isFrugal = samplerOf(sweep, history).learns || epochLedger !== null;
  const enough = isFrugal ? slots.total + 1 : WAITING_MAX;
  return Math.max(0, (sweep.parallelism ?? enough) - live);
}

/** The runs of one point, numbered from `firstNumber`, or in words why these params make none. */
function runsOf(
  sweep: SweepSituation["sweep"],
  params: Params,
  firstNumber: number,
): PlannedRun[] | string {
  const { repeats, folds } = sweep;
  const runs: PlannedRun[] = [];
  for (let index = 0; index < repeats * (folds ?? 1); index++) {
    const fold = folds === null ? null : index % folds;
    const repeat = Math.floor(index / (folds ?? 1));
    const seed = runSeed(sweep.seed, firstNumber + index);
    const plan =
      sweep.trainer.kind === "engine" ? planOf(sweep, params, { seed, repeat, fold }) : null;
    if (typeof plan === "string") return plan;
    runs.push({ plan, seed: plan?.seed ?? seed, repeat: repeats > 1 ? repeat + 1 : null, fold });
  }
  return runs;
}

/** Epochs of all runs of a point. A trainer that doesn't say how many counts one for each run. */
function epochsOf({ trainer }: SweepSituation["sweep"], runs: readonly PlannedRun[]): number {
  const steps = trainer.kind === "engine" ? 1 : (trainer.steps ?? 1);
  return runs.reduce((sum, { plan }) => sum + (plan?.epochs ?? steps), 0);
}

interface RunPlace {
  readonly seed: number;
  /** From 0. */
  readonly repeat: number;
  readonly fold: number | null;
}

/** The plan of one run, or in words why these params make none. */
export function planOf(
  { plan: template, folds }: Pick<SweepSituation["sweep"], "plan" | "folds">,
  params: Params,
  { seed, repeat, fold }: RunPlace,
): TrainPlan | string {
  const resolved = resolvePlan(template, params) as Record<string, unknown>;
  // A seed in the plan is the person's own wish: all points start from the same weights, and only
  // the repetitions of one differ.
  const own = typeof resolved.seed === "number" ? (resolved.seed + repeat) % 2 ** 32 : seed;
  const split = fold === null ? {} : { split: { method: "k_fold", folds, fold } };
  const plan = TrainPlan.safeParse({ ...resolved, ...split, seed: own });
  if (plan.success) return plan.data;
  const [issue] = plan.error.issues;
  const where = issue === undefined ? "" : ` (plan.${issue.path.join(".")}: ${issue.message})`;
  return `the plan does not work with ${JSON.stringify(params)}${where}`;
}

const RUN_SEED_STREAM = 0x5eed;

/** Each run of a sweep has its own seed, the same whenever the sweep is replayed. */
export const runSeed = (sweepSeed: number, number: number): number =>
  hash3(sweepSeed, number, RUN_SEED_STREAM);
