import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunWord, resolveCommand } from "@sweepyard/contract";
import {
  type ClaimedCommand,
  dropReplacedCheckpoint,
  type RunOutcome,
  recordLog,
  reportSteps,
  storeRunCheckpoint,
} from "@sweepyard/db";
import type { OwnedRun } from "../ownedRuns.js";
import { persist } from "../persist.js";
import { programEnv } from "../program/programEnv.js";
import type { RunCommand } from "../program/runProgram.js";
import type { TrainerSlot, TrainingEvent } from "../trainerPool/trainerSlot.js";
import { askPruner } from "./askPruner.js";
import { failedOrLost, isLeaseGone, stoppedOutcome } from "./attemptOutcome.js";
import type { TrainRunDeps } from "./trainRunDeps.js";

const MIB = 1_024 * 1_024;

/** Has the slot's trainer run a program for the run, in a folder that is gone afterwards. */
export async function runCommand(
  run: ClaimedCommand,
  held: OwnedRun,
  slot: TrainerSlot,
  deps: TrainRunDeps,
): Promise<RunOutcome> {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-run-"));
  try {
    return await follow(run, held, slot, deps, await toMessage(run, folder, deps));
  } catch (error) {
    return failedOrLost(error, held, deps);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch((error: unknown) => {
      deps.logger.warn({ folder, error: String(error) }, "could not delete a run's folder");
    });
  }
}

async function toMessage(
  run: ClaimedCommand,
  folder: string,
  { programs, stopMs }: TrainRunDeps,
): Promise<RunCommand> {
  const { command, resume } = run;
  const words: Record<RunWord, string | undefined> = {
    id: run.id,
    number: String(run.number),
    attempt: String(run.attempt),
    seed: String(run.seed),
    repeat: run.repeat === null ? undefined : String(run.repeat),
    fold: run.fold === null ? undefined : String(run.fold),
    params: JSON.stringify(run.params),
    checkpoint_dir: join(folder, "checkpoint"),
  };
  const { words: asked, env } = resolveCommand(command, { params: run.params, words });
  const [program = "", ...args] = asked;
  const named = Object.entries(words).flatMap(([name, value]) =>
    value === undefined ? [] : [[`SWEEPYARD_${name.toUpperCase()}`, value] as const],
  );
  return {
    kind: "run",
    runId: run.id,
    attempt: run.attempt,
    program: await programs.find(program),
    args,
    env: programEnv({ ...env, ...Object.fromEntries(named) }),
    folder,
    keepsCheckpoints: command.checkpoints,
    ...(resume && { resume }),
    timeLimitMs: command.time_limit_s * 1000,
    ...(command.memory_mb !== undefined && { memoryBytes: command.memory_mb * MIB }),
    filesBytes: command.files_mb * MIB,
    stopGraceMs: Math.min(command.stop_grace_s * 1000, stopMs),
  };
}

/** Records what the program tells until its end. What it returns for a lost run counts not. */
async function follow(
  run: ClaimedCommand,
  held: OwnedRun,
  slot: TrainerSlot,
  deps: TrainRunDeps,
  message: RunCommand,
): Promise<RunOutcome> {
  const { db, logger, leaseMs } = deps;
  const own = { runId: run.id, attempt: run.attempt };
  const kept = <T extends { owned: boolean }>(work: () => Promise<T>) =>
    persist(work, { logger, limitMs: leaseMs, giveUp: () => isLeaseGone(held, leaseMs) });
  // The pruner stops a program as everybody else does, and then still hears it out.
  const pruned = new AbortController();
  let verdict: RunOutcome | undefined;
  let checkpoint = run.resume?.sha256;
  for await (const event of slot.train(message, AbortSignal.any([held.signal, pruned.signal]))) {
    if (held.reason?.kind === "lost") break;
    switch (event.kind) {
      case "running":
      case "output": // the trainer's own, not the program's
        break;
      case "log":
        await recordLog(db, own, event.text).catch((error: unknown) => {
          logger.warn({ error: String(error) }, "a program's output was not kept");
        });
        break;
      case "steps": {
        const answer = await kept(() => reportSteps(db, own, event.rows));
        if (!answer.owned) held.stop({ kind: "lost", why: "another attempt has taken over" });
        deps.queues.hint(run.projectId);
        slot.acknowledge(0);
        if (!answer.prunes || held.reason !== undefined || verdict !== undefined) break;
        verdict = (await askPruner(run, deps)) ?? undefined;
        if (verdict !== undefined) pruned.abort(new Error("the pruner"));
        break;
      }
      case "checkpoint": {
        await kept(() => storeRunCheckpoint(db, own, event));
        if (checkpoint !== undefined && checkpoint !== event.file.sha256)
          await dropReplacedCheckpoint(db, checkpoint).catch((error: unknown) => {
            logger.warn({ error: String(error) }, "an old checkpoint is left for later");
          });
        checkpoint = event.file.sha256;
        break;
      }
      default:
        return outcomeOf(event, run, held, verdict);
    }
  }
  return stoppedOutcome(held.reason);
}

function outcomeOf(
  event: Exclude<TrainingEvent, { kind: "running" | "output" | "log" | "steps" | "checkpoint" }>,
  run: ClaimedCommand,
  held: OwnedRun,
  verdict: RunOutcome | undefined,
): RunOutcome {
  switch (event.kind) {
    case "exited":
      return exitOutcome(event, run);
    case "stopped":
      return held.reason === undefined && verdict !== undefined
        ? verdict
        : stoppedOutcome(held.reason);
    case "failed":
      return event;
    case "started":
    case "epoch":
    case "trained":
    case "diverged":
    case "predicted":
      throw new Error(`a program told of "${event.kind}", which only engines do`);
  }
}

type Exited = Extract<TrainingEvent, { kind: "exited" }>;

const LIMIT_CODES: Record<NonNullable<Exited["limit"]>, string> = {
  time: "time_limit",
  memory: "out_of_memory",
  files: "files_limit",
};

/** What the end of a program means: its exit code, or the limit that it passed. */
function exitOutcome(
  { code, signal, limit, message, files }: Exited,
  { command }: ClaimedCommand,
): RunOutcome {
  const { diverged, pruned, no_retry } = command.exit_codes;
  const said = message === "" ? "" : `; its last words: ${message}`;
  if (limit !== null)
    return {
      kind: "failed",
      code: LIMIT_CODES[limit],
      message: `the program ${message}`,
      retryable: false,
    };
  if (code === 0) return { kind: "program_completed", files };
  if (code === null)
    return {
      kind: "failed",
      code: "program_killed",
      message: `the program was ended by ${signal}${said}`,
      retryable: true,
    };
  if (code === diverged)
    return { kind: "diverged", epoch: 0, reason: `its program ended with exit code ${code}` };
  if (code === pruned)
    return { kind: "pruned", reason: `its program gave up (exit code ${code})${said}` };
  return {
    kind: "failed",
    code: "program_failed",
    message: `the program ended with exit code ${code}${said}`,
    retryable: !no_retry.includes(code),
  };
}
