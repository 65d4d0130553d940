import { type CommandTrainer, runJob } from "@sweepyard/contract";
import {
  type ClaimedRun,
  claimNextRun,
  finishRun,
  isDraining,
  type RunOutcome,
} from "@sweepyard/db";
import { type Handler, NotNowError } from "@sweepyard/queue";
import { AttemptLog } from "../attemptLog.js";
import type { OwnedRun } from "../ownedRuns.js";
import { persist } from "../persist.js";
import type { TrainerSlot } from "../trainerPool/trainerSlot.js";
import { isLeaseGone } from "./attemptOutcome.js";
import { runCommand } from "./runCommand.js";
import type { TrainRunDeps } from "./trainRunDeps.js";
import { trainWithEngine } from "./trainWithEngine.js";

const CLAIM_LIMIT_MS = 300_000;

/** Claims a run, has a slot train it, records what the trainer tells, and ends the attempt. */
export const trainRun =
  (deps: TrainRunDeps): Handler<"run.train"> & Handler<"run.command"> =>
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
  const { db, owned, workerId, device, leaseMs, maxAttempts, programs } = deps;
  const refuses = async ({ command: [program] }: CommandTrainer): Promise<string | null> =>
    programs.find(String(program)).then(
      () => null,
      (error: Error) => error.message,
    );
  let claimedAt = 0;
  const run = await persist(
    () => {
      claimedAt = performance.now();
      return claimNextRun(db, {
        ...job,
        workerId,
        slot: slot.slot,
        device,
        leaseMs,
        maxAttempts,
        ...(programs.any && { refuses }),
      });
    },
    // The job is kept meanwhile: to let it go would only wear out its deliveries.
    {
      logger: deps.logger,
      limitMs: CLAIM_LIMIT_MS,
      giveUp: () => deps.stopping.aborted,
    },
  );
  if (run === null) {
    if (!(await isDraining(db, workerId))) return; // ended, or held by a live lease: see reconcile
    await owned.beat(); // learns of it, and takes no more
    throw new NotNowError("this worker is drained");
  }

  const held = owned.hold(run.id, run.attempt, claimedAt);
  const logger = deps.logger.child({ runId: run.id, attempt: run.attempt, slot: slot.slot });
  logger.info({ fromEpoch: run.resume?.epoch ?? 0 }, "training");
  deps.queues.hint(run.projectId);
  const attempt = { runId: run.id, attempt: run.attempt };
  const log = new AttemptLog({ db, logger }, attempt);
  const leave = deps.load.attend(attempt, () => slot.pid);
  try {
    const outcome = await train(run, held, slot, { ...deps, logger, log });
    if (run.trainer === "engine") log.note(outcomeText(outcome));
    await log.end();
    if (held.reason?.kind === "lost") logger.warn({ why: held.reason.why }, "lost the run");
    else await finish(run, held, outcome, { ...deps, logger });
  } finally {
    leave();
    await log.end();
    owned.release(held);
  }
}

const train = (
  run: ClaimedRun,
  held: OwnedRun,
  slot: TrainerSlot,
  deps: TrainRunDeps & { readonly log: AttemptLog },
) =>
  run.trainer === "engine"
    ? trainWithEngine(run, held, slot, deps)
    : runCommand(run, held, slot, deps);

function outcomeText(outcome: RunOutcome): string {
  switch (outcome.kind) {
    case "failed":
      return `failed: ${outcome.code}: ${outcome.message}`;
    case "handed_back":
      return `handed back: ${outcome.reason}`;
    case "pruned":
    case "paused_at_rung":
      return outcome.reason;
    case "diverged":
      return outcome.reason ?? `diverged in epoch ${outcome.epoch}: the loss is not finite`;
    case "completed":
    case "program_completed":
    case "cancelled":
    case "paused":
      return outcome.kind.replace("_", " ");
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
    if (requeue !== undefined) await queues.enqueue(runJob(requeue.trainer), requeue, requeue);
    if (run.sweepId !== null) await queues.enqueue("sweep.advance", { sweepId: run.sweepId });
  } catch (error) {
    // Stored is stored: reconcile enqueues what is missing.
    logger.warn({ error: String(error) }, "could not enqueue what comes next");
  }
}
