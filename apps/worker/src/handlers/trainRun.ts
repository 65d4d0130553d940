import {
  type ClaimedRun,
  claimRun,
  type Db,
  dropReplacedCheckpoint,
  finishRun,
  type RunOutcome,
  recordDevice,
  reportEpoch,
} from "@sweepyard/db";
import type { Handler, Queues } from "@sweepyard/queue";
import type { Logger } from "pino";
import type { OwnedRun, OwnedRuns, StopReason } from "../ownedRuns.js";
import { persist } from "../persist.js";
import { TrainerDeath } from "../trainerPool/trainerDeath.js";
import type { TrainerPool } from "../trainerPool/trainerPool.js";
import type { TrainCommand, TrainerSlot, TrainingEvent } from "../trainerPool/trainerSlot.js";
import { askPruner } from "./askPruner.js";

export interface TrainRunDeps {
  readonly db: Db;
  readonly queues: Queues;
  readonly pool: TrainerPool;
  readonly owned: OwnedRuns;
  readonly workerId: string;
  readonly device: string;
  readonly threads: number;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly logger: Logger;
  /** Aborts when the worker stops. */
  readonly stopping: AbortSignal;
}

const CLAIM_LIMIT_MS = 300_000;

/** Claims a run, has a slot train it, records what the trainer tells, and ends the attempt. */
export const trainRun =
  (deps: TrainRunDeps): Handler<"run.train"> =>
  async (job) => {
    const slot = await deps.pool.acquire(deps.stopping);
    try {
      await claimAndTrain(job, slot, deps);
    } finally {
      deps.pool.release(slot);
    }
  };

async function claimAndTrain(
  job: { runId: string; generation: number },
  slot: TrainerSlot,
  deps: TrainRunDeps,
): Promise<void> {
  const { db, owned, workerId, device, leaseMs, maxAttempts } = deps;
  let claimedAt = 0;
  const run = await persist(
    () => {
      claimedAt = performance.now();
      return claimRun(db, { ...job, workerId, slot: slot.slot, device, leaseMs, maxAttempts });
    },
    // The job is kept meanwhile: to let it go would only wear out its deliveries.
    {
      logger: deps.logger,
      limitMs: CLAIM_LIMIT_MS,
      giveUp: () => deps.stopping.aborted,
    },
  );
  if (run === null) return; // ended, or held by a live lease; reconcile looks after the rest

  const held = owned.hold(run.id, run.attempt, claimedAt);
  const logger = deps.logger.child({ runId: run.id, attempt: run.attempt, slot: slot.slot });
  logger.info({ fromEpoch: run.resume?.epoch ?? 0 }, "training");
  deps.queues.hint(run.projectId);
  try {
    const outcome = await train(run, held, slot, { ...deps, logger });
    if (held.reason?.kind === "lost") logger.warn({ why: held.reason.why }, "lost the run");
    else await finish(run, held, outcome, { ...deps, logger });
  } finally {
    owned.release(held);
  }
}

/** Trains until an end, or until the run is to stop. What it returns for a lost run counts not. */
async function train(
  run: ClaimedRun,
  held: OwnedRun,
  slot: TrainerSlot,
  deps: TrainRunDeps,
): Promise<RunOutcome> {
  const { resume } = run;
  const command: TrainCommand = {
    kind: "train",
    runId: run.id,
    attempt: run.attempt,
    plan: run.plan,
    dataset: run.dataset,
    resume: resume && { sha256: resume.sha256, bytes: resume.bytes },
    threads: deps.threads,
  };
  let checkpoint = resume?.sha256;
  try {
    for await (const event of slot.train(command, held.signal)) {
      if (held.reason?.kind === "lost") break; // leaving the loop makes the trainer stop
      if (event.kind === "started") {
        await recordStart(run, held, event, deps);
        continue;
      }
      if (event.kind !== "epoch") return outcomeOf(event, held.reason);
      if (!(await recordEpoch(run, held, event, deps))) break;
      slot.acknowledge(event.epoch);
      if (checkpoint !== undefined && checkpoint !== event.checkpoint.sha256)
        await dropReplacedCheckpoint(deps.db, checkpoint).catch((error: unknown) => {
          deps.logger.warn({ error: String(error) }, "an old checkpoint is left for later");
        });
      checkpoint = event.checkpoint.sha256;
      if (held.reason === undefined && !event.isLast) {
        const verdict = await askPruner(run, deps);
        if (verdict !== null) return verdict;
      }
    }
    return outcomeOf({ kind: "stopped" }, held.reason);
  } catch (error) {
    if (isLeaseGone(held, deps.leaseMs))
      held.stop({ kind: "lost", why: "the database was away for longer than the lease" });
    if (held.reason !== undefined) return outcomeOf({ kind: "stopped" }, held.reason);
    const code = error instanceof TrainerDeath ? error.code : "internal";
    const message = error instanceof Error ? error.message : String(error);
    deps.logger.error({ code, error: message }, "the attempt failed");
    return { kind: "failed", code, message, retryable: true };
  }
}

const said = new Set<string>();

/** Notes what the engine computes on, and says once what it has to say. */
async function recordStart(
  run: ClaimedRun,
  held: OwnedRun,
  { device, notice }: Extract<TrainingEvent, { kind: "started" }>,
  deps: TrainRunDeps,
): Promise<void> {
  const { db, leaseMs, logger } = deps;
  if (notice !== undefined && !said.has(notice)) {
    said.add(notice);
    logger.warn(notice);
  }
  if (device === deps.device) return;
  await persist(() => recordDevice(db, { runId: run.id, attempt: run.attempt }, device), {
    logger,
    limitMs: leaseMs,
    giveUp: () => isLeaseGone(held, leaseMs),
  });
}

/** False if another attempt has taken over. */
async function recordEpoch(
  run: ClaimedRun,
  held: OwnedRun,
  event: Extract<TrainingEvent, { kind: "epoch" }>,
  { db, queues, leaseMs, logger }: TrainRunDeps,
): Promise<boolean> {
  const { kind: _kind, isLast: _isLast, ...report } = event;
  const answer = await persist(
    () => reportEpoch(db, { runId: run.id, attempt: run.attempt }, report),
    { logger, limitMs: leaseMs, giveUp: () => isLeaseGone(held, leaseMs) },
  );
  if (!answer.owned) held.stop({ kind: "lost", why: "another attempt has taken over" });
  queues.hint(run.projectId);
  return answer.owned;
}

function outcomeOf(
  event: Exclude<TrainingEvent, { kind: "started" | "epoch" }>,
  reason: StopReason | undefined,
): RunOutcome {
  switch (event.kind) {
    case "trained":
      return { ...event, kind: "completed" };
    case "diverged":
    case "failed":
      return event;
    case "stopped":
      break;
  }
  switch (reason?.kind) {
    case "cancelled":
    case "paused":
      return { kind: reason.kind };
    case "worker_stops":
      return { kind: "handed_back", reason: "its worker stops" };
    case "lost":
      return { kind: "handed_back", reason: reason.why }; // never written
    case undefined:
      return { kind: "failed", code: "internal", message: "stopped unasked", retryable: true };
  }
}

async function finish(
  run: ClaimedRun,
  held: OwnedRun,
  outcome: RunOutcome,
  { db, queues, leaseMs, logger }: TrainRunDeps,
): Promise<void> {
  const answer = await persist(
    () => finishRun(db, { runId: run.id, attempt: run.attempt }, outcome),
    { logger, limitMs: leaseMs, giveUp: () => isLeaseGone(held, leaseMs) },
  );
  if (!answer.owned) {
    logger.warn(
      { outcome: outcome.kind },
      "the end was not recorded: another attempt has taken over",
    );
    return;
  }
  logger.info({ outcome: outcome.kind, state: answer.state }, "the attempt has ended");
  queues.hint(run.projectId);
  try {
    const { requeue } = answer;
    if (requeue !== undefined) await queues.enqueue("run.train", requeue, requeue);
    if (run.sweepId !== null) await queues.enqueue("sweep.advance", { sweepId: run.sweepId });
  } catch (error) {
    // Stored is stored: reconcile enqueues what is missing.
    logger.warn({ error: String(error) }, "could not enqueue what comes next");
  }
}

const isLeaseGone = (held: OwnedRun, leaseMs: number): boolean =>
  held.reason?.kind === "lost" || performance.now() - held.renewedAt > leaseMs;
