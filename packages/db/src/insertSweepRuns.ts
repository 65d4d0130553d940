import { type AskedRun, type AskRuns, type Id, newId, nextRunState } from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import { datasetVersions } from "./datasetVersions.js";
import type { Delivery } from "./delivery.js";
import type { AdvanceInput, NewPoint } from "./sweepDecision.js";

/** Attempts of a run outside Sweepyard, the first included, before it counts as failed. */
export const ASKED_ATTEMPTS_MAX = 5;

/** A trainer outside Sweepyard that waits for a run, and for how long it then holds it. */
export type NewClaim = Pick<AskRuns, "lease_seconds" | "worker">;

/**
 * Makes the runs of new points; the first of them begin at once, one for each claim, as their
 * first attempt. The sweep's row, whose counter has numbered the runs, is held by the caller.
 */
export async function insertSweepRuns(
  tx: Tx,
  sweep: AdvanceInput["sweep"],
  points: readonly NewPoint[],
  claims: readonly NewClaim[],
): Promise<{ inserted: Delivery[]; claimed: AskedRun[] }> {
  if (points.length === 0) return { inserted: [], claimed: [] };
  const rows = await rowsOf(tx, sweep, points, claims);
  // Not createMany, which Prisma compiles anew for each number of rows. Claimed runs are not
  // queued first: to write each row and its fourteen index entries twice takes twice as long.
  const leases = await tx.$queryRaw<{ id: Id; leaseUntil: Date }[]>`
    with made as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as r (
        id uuid, number int, point int, version int, name text, params jsonb, sampler_reason jsonb,
        plan jsonb, engine text, dataset_id uuid, seed bigint, repeat int, fold int, epochs int,
        worker text, lease_seconds float8)
    ), inserted as (
      insert into runs (id, project_id, sweep_id, number, point, version, name, params,
        sampler_reason, trainer, plan, engine, dataset_id, seed, repeat, fold, epochs, priority,
        tags, created_by, state, attempt, max_attempts, started_at, lease_until)
      select r.id, ${sweep.projectId}::uuid, ${sweep.id}::uuid, r.number, r.point, r.version,
        r.name, r.params, r.sampler_reason, ${sweep.trainer.kind}, r.plan, r.engine, r.dataset_id,
        r.seed, r.repeat, r.fold, r.epochs, ${sweep.priority}, ${[...sweep.tags]}::text[],
        ${sweep.createdBy},
        case when r.worker is null then 'queued' else ${nextRunState("queued", "claim")} end,
        case when r.worker is null then 0 else 1 end,
        case when r.worker is not null then ${ASKED_ATTEMPTS_MAX}::int end,
        case when r.worker is not null then now() end,
        clock_timestamp() + r.lease_seconds * interval '1 second'
      from made r
      returning id, lease_until
    ), begun as (
      insert into attempts (run_id, number, worker_name, slot, device)
      select id, 1, worker, 0, 'external' from made where worker is not null
    )
    select id, lease_until as "leaseUntil" from inserted where lease_until is not null`;
  const leaseOf = new Map(leases.map(({ id, leaseUntil }) => [id, leaseUntil]));
  const { kind } = sweep.trainer;
  const trainer = kind === "external" ? "engine" : kind; // an external run is delivered to nobody
  return {
    inserted: rows.map(({ id }) => ({
      runId: id,
      generation: 1,
      priority: sweep.priority,
      delayMs: 0,
      trainer,
    })),
    claimed: rows.flatMap(({ id, number, params, seed }) => {
      const leaseUntil = leaseOf.get(id)?.toISOString();
      return leaseUntil === undefined
        ? []
        : [{ run: id, number, params, attempt: 1, seed, leaseUntil }];
    }),
  };
}

async function rowsOf(
  tx: Tx,
  sweep: AdvanceInput["sweep"],
  points: readonly NewPoint[],
  claims: readonly NewClaim[],
) {
  const datasets = await datasetVersions(
    tx,
    sweep.projectId,
    points.flatMap(({ runs }) => runs.flatMap(({ plan }) => plan?.data ?? [])),
  );
  const rows = points.flatMap(({ asked, runs }) =>
    runs.map(({ plan, seed, repeat, fold }, index) => {
      const { number = 0, epochs = 0 } = asked.runs[index] ?? {};
      const dataset = plan && datasets.of(plan.data);
      return {
        id: newId(),
        number,
        point: asked.point,
        version: asked.version,
        name: `${sweep.name} #${number}`,
        params: asked.params,
        sampler_reason: asked.reason,
        plan: plan && (dataset?.pin(plan) ?? null),
        engine: plan?.engine,
        dataset_id: dataset?.id,
        seed,
        repeat,
        fold,
        epochs,
      };
    }),
  );
  return rows.map((row, index) => {
    const { worker, lease_seconds } = claims[index] ?? {};
    return { ...row, worker, lease_seconds };
  });
}
