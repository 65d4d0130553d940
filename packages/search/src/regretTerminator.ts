import type {
  Direction,
  ErrorEvaluatorConfig,
  RegretTerminatorConfig,
  Space,
  TerminatorFigures,
} from "@sweepyard/contract";
import { bestObservation } from "./best.js";
import type { Observation } from "./observation.js";
import { type RegretTask, regretBound } from "./regretBound.js";

export interface RegretSituation {
  readonly space: Space;
  readonly direction: Direction;
  /** Of each point; null: its runs differ by their seeds alone. */
  readonly folds: number | null;
  readonly seed: number;
  /** What was found before with the same settings; absent: nothing. */
  readonly known?: TerminatorFigures | undefined;
}

/**
 * What more runs may gain at most, beside how far the best value may be off by chance. Once the
 * first is the smaller one, more runs are not worth while. Null while fewer than `min_runs` have
 * completed, or where nothing can be compared. Runs that are excluded or have no finite value count
 * as nothing.
 * @see Makarova et al., "Automatic termination for hyperparameter optimization", AutoML 2022;
 *   Ishibashi et al., "A stopping criterion for Bayesian optimization by the gap of expected
 *   minimum simple regrets", AISTATS 2023, of `median`; Optuna 5.0's Terminator
 */
export function judgeRegret(
  config: RegretTerminatorConfig,
  history: readonly Observation[],
  { space, direction, folds, seed, known }: RegretSituation,
): TerminatorFigures | null {
  const runs = history
    .filter(({ state, value, excluded }) => state === "completed" && !excluded && isUsable(value))
    .sort((a, b) => a.number - b.number);
  if (runs.length < config.min_runs) return null;
  if (known?.runs === runs.length) return known;
  const task = {
    space,
    direction,
    seed,
    topRatio: config.top_trials_ratio,
    topMin: config.min_runs,
  };
  const bound = regretBound(runs, task);
  if (bound === null) return null;
  const best = bestObservation(runs, { direction });
  const error = errorOf(config.error, { runs, best, folds, task, known });
  return { runs: runs.length, regretBound: bound, error };
}

/** Why the sweep ends, in words; null: it goes on. */
export function regretReason({ runs, regretBound, error }: TerminatorFigures): string | null {
  if (error === null || regretBound >= error) return null;
  const [gain, chance] = [regretBound, error].map((each) => String(Number(each.toPrecision(3))));
  return `after ${runs} completed runs more may gain ${gain} at most, which is less than the error of ${chance}`;
}

interface ErrorTask {
  readonly runs: readonly Observation[];
  readonly best: Observation | null;
  readonly folds: number | null;
  readonly task: RegretTask;
  readonly known: TerminatorFigures | undefined;
}

function errorOf(
  config: ErrorEvaluatorConfig,
  { runs, best, folds, task, known }: ErrorTask,
): number | null {
  switch (config.name) {
    case "static":
      return config.constant;
    case "cross_validation":
      return best && validationError(best.runValues ?? [], folds);
    case "median": {
      // Later runs change nothing about the first ones.
      if (known !== undefined && known.error !== null) return known.error;
      const { warm_up_trials: from, n_initial_trials: count, threshold_ratio: share } = config;
      if (runs.length < from + count) return null;
      const bounds = Array.from({ length: count }, (_, index) =>
        Number(regretBound(runs.slice(from, from + index + 1), task)),
      ).sort((a, b) => a - b);
      return share * (bounds[count >> 1] ?? 0);
    }
  }
}

/**
 * The deviation of a mean over k folds that chance alone would make, each fold's value being the
 * mean of its repeats; without folds, over k repeats. Null of fewer than two.
 * @param values of a point's runs: all folds of the first repeat, then of the next
 */
export function validationError(
  values: readonly (number | null)[],
  folds: number | null,
): number | null {
  const groups = new Map<number, number[]>();
  for (const [index, value] of values.entries()) {
    if (!isUsable(value)) continue;
    const group = folds === null ? index : index % folds;
    groups.set(group, [...(groups.get(group) ?? []), value]);
  }
  const scores = [...groups.values()].map(mean);
  const k = scores.length;
  if (k < 2) return null;
  const center = mean(scores);
  const variance = mean(scores.map((score) => (score - center) ** 2));
  return Math.sqrt(variance * (1 / k + 1 / (k - 1)));
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

const isUsable = (value: number | null): value is number =>
  value !== null && Number.isFinite(value);
