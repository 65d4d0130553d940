import type { PruneDecision } from "./pruner.js";
import { isFirstInInterval, lastStep, type Reports } from "./reports.js";

type Details = Readonly<Record<string, string | number | boolean | null>>;

/** Decisions in the name of one pruner. Details that are no finite number become null: JSON. */
export function decisionsOf(pruner: string) {
  const decide =
    (prune: boolean) =>
    (rule: string, why: string, details: Details = {}): PruneDecision => {
      const entries = Object.entries(details).map(([name, detail]) => [name, inJson(detail)]);
      return { prune, reason: { ...Object.fromEntries(entries), pruner, rule, why } };
    };
  return { keep: decide(false), stop: decide(true) };
}

/** JSON has neither NaN nor the infinities, and no -0. */
function inJson(detail: Details[string]): Details[string] {
  if (typeof detail !== "number") return detail;
  return Number.isFinite(detail) ? detail + 0 : null; // -0 + 0 is 0
}

/** When pruners look at a run; Optuna's names. */
export interface Schedule {
  /** Steps below this one are not judged. */
  readonly n_warmup_steps: number;
  /** From the warm-up on, only the first report at or after every so many steps is judged. */
  readonly interval_steps: number;
}

/** The step to judge now, or the decision to let the run go on since none is due. */
export function dueStep(
  own: Reports,
  schedule: Schedule,
  { keep }: ReturnType<typeof decisionsOf>,
): number | PruneDecision {
  const step = lastStep(own);
  if (step === null) return keep("no_report", "it has reported nothing");
  if (step < schedule.n_warmup_steps)
    return keep("warmup", `nothing is judged before step ${schedule.n_warmup_steps}`, { step });
  if (!isFirstInInterval(step, own, schedule))
    return keep("interval", "it has been judged in this interval already", { step });
  return step;
}
