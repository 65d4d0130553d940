import {
  beatChunk,
  CHUNK_ATTEMPTS,
  type ChunkOutcome,
  type ClaimedChunk,
  claimChunk,
  type Db,
  finishChunk,
} from "@sweepyard/db";
import type { Handler, Queues } from "@sweepyard/queue";
import type { Logger } from "pino";
import { persist } from "../persist.js";
import { repeat } from "../repeat.js";
import type { TrainerPool } from "../trainerPool/trainerPool.js";
import type { SlotCommand, TrainerSlot } from "../trainerPool/trainerSlot.js";

export interface PredictBatchDeps {
  readonly db: Db;
  readonly queues: Queues;
  readonly pool: TrainerPool;
  readonly workerId: string;
  readonly threads: number;
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly logger: Logger;
  /** Aborts when the worker stops. */
  readonly stopping: AbortSignal;
}

/** Claims a chunk of a batch, has a slot predict it, and stores what came of it. */
export const predictBatch =
  (deps: PredictBatchDeps): Handler<"predict.batch"> =>
  async (job) => {
    const slot = await deps.pool.acquire(deps.stopping);
    try {
      const claim = { ...job, workerId: deps.workerId, leaseMs: deps.leaseMs };
      const chunk = await claimChunk(deps.db, claim);
      // Null: done, cancelled, or held by a live lease; reconcile looks after the rest.
      if (chunk !== null) await predictAndStore(chunk, slot, deps);
    } finally {
      deps.pool.release(slot);
    }
  };

async function predictAndStore(
  chunk: ClaimedChunk,
  slot: TrainerSlot,
  deps: PredictBatchDeps,
): Promise<void> {
  const { db, leaseMs, stopping, queues } = deps;
  const logger = deps.logger.child({ batchId: chunk.batchId, chunk: chunk.chunk });
  const lost = new AbortController();
  let renewedAt = performance.now();
  const beats = repeat(deps.heartbeatMs, async () => {
    const askedAt = performance.now();
    const held = await beatChunk(db, chunk, leaseMs).catch(() => askedAt - renewedAt < leaseMs);
    if (held) renewedAt = askedAt;
    else lost.abort(new Error("another attempt has taken over, or the batch was cancelled"));
  });
  try {
    const signal = AbortSignal.any([stopping, lost.signal]);
    const outcome = await predict(chunk, slot, signal, deps);
    const stored = await persist(() => finishChunk(db, chunk, outcome), {
      logger,
      limitMs: leaseMs,
      giveUp: () => lost.signal.aborted,
    });
    const { kind } = outcome;
    if (!stored) logger.warn({ kind }, "the chunk's end was not recorded: it is another's now");
    else if (kind === "failed") logger.warn({ reason: outcome.reason }, "a chunk failed");
    queues.hint(chunk.projectId);
  } finally {
    beats.stop();
  }
}

async function predict(
  chunk: ClaimedChunk,
  slot: TrainerSlot,
  signal: AbortSignal,
  { threads }: PredictBatchDeps,
): Promise<ChunkOutcome> {
  const { input, first, count, topK } = chunk;
  const items = chunk.items?.map(([, start, bytes]): [number, number] => [start, bytes]);
  const command: SlotCommand = {
    kind: "predict",
    model: chunk.modelSha256,
    input,
    items: items ?? { first, count },
    topK,
    threads,
  };
  try {
    for await (const event of slot.train(command, signal)) {
      if (event.kind === "predicted") return { ...event, kind: "done" };
      if (event.kind === "stopped") return { kind: "handed_back" };
      if (event.kind === "failed") return failed(event.message, event.retryable);
    }
    return failed("the trainer said nothing", true);
  } catch (error) {
    if (signal.aborted) return { kind: "handed_back" };
    return failed(error instanceof Error ? error.message : String(error), true);
  }
}

const failed = (reason: string, retryable: boolean): ChunkOutcome => ({
  kind: "failed",
  reason,
  maxAttempts: retryable ? CHUNK_ATTEMPTS : 1,
});
