import { type EpochLedger, rungEpoch } from "@sweepyard/contract";
import { decisionsOf } from "./decisions.js";
import { EpochBook } from "./epochBook.js";
import type { PruneDecision, Pruner, RunCurve } from "./pruner.js";
import { figure, firstReports, isBetter, lastStep } from "./reports.js";
import type { Goal } from "./sampler.js";
import { createSuccessiveHalvingPruner, valuesAt } from "./successiveHalving.js";

export { rungEpoch };

export interface AshaOptions {
  /** Epochs after which rung 0 is reached, before the early-stopping rate. */
  readonly min_resource: number;
  /** The best 1/reduction_factor of a rung go on; a rung takes so many times the last one's epochs. */
  readonly reduction_factor: number;
  /** Rungs that are left out at the start. */
  readonly min_early_stopping_rate: number;
}

/**
 * ASHA that pauses: a run that reaches a rung goes on at once if it is among the best
 * floor(n / reduction_factor) of the n values recorded there, and pauses otherwise, until
 * `promotions` finds that it has won. Runs in every state have their place, excluded ones apart.
 * A run that reports NaN at a rung is stopped for good, and so is an infinitely bad one. Rungs
 * count finished epochs, so step s is epoch s + 1. With `settings.ledger` a run that has won waits
 * all the same if the budget has too few epochs for it to reach the next rung.
 * @see Li et al., A System for Massively Parallel Hyperparameter Tuning (MLSys 2020), algorithm 2
 */
export function createPromotionPruner(options: AshaOptions): Pruner {
  const { keep, stop } = decisionsOf("asha");
  return {
    needs: "rungs",
    shouldPrune(curve, others, { direction, ledger }) {
      const own = firstReports(curve);
      const step = lastStep(own);
      if (step === null) return keep("no_report", "it has reported nothing");
      const value = own.get(step) ?? Number.NaN;
      const epoch = step + 1;
      const rungs = [...(curve.rungs ?? [])];
      const rivals = others.filter(
        (other) => other.number !== curve.number && other.excluded !== true,
      );
      let decision: PruneDecision = keep(
        "between_rungs",
        `rung ${rungs.length} is at epoch ${rungEpoch(rungs.length, options)}`,
        { rung: rungs.length, epoch },
      );
      let wins = "";
      while (epoch >= rungEpoch(rungs.length, options)) {
        const rung = rungs.length;
        if (!Number.isFinite(value)) {
          const why = `its value at rung ${rung} (epoch ${epoch}) is ${value}`;
          return { ...stop("not_finite", why, { rung, epoch }), rungs };
        }
        rungs.push(value);
        const recorded = valuesAt(rung, rivals);
        const runs = recorded.length + 1;
        const place = 1 + recorded.filter((other) => !isBetter(value, other, direction)).length;
        const winners = Math.floor(runs / options.reduction_factor);
        const details = { rung, epoch, value, place, runs, winners };
        const standing = `${ordinal(place)} of ${runs} with ${figure(value)}`;
        if (place > winners) {
          const lost = keep(
            "paused_at_rung",
            `${standing}, and the best ${winners} go on`,
            details,
          );
          return { ...lost, rungs, pause: { rung } };
        }
        wins = standing;
        decision = keep("won_rung", `${standing} at rung ${rung} (epoch ${epoch})`, details);
      }
      const leg = legFrom(epoch, rungs.length, curve.steps, options);
      if (wins === "" || ledger === undefined || new EpochBook(ledger).promise(leg))
        return { ...decision, rungs };
      const rung = rungs.length - 1;
      const why = `${wins}, but the budget has no epochs to let it on to epoch ${leg.to}`;
      return { ...keep("waits_for_epochs", why, { rung, epoch }), rungs, pause: { rung } };
    },
  };
}

/** ASHA that only stops runs: successive halving whose rungs count finished epochs. */
export const createStoppingAshaPruner = (options: AshaOptions): Pruner =>
  createSuccessiveHalvingPruner(
    { ...options, bootstrap_count: 0 },
    { name: "asha", unit: "epoch" },
  );

/** The epochs from `from` to rung `next`, or to the run's end where that comes first. */
function legFrom(from: number, next: number, steps: number | undefined, options: AshaOptions) {
  const to = rungEpoch(next, options);
  return { from, to: Math.min(to, steps ?? to), steps: steps ?? to };
}

/** What `promotions` reads of a run. */
export interface RungRun extends Pick<RunCurve, "number" | "excluded" | "rungs" | "steps"> {
  /** Of a run that waits at a rung; null or absent: it trains, has ended, or a person paused it. */
  readonly pausedAtRung?: number | null;
}

export interface PromotionOptions {
  readonly lastChance?: boolean;
  readonly ledger?: EpochLedger | undefined;
}

/** A paused run that goes on. */
export interface Promotion {
  readonly number: number;
  /** The rung that it has won. */
  readonly rung: number;
  /** Finished epochs after which it is judged again. */
  readonly untilEpoch: number;
  readonly why: string;
}

/**
 * The paused runs that have won their rung, those at the highest rung first, the best of a rung
 * first. While the sweep goes on, the best floor(n / reduction_factor) of the n runs of a rung
 * win.
 * @param options.lastChance nothing trains and no run will be added, so that nothing would change
 *   any more: then the best run of a rung wins even if the rung has too few runs for a winner.
 *   Without this a small sweep would end with no completed run at all.
 * @param options.ledger of a budget in epochs: winners that it has no epochs for wait on. A run
 *   counts as trained up to its rung, though a late report may have come after it.
 */
export function promotions(
  runs: readonly RungRun[],
  options: AshaOptions,
  { direction }: Goal,
  { lastChance = false, ledger }: PromotionOptions = {},
): Promotion[] {
  const book = ledger && new EpochBook(ledger);
  const competing = runs.filter(({ excluded }) => excluded !== true);
  const highest = competing.reduce((most, { rungs }) => Math.max(most, rungs?.length ?? 0), 0);
  const sign = direction === "minimize" ? 1 : -1;
  const promoted: Promotion[] = [];
  for (let rung = highest - 1; rung >= 0; rung--) {
    const ranked = competing
      .flatMap((run) => {
        const value = run.rungs?.[rung];
        return value === undefined ? [] : [{ run, value }];
      })
      // Of equal values the lower number goes first, whatever the order of `runs`.
      .sort((a, b) => sign * (a.value - b.value) || a.run.number - b.run.number);
    const winners = Math.max(
      lastChance && promoted.length === 0 ? 1 : 0,
      Math.floor(ranked.length / options.reduction_factor),
    );
    ranked.slice(0, winners).forEach(({ run, value }, index) => {
      if (run.pausedAtRung !== rung) return;
      const leg = legFrom(rungEpoch(rung, options), rung + 1, run.steps, options);
      if (book?.promise(leg) === false) return;
      const untilEpoch = leg.to;
      const why = `${ordinal(index + 1)} of ${ranked.length} at rung ${rung} with ${figure(value)}: goes on to epoch ${untilEpoch}`;
      promoted.push({ number: run.number, rung, untilEpoch, why });
    });
  }
  return promoted;
}

const ORDINALS = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Readonly<Record<string, string>> = { one: "st", two: "nd", few: "rd" };

/** 1st, 2nd, 3rd, 4th, 11th, … */
const ordinal = (place: number): string => `${place}${SUFFIXES[ORDINALS.select(place)] ?? "th"}`;
