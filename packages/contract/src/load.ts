import { z } from "zod";
import { Id } from "./ids.js";

/**
 * What a process and its descendants took of their machine, as columns: entry i of each is one
 * sample. `at` is whole milliseconds since `origin`.
 */
const LoadSeries = z.object({
  origin: z.iso.datetime(),
  at: z.array(z.int()),
  /** Cores kept busy on average since the sample before: 1.5 is one and a half. */
  cpuCores: z.array(z.number()),
  /** Resident, the most since the sample before; pages that processes share count for each. */
  memoryBytes: z.array(z.int()),
});

/** Of an attempt's trainer, with the program that it runs; `origin` is the attempt's start. */
export const AttemptLoad = LoadSeries.extend({ attempt: z.int() });
export type AttemptLoad = z.infer<typeof AttemptLoad>;

/** Of a worker with all its trainers; `origin` is when the time that was asked for begins. */
export const WorkerLoad = LoadSeries.extend({
  workerId: Id,
  workerName: z.string(),
  slots: z.int(),
  /** Slots that trained. */
  busy: z.array(z.int()),
  /** Of the machine; null for a worker that has not told. */
  machineCores: z.int().nullable(),
  machineMemoryBytes: z.int().nullable(),
});
export type WorkerLoad = z.infer<typeof WorkerLoad>;
