import {
  type Budget,
  type Direction,
  type Id,
  isTerminal,
  newId,
  type Objective,
  type Params,
  type PrunerConfig,
  type RunState,
  type SamplerConfig,
  type Space,
  type TrainPlan,
} from "@sweepyard/contract";
import type { Db, Tx } from "./connect.js";
import { datasetVersions } from "./datasetVersions.js";
import type { Delivery } from "./delivery.js";
import { recordEvents } from "./events.js";
import { toJson } from "./json.js";
import { sweepNotFound } from "./sweepView.js";

/** A run of the sweep as samplers see it; packages/search calls it an Observation. */
export interface HistoryRow {
  readonly number: number;
  readonly params: Params;
  readonly state: RunState;
  /** The objective after the last epoch; null unless finite. */
  readonly value: number | null;
  readonly excluded: boolean;
  /** Of a pruned run the last report, by which samplers rank it; steps count from 0. */
  readonly points: readonly { readonly step: number; readonly value: number | null }[];
}

export interface AdvanceInput {
  readonly sweep: {
    readonly id: Id;
    readonly projectId: Id;
    readonly name: string;
    /** A TrainPlan with `{"$param": …}` in it. */
    readonly plan: Record<string, unknown>;
    readonly space: Space;
    readonly sampler: SamplerConfig;
    readonly pruner: PrunerConfig;
    readonly objective: Objective;
    readonly budget: Budget;
    readonly plannedRuns: number | null;
    readonly parallelism: number | null;
    readonly priority: number;
    readonly seed: number;
    /** Its runs get them too, so that lists of runs can be filtered by them. */
    readonly tags: readonly string[];
    readonly createdBy: string;
  };
  /** Every run of the sweep, by number. */
  readonly history: readonly HistoryRow[];
  /** The number that the first new run gets; the following ones count on from it. */
  readonly nextNumber: number;
  /** Runs that may still be made before plannedRuns is reached; null: no bound. */
  readonly remaining: number | null;
  /** Runs of this sweep that are queued or running. */
  readonly active: number;
  /** Of all live workers; `queued` counts the runs of all sweeps that wait. */
  readonly slots: { readonly total: number; readonly busy: number; readonly queued: number };
}

export interface NewRun {
  readonly params: Params;
  /** Why the sampler chose these params. */
  readonly reason: Record<string, unknown> | null;
  /** With its data set's version and its seed pinned. */
  readonly plan: TrainPlan;
  readonly priority?: number;
  readonly name?: string;
}

export interface Decision {
  /** What goes past `remaining` is dropped. */
  readonly runs: readonly NewRun[];
  /** Given when nothing is left to make: the sweep ends once all its runs have. */
  readonly end?: { readonly reason: string };
}

export interface Advanced {
  /** To be enqueued as `run.train`. */
  readonly created: Delivery[];
  /** True if this call ended the sweep. */
  readonly ended: boolean;
}

/**
 * Makes a sweep's next runs in one transaction that holds the sweep's row, so that parallel calls
 * take turns and the budget is never passed. `decide` is synchronous and pure. A sweep that is
 * not running changes nothing, and `decide` is not called.
 */
export async function advanceSweep(
  db: Db,
  sweepId: Id,
  decide: (input: AdvanceInput) => Decision,
): Promise<Advanced> {
  return db.prisma.$transaction(async (tx) => {
    const sweep = await lockSweep(tx, sweepId);
    if (sweep.state !== "running") return { created: [], ended: false };
    const { nextNumber } = sweep;
    const history = await readHistory(tx, sweepId);
    const remaining = sweep.plannedRuns === null ? null : sweep.plannedRuns - (nextNumber - 1);
    const isActive = ({ state }: HistoryRow) => state === "queued" || state === "running";
    const active = history.filter(isActive).length;
    const slots = await countSlots(tx);

    const decision: Decision =
      remaining !== null && remaining <= 0
        ? { runs: [], end: { reason: `all ${sweep.plannedRuns} planned runs have ended` } }
        : decide({ sweep, history, nextNumber, remaining, active, slots });
    const runs = decision.runs.slice(0, remaining ?? undefined);
    const created = await insertRuns(tx, sweep, runs);
    if (created.length > 0) return { created, ended: false };
    if (!decision.end || history.some(({ state }) => !isTerminal(state)))
      return { created, ended: false };

    await tx.$executeRaw`
      update sweeps set state = 'completed', state_reason = ${decision.end.reason},
        ended_at = now(), updated_at = now()
      where id = ${sweepId}::uuid`;
    await recordEvents(tx, sweep.projectId, [{ type: "sweep.changed", sweepId }]);
    return { created, ended: true };
  });
}

type SweepRow = Omit<AdvanceInput["sweep"], "seed" | "objective"> & {
  readonly state: string;
  readonly seed: bigint;
  readonly metric: Objective["metric"];
  readonly direction: Direction;
  readonly nextNumber: number;
};

async function lockSweep(tx: Tx, id: Id) {
  const [row] = await tx.$queryRaw<SweepRow[]>`
    select id, project_id as "projectId", name, state, plan, space, sampler, pruner,
      objective_metric as metric, objective_direction as direction, budget,
      planned_runs as "plannedRuns", parallelism, priority, seed, tags,
      next_number as "nextNumber", created_by as "createdBy"
    from sweeps where id = ${id}::uuid for no key update`;
  if (row === undefined) throw sweepNotFound(id);
  const { metric, direction, seed, ...rest } = row;
  return { ...rest, seed: Number(seed), objective: { metric, direction } };
}

const readHistory = (tx: Tx, sweepId: Id) =>
  tx.$queryRaw<HistoryRow[]>`
    select number, params, state, objective as value, excluded_at is not null as excluded,
      case when state = 'pruned' and epoch > 0
        then jsonb_build_array(jsonb_build_object('step', epoch - 1, 'value', objective))
        else '[]'::jsonb end as points
    from runs where sweep_id = ${sweepId}::uuid order by number`;

/** Slots of workers heard of in the last minute, and what they have to do. */
async function countSlots(tx: Tx): Promise<AdvanceInput["slots"]> {
  const [slots] = await tx.$queryRaw<AdvanceInput["slots"][]>`
    select
      (select coalesce(sum(jsonb_array_length(slots)), 0)::int from workers
        where state = 'active' and last_seen_at > now() - interval '1 minute') as total,
      (select count(*)::int from runs where state = 'running') as busy,
      (select count(*)::int from runs where state = 'queued') as queued`;
  return slots ?? { total: 0, busy: 0, queued: 0 };
}

/** Numbers the runs on from the sweep's counter, whose row the caller holds. */
async function insertRuns(
  tx: Tx,
  sweep: AdvanceInput["sweep"] & { readonly nextNumber: number },
  runs: readonly NewRun[],
): Promise<Delivery[]> {
  if (runs.length === 0) return [];
  const datasets = await datasetVersions(
    tx,
    sweep.projectId,
    runs.map(({ plan }) => plan.data),
  );
  const rows = runs.map((run, index) => {
    const number = sweep.nextNumber + index;
    const dataset = datasets.of(run.plan.data);
    return {
      id: newId(),
      projectId: sweep.projectId,
      sweepId: sweep.id,
      number,
      name: run.name ?? `${sweep.name} #${number}`,
      params: toJson(run.params),
      ...(run.reason && { samplerReason: toJson(run.reason) }),
      plan: toJson(dataset.pin(run.plan)),
      engine: run.plan.engine,
      datasetId: dataset.id,
      epochs: run.plan.epochs,
      priority: run.priority ?? sweep.priority,
      tags: [...sweep.tags],
      createdBy: sweep.createdBy,
    };
  });
  await tx.run.createMany({ data: rows });
  await tx.$executeRaw`
    update sweeps set next_number = next_number + ${rows.length}, updated_at = now()
    where id = ${sweep.id}::uuid`;
  await recordEvents(tx, sweep.projectId, [
    ...rows.map(({ id }) => ({ type: "run.changed", runId: id }) as const),
    { type: "sweep.changed", sweepId: sweep.id },
  ]);
  return rows.map(({ id, priority }) => ({ runId: id, generation: 1, priority, delayMs: 0 }));
}
