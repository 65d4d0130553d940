import type { AttemptLoad, Id, WorkerLoad } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { requireRun } from "./runDetails.js";

/** By attempt, those without a sample left out. @throws {AppError} `not_found`. */
export async function runLoad(db: Db, projectId: Id, id: Id): Promise<AttemptLoad[]> {
  await requireRun(db, projectId, id);
  const rows = await db.prisma.$queryRaw<(Omit<AttemptLoad, "origin"> & { origin: Date })[]>`
    select a.number as attempt, a.started_at as origin,
      json_agg(greatest(0, round(extract(epoch from s.at - a.started_at) * 1000)) order by s.at) as at,
      json_agg(s.cpu_cores order by s.at) as "cpuCores",
      json_agg(s.memory_bytes order by s.at) as "memoryBytes"
    from attempts a join attempt_samples s on s.run_id = a.run_id and s.attempt = a.number
    where a.run_id = ${id}::uuid group by a.number, a.started_at order by a.number`;
  return rows.map(({ origin, ...row }) => ({ ...row, origin: origin.toISOString() }));
}

/** Of all workers that were heard of in the last `minutes`, those without a sample left out. */
export async function workerLoad(db: Db, minutes: number): Promise<WorkerLoad[]> {
  const rows = await db.prisma.$queryRaw<(Omit<WorkerLoad, "origin"> & { origin: Date })[]>`
    with asked as (select now() - ${minutes} * interval '1 minute' as origin)
    select w.id as "workerId", w.name as "workerName", jsonb_array_length(w.slots) as slots,
      w.machine_cores as "machineCores", w.machine_memory_bytes::float8 as "machineMemoryBytes",
      o.origin,
      json_agg(round(extract(epoch from s.at - o.origin) * 1000) order by s.at) as at,
      json_agg(s.cpu_cores order by s.at) as "cpuCores",
      json_agg(s.memory_bytes order by s.at) as "memoryBytes",
      json_agg(s.busy order by s.at) as busy
    from asked o join worker_samples s on s.at >= o.origin join workers w on w.id = s.worker_id
    group by w.id, o.origin order by w.name, w.started_at`;
  return rows.map(({ origin, ...row }) => ({ ...row, origin: origin.toISOString() }));
}
