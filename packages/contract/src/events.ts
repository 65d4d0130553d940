import { z } from "zod";
import { BatchView } from "./batches.js";
import { Id } from "./ids.js";
import { MetricRow } from "./metrics.js";
import { RunState } from "./runState.js";
import { RunView, SweepView, WorkerView } from "./views.js";

/** An epoch of a run as it was measured: stored and sent alike. */
const RunEpochEvent = z.object({
  type: z.literal("run.epoch"),
  runId: Id,
  /** Of the run within its sweep; filled in when the event is stored. */
  number: z.int().optional(),
  sweepId: Id.nullable(),
  row: MetricRow,
  objective: z.number().nullable(),
});

/**
 * What GET /events streams. An event is stored in the transaction that makes the change, so a
 * subscriber that goes on from its Last-Event-ID misses none.
 */
export const LiveEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run.changed"), run: RunView }),
  RunEpochEvent,
  z.object({ type: z.literal("sweep.changed"), sweep: SweepView }),
  z.object({ type: z.literal("worker.changed"), worker: WorkerView }),
  z.object({ type: z.literal("batch.changed"), batch: BatchView }),
  z.object({ type: z.literal("model.changed"), model: z.string() }),
  z.object({ type: z.literal("dataset.changed"), dataset: z.string() }),
  /** Events were dropped by age before the client came back: refetch what is shown. */
  z.object({ type: z.literal("gap") }),
]);
export type LiveEvent = z.infer<typeof LiveEvent>;
export type LiveEventType = LiveEvent["type"];

/**
 * What is stored of an event: which row changed. The view is read when the event is sent, so a
 * slow subscriber gets the present state once and not each past one.
 */
export const StoredEvent = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("run.changed"),
    runId: Id,
    /** That the change led to; filled in when the event is stored. */
    state: RunState.optional(),
  }),
  RunEpochEvent,
  z.object({ type: z.literal("sweep.changed"), sweepId: Id }),
  z.object({ type: z.literal("worker.changed"), workerId: Id }),
  z.object({ type: z.literal("batch.changed"), batchId: Id }),
  z.object({ type: z.literal("model.changed"), model: z.string() }),
  z.object({ type: z.literal("dataset.changed"), dataset: z.string() }),
]);
export type StoredEvent = z.infer<typeof StoredEvent>;
