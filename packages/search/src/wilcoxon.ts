import { bestObservation } from "./best.js";
import { decisionsOf } from "./decisions.js";
import type { Pruner } from "./pruner.js";
import { figure, firstReports, isBetter } from "./reports.js";
import { signedRankPValue } from "./signedRank.js";

/** Optuna's names and meanings. */
export interface WilcoxonOptions {
  /** Prune below this p-value; a larger one prunes sooner. */
  readonly p_threshold: number;
  /** Steps that the run and the best one must have in common; at least 2 in any case. */
  readonly n_startup_steps: number;
}

/**
 * Stops a run that Wilcoxon's signed-rank test finds worse than the best completed run, over the
 * steps that both have reported; made for steps that are instances of a problem, in any order.
 * A run whose mean is no worse than the best run's goes on in any case. NaN or an infinity in
 * either curve: it goes on. The same decisions as Optuna 5.0's WilcoxonPruner.
 * @see https://optuna.readthedocs.io/en/stable/reference/generated/optuna.pruners.WilcoxonPruner.html
 */
export function createWilcoxonPruner(options: WilcoxonOptions): Pruner {
  const { keep, stop } = decisionsOf("wilcoxon");
  return {
    needs: "best_completed",
    shouldPrune(curve, others, { direction }) {
      const own = firstReports(curve);
      if (own.size === 0) return keep("no_report", "it has reported nothing");
      const rivals = others.filter(({ number }) => number !== curve.number);
      const best = bestObservation(rivals, { direction });
      if (best === null) return keep("startup", "no run has completed");
      const bar = firstReports(best);
      if (bar.size === 0)
        return keep("best_without_reports", `run ${best.number}, the best, has reported nothing`);
      if (![...own.values(), ...bar.values()].every(Number.isFinite))
        return keep("not_finite", "NaN or infinite values cannot be ranked");

      const sign = direction === "minimize" ? 1 : -1;
      const losses = [...own.keys()]
        .sort((a, b) => a - b)
        .flatMap((step) => {
          const [value, rival] = [own.get(step), bar.get(step)];
          return value === undefined || rival === undefined ? [] : sign * (value - rival);
        });
      const details = { best_run: best.number, compared: losses.length };
      if (losses.length < Math.max(2, options.n_startup_steps))
        return keep(
          "too_few",
          `it has ${losses.length} steps in common with run ${best.number}, the best`,
          details,
        );
      const p = signedRankPValue(losses);
      const found = `p = ${figure(p)} over ${losses.length} steps against run ${best.number}, the best`;
      if (!(p < options.p_threshold)) return keep("not_significant", found, { ...details, p });
      const mean = meanOf(own.values());
      const bestMean = meanOf(bar.values());
      const all = { ...details, p, mean, best_mean: bestMean };
      return isBetter(bestMean, mean, direction)
        ? stop("significantly_worse", `it is worse: ${found}`, all)
        : keep("mean_as_good", `${found}, but its mean ${figure(mean)} is no worse`, all);
    },
  };
}

function meanOf(values: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    sum += value;
    count++;
  }
  return sum / count;
}
