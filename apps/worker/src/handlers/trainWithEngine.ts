import {
  type ClaimedTraining,
  dropReplacedCheckpoint,
  type EpochAnswer,
  type RunOutcome,
  recordDevice,
  reportEpoch,
} from "@sweepyard/db";
import type { AttemptLog } from "../attemptLog.js";
import type { OwnedRun } from "../ownedRuns.js";
import { persist } from "../persist.js";
import type { TrainCommand, TrainerSlot, TrainingEvent } from "../trainerPool/trainerSlot.js";
import { askPruner } from "./askPruner.js";
import { failedOrLost, isLeaseGone, stoppedOutcome } from "./attemptOutcome.js";
import type { TrainRunDeps } from "./trainRunDeps.js";

/** Trains until an end, or until the run is to stop. What it returns for a lost run counts not. */
export async function trainWithEngine(
  run: ClaimedTraining,
  held: OwnedRun,
  slot: TrainerSlot,
  deps: TrainRunDeps & { readonly log: AttemptLog },
): Promise<RunOutcome> {
  const { resume } = run;
  const { log } = deps;
  const command: TrainCommand = {
    kind: "train",
    runId: run.id,
    attempt: run.attempt,
    plan: run.plan,
    dataset: run.dataset,
    resume: resume && { sha256: resume.sha256, bytes: resume.bytes },
    adopts: resume?.adopted,
    threads: deps.threads,
  };
  let checkpoint = resume?.sha256;
  try {
    for await (const event of slot.train(command, held.signal)) {
      if (held.reason?.kind === "lost") break; // leaving the loop makes the trainer stop
      if (event.kind === "output") {
        log.line(event.line);
        continue;
      }
      if (event.kind === "started") {
        log.note(startText(event));
        await recordStart(run, held, event, deps);
        continue;
      }
      if (event.kind !== "epoch") return outcomeOf(event, held);
      const { owned, prunes } = await recordEpoch(run, held, event, deps);
      if (!owned) break;
      log.note(epochText(event, run.plan.epochs));
      slot.acknowledge(event.epoch);
      if (checkpoint !== undefined && checkpoint !== event.checkpoint.sha256)
        await dropReplacedCheckpoint(deps.db, checkpoint).catch((error: unknown) => {
          deps.logger.warn({ error: String(error) }, "an old checkpoint is left for later");
        });
      checkpoint = event.checkpoint.sha256;
      if (prunes && held.reason === undefined && !event.isLast) {
        const verdict = await askPruner(run, deps);
        if (verdict !== null) return verdict;
      }
    }
    return stoppedOutcome(held.reason);
  } catch (error) {
    return failedOrLost(error, held, deps);
  }
}

const startText = ({ device, fromEpoch, notice }: Extract<TrainingEvent, { kind: "started" }>) =>
  `trains on ${device} from ${fromEpoch === 0 ? "the start" : `the checkpoint of epoch ${fromEpoch}`}` +
  (notice === undefined ? "" : `; ${notice}`);

type Epoch = Extract<TrainingEvent, { kind: "epoch" }>;

function epochText({ epoch, metrics, seconds, samplesPerSecond }: Epoch, epochs: number): string {
  const figures = Object.entries(metrics).map(
    ([name, value]) => `${name} ${Number(value.toPrecision(4))}`,
  );
  const pace = `${seconds.toFixed(2)} s, ${Math.round(samplesPerSecond)} rows/s`;
  return `epoch ${epoch}/${epochs}: ${figures.join(", ")}; ${pace}`;
}

const said = new Set<string>();

/** Notes what the engine computes on, and says once what it has to say. */
async function recordStart(
  run: ClaimedTraining,
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

/** Not owned: another attempt has taken over. */
async function recordEpoch(
  run: ClaimedTraining,
  held: OwnedRun,
  event: Extract<TrainingEvent, { kind: "epoch" }>,
  { db, queues, leaseMs, logger }: TrainRunDeps,
): Promise<EpochAnswer> {
  const { kind: _kind, isLast: _isLast, ...report } = event;
  const answer = await persist(
    () => reportEpoch(db, { runId: run.id, attempt: run.attempt }, report),
    { logger, limitMs: leaseMs, giveUp: () => isLeaseGone(held, leaseMs) },
  );
  if (!answer.owned) held.stop({ kind: "lost", why: "another attempt has taken over" });
  queues.hint(run.projectId);
  return answer;
}

function outcomeOf(
  event: Exclude<TrainingEvent, { kind: "started" | "output" | "epoch" }>,
  held: OwnedRun,
): RunOutcome {
  switch (event.kind) {
    case "trained":
      return { ...event, kind: "completed" };
    case "diverged":
    case "failed":
      return event;
    case "stopped":
      return stoppedOutcome(held.reason);
    case "running":
    case "steps":
    case "log":
    case "checkpoint":
    case "exited":
    case "predicted":
      throw new Error(`a training told of "${event.kind}", which only programs and batches do`);
  }
}
