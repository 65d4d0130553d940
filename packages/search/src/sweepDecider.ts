import {
  type Id,
  type PbtSamplerConfig,
  type PopulationMove,
  type PrunerConfig,
  pausesAtRungs,
  type Space,
  type SweepLogRow,
  type TrainPlan,
} from "@sweepyard/contract";
import { type Promotion, type PromotionOptions, promotions, type RungRun } from "./asha.js";
import { decideRuns, planOf } from "./decideRuns.js";
import { evolvePopulation, type Member } from "./evolvePopulation.js";
import type { Goal } from "./sampler.js";
import { SweepHistory } from "./sweepHistory.js";
import type { SweepDecision, SweepSituation } from "./sweepSituation.js";

/** Where a reader stands in a sweep's log. `tx` tells whether entry `seq` is still the one read. */
export interface LogPosition {
  readonly seq: number;
  readonly tx: string;
}

export interface DecideInput extends SweepSituation {
  readonly sweep: SweepSituation["sweep"] & { readonly id: Id };
  /** What the log holds after the position that `known` told, or from its start. */
  readonly log: readonly SweepLogRow[];
  /** True if `log` is the whole of it: what was known is not to be trusted. */
  readonly fromStart: boolean;
  /** Of the transaction that asks, which writes the decision to the log. */
  readonly tx: string;
}

/** Sweeps whose history is kept in memory, so that an ask reads only what is new. */
const SWEEPS_KEPT = 64;

/**
 * Decides on sweeps' next runs, remembering their histories between decisions: to add up the
 * whole log each time would make a sweep of n runs cost n². Whoever asks holds the sweep's row.
 */
export class SweepDecider {
  readonly #kept = new Map<Id, { history: SweepHistory; tx: string }>();

  known(sweepId: Id): LogPosition | null {
    const kept = this.#kept.get(sweepId);
    return kept === undefined ? null : { seq: kept.history.seq, tx: kept.tx };
  }

  decide(input: DecideInput): SweepDecision & { readonly unfinished: number } {
    const { id } = input.sweep;
    const kept = input.fromStart ? undefined : this.#kept.get(id);
    const history = kept?.history ?? new SweepHistory();
    // Until all of it has gone well nothing is known: a half-read history must not stay.
    this.#kept.delete(id);
    for (const row of input.log) history.add(row);
    const decision = decideRuns(input, history);
    this.#keep(id, history, input.tx);
    return { ...decision, unfinished: history.usage.unfinished };
  }

  /** Of the runs that wait at a rung, those who go on. */
  readonly promote = (
    runs: readonly RungRun[],
    pruner: PrunerConfig,
    goal: Goal,
    options: PromotionOptions,
  ): Promotion[] => (pausesAtRungs(pruner) ? promotions(runs, pruner, goal, options) : []);

  /**
   * What the members of a population do next, with the plans of those whose params change. One
   * whose new params make no plan stays as it is.
   */
  readonly evolve = (
    sweep: Pick<SweepSituation["sweep"], "plan" | "folds" | "seed" | "objective" | "trainer">,
    space: Space,
    options: PbtSamplerConfig,
    members: readonly (Member & { readonly seed: number })[],
  ): (PopulationMove & { readonly plan: TrainPlan | null })[] => {
    const { objective, seed, trainer } = sweep;
    const population = { members, direction: objective.direction, options, seed };
    return evolvePopulation(space, population).map((move) => {
      if (move.params === null || trainer.kind !== "engine") return { ...move, plan: null };
      const own = members.find(({ number }) => number === move.number);
      const place = { seed: own?.seed ?? 0, repeat: 0, fold: null };
      const plan = planOf(sweep, move.params, place);
      return typeof plan === "string"
        ? { ...move, from: null, params: null, plan: null, reason: { ...move.reason, why: plan } }
        : { ...move, plan };
    });
  };

  /** After a transaction that failed: its entries are in no log. */
  forget(sweepId: Id): void {
    this.#kept.delete(sweepId);
  }

  #keep(id: Id, history: SweepHistory, tx: string): void {
    this.#kept.set(id, { history, tx });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > SWEEPS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
