import { AppError, type Id } from "@sweepyard/contract";
import {
  type FinishedSweep,
  getSweep,
  keepPromotion,
  promoteNothing,
  promoteWinner,
  unjudgedSweeps,
} from "@sweepyard/db";
import type { ApiDeps } from "../apiDeps.js";
import { announce } from "../deliver.js";
import { judgePromotion } from "./judgePromotion.js";
import { surveyLater } from "./surveyLater.js";

const LOOK_MS = 2_000;
/** After this many refusals what stands in the way is kept as the outcome. */
const MOST_TRIES = 5;
const LONGEST_WAIT_MS = 5 * 60_000;

type PromoterDeps = Pick<
  ApiDeps,
  "db" | "predictor" | "memory" | "hub" | "queues" | "log" | "stopping"
>;

interface Trouble {
  /** Refusals; a store that is away does not count. */
  readonly tries: number;
  readonly notBefore: number;
  readonly waitMs: number;
}

/**
 * Promotes the winners of sweeps that have completed and ask for it. It looks into Postgres for
 * them, so that none is lost with the process that completed or judged it. It is done here and not
 * by workers: the latency gate is of the server that predicts, and a worker's cores are busy.
 */
export class WinnerPromoter {
  readonly #deps: PromoterDeps;
  readonly #lookMs: number;
  readonly #troubles = new Map<Id, Trouble>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;

  /** @param lookMs between looks, and before the second try of what has failed. */
  constructor(deps: PromoterDeps, lookMs = LOOK_MS) {
    this.#deps = deps;
    this.#lookMs = lookMs;
  }

  /** Looks regularly from now on. */
  start(): void {
    this.#timer = setInterval(() => void this.look(), this.#lookMs);
  }

  /** Ends once the round under way has; `stopping` cuts that short. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#round;
  }

  /** Judges what has completed by now, or waits for the round that is at it. Never throws. */
  look(): Promise<void> {
    this.#round ??= this.#judgeAll().finally(() => {
      this.#round = undefined;
    });
    return this.#round;
  }

  async #judgeAll(): Promise<void> {
    const { db, log, stopping } = this.#deps;
    const found = await unjudgedSweeps(db).catch((error: unknown) => {
      log.debug({ err: error }, "could not look for sweeps whose winner is to be promoted");
      return [];
    });
    for (const sweep of found) {
      if (stopping.aborted) return;
      if ((this.#troubles.get(sweep.id)?.notBefore ?? 0) > performance.now()) continue;
      await this.#judge(sweep).then(
        () => this.#troubles.delete(sweep.id),
        (error: unknown) => this.#fail(sweep, error),
      );
    }
  }

  async #judge(sweep: FinishedSweep): Promise<void> {
    const { db, predictor, stopping } = this.#deps;
    const { id, projectId, promote, judgedRunId } = sweep;
    const { best, objective, counts } = await getSweep(db, projectId, id);
    if (best === null) {
      const why = `none of its ${counts.completed} completed runs has a finite ${objective.metric}, keeps to the constraints and is not excluded`;
      const detail = counts.completed === 0 ? "none of its runs has completed" : why;
      await promoteNothing(db, sweep, { state: "no_winner", runId: null, detail });
    } else if (best.runId === judgedRunId) {
      await keepPromotion(db, sweep);
    } else {
      const { runId } = best;
      const { model, alias } = promote;
      const judged = await judgePromotion(this.#deps, { projectId, runId, model, alias }, stopping);
      await predictor.prepare(projectId, runId);
      if (await promoteWinner(db, sweep, runId, judged)) surveyLater(this.#deps, projectId, runId);
    }
    announce(this.#deps, projectId);
  }

  async #fail(sweep: FinishedSweep, error: unknown): Promise<void> {
    const { db, log, stopping } = this.#deps;
    if (stopping.aborted) return;
    const { id: sweepId } = sweep;
    const refused = error instanceof AppError && error.code !== "unavailable" ? error : undefined;
    const before = this.#troubles.get(sweepId) ?? { tries: 0, waitMs: this.#lookMs / 2 };
    const tries = before.tries + (refused === undefined ? 0 : 1);
    const waitMs = Math.min(2 * before.waitMs, LONGEST_WAIT_MS);
    this.#troubles.set(sweepId, { tries, waitMs, notBefore: performance.now() + waitMs });
    log.warn({ err: error, sweepId, tries }, "a sweep's winner could not be judged");
    if (refused === undefined || tries < MOST_TRIES) return;
    const why = { state: "failed", runId: null, detail: refused.message } as const;
    await promoteNothing(db, sweep, why).then(
      () => this.#troubles.delete(sweepId),
      (cause: unknown) => log.warn({ err: cause, sweepId }, "nor could that be kept"),
    );
  }
}
