import type { Logger } from "pino";
import { withDeadline } from "./withDeadline.js";

/** Why a run's training is to stop before its end. */
export type StopReason =
  | { readonly kind: "cancelled" }
  | { readonly kind: "paused" }
  /** The lease ran out, or another attempt has taken over: nothing more may be written. */
  | { readonly kind: "lost"; readonly why: string }
  | { readonly kind: "worker_stops" }
  /** Somebody wants the worker to have none. */
  | { readonly kind: "worker_drained" };

/** What a heartbeat says of one run. */
export interface BeatAnswer {
  readonly runId: string;
  readonly owned: boolean;
  readonly command: "cancel" | "pause" | null;
}

export interface OwnedRunsOptions {
  readonly leaseMs: number;
  readonly logger: Logger;
  /** Renews the leases of all runs at once; called for no run too. */
  beat(owned: readonly { runId: string; attempt: number }[]): Promise<readonly BeatAnswer[]>;
}

/** A run that this worker holds. */
export class OwnedRun {
  readonly runId: string;
  readonly attempt: number;
  readonly #controller = new AbortController();
  #reason: StopReason | undefined;
  /** On the monotonic clock: the lease holds at least until leaseMs after this. */
  renewedAt: number;

  constructor(runId: string, attempt: number, renewedAt: number) {
    this.runId = runId;
    this.attempt = attempt;
    this.renewedAt = renewedAt;
  }

  /** Aborts when training is to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** The first reason stands, except that a lost lease outdoes all: it forbids every write. */
  stop(reason: StopReason): void {
    if (this.#reason === undefined || reason.kind === "lost") this.#reason = reason;
    this.#controller.abort(new Error(reason.kind));
  }
}

/** Keeps the leases of this worker's runs alive, and turns what heartbeats answer into stops. */
export class OwnedRuns {
  readonly #options: OwnedRunsOptions;
  readonly #runs = new Map<string, OwnedRun>();
  /** Why every run is to stop, those claimed a moment later too. */
  #stopping: "worker_stops" | "worker_drained" | null = null;
  #troubleAt = Number.NEGATIVE_INFINITY;
  #beatenAt = performance.now();

  constructor(options: OwnedRunsOptions) {
    this.#options = options;
  }

  /** @param claimedAt `performance.now()` from before the claim was sent */
  hold(runId: string, attempt: number, claimedAt: number): OwnedRun {
    const run = new OwnedRun(runId, attempt, claimedAt);
    this.#runs.set(runId, run);
    if (this.#stopping !== null) run.stop({ kind: this.#stopping });
    return run;
  }

  release(run: OwnedRun): void {
    if (this.#runs.get(run.runId) === run) this.#runs.delete(run.runId);
  }

  /** The worker stops: there is no way back. */
  stopAll(): void {
    this.#stopEach("worker_stops");
  }

  /** Every run goes back to the queue, with its last checkpoint, until `keepAll`. */
  handBackAll(): void {
    if (this.#stopping === null) this.#stopEach("worker_drained");
  }

  /** Runs claimed from now on are kept; what was told to stop stops. */
  keepAll(): void {
    if (this.#stopping === "worker_drained") this.#stopping = null;
  }

  #stopEach(kind: "worker_stops" | "worker_drained"): void {
    this.#stopping = kind;
    for (const run of this.#runs.values()) run.stop({ kind });
  }

  /** Whether a heartbeat failed within the last `ms`: then others' leases may have suffered too. */
  hadTrouble(ms: number): boolean {
    return performance.now() - this.#troubleAt < ms;
  }

  /** Since the last heartbeat that was answered, in ms. */
  get silentFor(): number {
    return performance.now() - this.#beatenAt;
  }

  /** One heartbeat for all slots; to be called every few seconds. Never throws. */
  async beat(): Promise<void> {
    const { leaseMs, logger } = this.#options;
    const runs = [...this.#runs.values()];
    const sentAt = performance.now();
    try {
      // A connection that hangs must not keep us from seeing the lease run out.
      const answers = await withDeadline(
        this.#options.beat(runs.map(({ runId, attempt }) => ({ runId, attempt }))),
        leaseMs / 2,
      );
      this.#beatenAt = performance.now();
      const byRun = new Map(answers.map((answer) => [answer.runId, answer]));
      for (const run of runs) this.#obey(run, byRun.get(run.runId), sentAt);
    } catch (error) {
      this.#troubleAt = performance.now();
      logger.warn({ error: String(error), runs: runs.length }, "a heartbeat failed");
      for (const run of runs)
        if (performance.now() - run.renewedAt > leaseMs)
          run.stop({ kind: "lost", why: "the lease could not be renewed" });
    }
  }

  #obey(run: OwnedRun, answer: BeatAnswer | undefined, sentAt: number): void {
    if (this.#runs.get(run.runId) !== run) return; // it has ended meanwhile
    if (answer === undefined || !answer.owned) {
      run.stop({ kind: "lost", why: "another attempt has taken over" });
      return;
    }
    run.renewedAt = sentAt;
    if (answer.command === "cancel") run.stop({ kind: "cancelled" });
    if (answer.command === "pause") run.stop({ kind: "paused" });
  }
}
