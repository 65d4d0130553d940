import type { Id } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import type { OwnedRun } from "./heartbeat.js";

export interface LoadSample {
  readonly at: Date;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

export interface AttemptSample extends OwnedRun, LoadSample {}

export interface WorkerSample extends LoadSample {
  readonly workerId: Id;
  readonly busy: number;
}

/** Keeps what trainers took; samples of attempts that are gone are dropped. */
export async function recordAttemptLoad(db: Db, samples: readonly AttemptSample[]): Promise<void> {
  if (samples.length === 0) return;
  await db.prisma.$executeRaw`
    insert into attempt_samples (run_id, attempt, at, cpu_cores, memory_bytes)
    select s.* from unnest(
      ${samples.map(({ runId }) => runId)}::uuid[], ${samples.map(({ attempt }) => attempt)}::int[],
      ${samples.map(({ at }) => at)}::timestamptz[],
      ${samples.map(({ cpuCores }) => cpuCores)}::float8[],
      ${samples.map(({ memoryBytes }) => Math.round(memoryBytes))}::bigint[]
    ) as s(run_id, attempt, at, cpu_cores, memory_bytes)
    join attempts a on a.run_id = s.run_id and a.number = s.attempt
    on conflict do nothing`;
}

export async function recordWorkerLoad(db: Db, sample: WorkerSample): Promise<void> {
  const { workerId, at, cpuCores, memoryBytes, busy } = sample;
  await db.prisma.$executeRaw`
    insert into worker_samples (worker_id, at, cpu_cores, memory_bytes, busy)
    values (${workerId}::uuid, ${at}, ${cpuCores}, ${Math.round(memoryBytes)}, ${busy})
    on conflict do nothing`;
}

/** Drops samples of workers after a day and of the queue after a week; those of attempts stay. */
export async function trimSamples(db: Db): Promise<void> {
  await db.prisma.$executeRaw`delete from worker_samples where at < now() - interval '1 day'`;
  await db.prisma.$executeRaw`delete from queue_samples where at < now() - interval '7 days'`;
}
