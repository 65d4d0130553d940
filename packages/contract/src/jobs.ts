import { z } from "zod";
import { Id } from "./ids.js";

/**
 * The job catalog: what each job carries and how it is delivered. Jobs carry ids only; what to do
 * is read from Postgres, so a job may be lost, doubled or late without harm.
 */
export const JOBS = {
  /** Asks the sampler for runs while there is room, or ends the sweep. */
  "sweep.advance": {
    queue: "control",
    payload: z.object({ sweepId: Id }),
    attempts: 10,
    backoffMs: 500,
    timeoutMs: 60_000,
  },
  /** Trains one run. `generation` counts how often the run was queued; it is part of the job's id. */
  "run.train": {
    queue: "training",
    payload: z.object({ runId: Id, generation: z.int() }),
    attempts: 3,
    backoffMs: 1_000,
    timeoutMs: null,
  },
  /** Has a program run one run, on a worker that allows it. */
  "run.command": {
    queue: "commands",
    payload: z.object({ runId: Id, generation: z.int() }),
    attempts: 3,
    backoffMs: 1_000,
    timeoutMs: null,
  },
  /** Predicts one chunk of a batch. `generation` counts how often the chunk was queued. */
  "predict.batch": {
    queue: "training",
    payload: z.object({ batchId: Id, chunk: z.int(), generation: z.int() }),
    attempts: 3,
    backoffMs: 1_000,
    timeoutMs: null,
  },
  /** Repairs what got lost between Postgres and Redis. */
  reconcile: {
    queue: "control",
    payload: z.object({}),
    attempts: 1,
    backoffMs: 1_000,
    timeoutMs: 60_000,
  },
} as const satisfies Record<string, JobDefinition>;

export interface JobDefinition {
  readonly queue: "control" | "training" | "commands";
  readonly payload: z.ZodObject;
  readonly attempts: number;
  readonly backoffMs: number;
  /** null: as long as it takes; the lease of what it names bounds it. */
  readonly timeoutMs: number | null;
}

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]["payload"]>;
export const QUEUES = ["control", "training", "commands"] as const;
export type QueueName = (typeof QUEUES)[number];

/** The job that delivers a run to workers, by what trains it. */
export const runJob = (trainer: "engine" | "command"): "run.train" | "run.command" =>
  trainer === "command" ? "run.command" : "run.train";
