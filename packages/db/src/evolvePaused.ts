import {
  type Id,
  newId,
  type Objective,
  type Params,
  type PbtSamplerConfig,
  type PopulationMove,
  type SamplerConfig,
  type Space,
  type SweepTrainer,
  type TrainPlan,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";
import type { Delivery } from "./delivery.js";
import { recordEvents } from "./events.js";
import { jsonb } from "./json.js";
import { logPruning } from "./pruningLog.js";
import { enterState } from "./runTransition.js";

/** What evolving a population goes by beside its members. */
export interface EvolvingSweep {
  readonly id: Id;
  readonly projectId: Id;
  /** A TrainPlan with `{"$param": …}` in it. */
  readonly plan: Record<string, unknown>;
  readonly folds: number | null;
  readonly seed: number;
  readonly objective: Objective;
  readonly trainer: SweepTrainer;
}

/** A run of the population; packages/search calls it a Member. */
export interface MemberRow {
  readonly number: number;
  readonly params: Params;
  readonly excluded: boolean;
  readonly rungs: number[];
  readonly pausedAtRung: number | null;
  readonly hasCheckpoint: boolean;
  readonly seed: number;
}

/** Decides what each member that waits does next. Pure. */
export type Evolve = (
  sweep: EvolvingSweep,
  space: Space,
  options: PbtSamplerConfig,
  members: readonly MemberRow[],
) => readonly (PopulationMove & { readonly plan: TrainPlan | null })[];

/**
 * Lets a population on once all of it waits: the worst members get the checkpoint and the changed
 * params of a better one, and all are queued. In the caller's transaction, which holds the sweep's
 * row: either the whole population moves or none of it, whoever dies meanwhile. Nobody holds a
 * lease on a run that waits, so no attempt writes between.
 * @returns what is to be enqueued; nothing while a member trains, or without a population.
 */
export async function evolvePaused(
  tx: Tx,
  sweep: EvolvingSweep,
  evolve: Evolve,
): Promise<Delivery[]> {
  const [settings] = await tx.$queryRaw<Settings[]>`
    select space, sampler, version, exists (select 1 from runs r where r.sweep_id = s.id
      and r.state in ('queued', 'running')) as trains
    from sweeps s where id = ${sweep.id}::uuid`;
  if (settings === undefined || settings.trains || settings.sampler.name !== "pbt") return [];
  await tx.$queryRaw`
    select 1 from runs where sweep_id = ${sweep.id}::uuid and paused_rung is not null
    order by id for update`;
  const members = await readMembers(tx, sweep.id);
  const [first] = members;
  if (first === undefined) return [];
  const { space, sampler, version } = settings;
  const rows = members.map(({ id: _id, plan: _plan, saw: _saw, ...member }) => member);
  const moves = evolve(sweep, space, sampler, rows);
  await logPruning(tx, sweep.id, {
    kind: "evolved",
    version,
    saw: first.saw,
    barred: members.flatMap(({ number, hasCheckpoint }) => (hasCheckpoint ? [] : [number])),
    moves: moves.map(({ plan: _, ...move }) => move),
  });
  const byNumber = new Map(members.map((member) => [member.number, member]));
  const deliveries: Delivery[] = [];
  for (const move of moves) {
    const member = byNumber.get(move.number);
    if (member === undefined) continue;
    const source = byNumber.get(move.from ?? 0);
    if (source !== undefined) await adopt(tx, sweep, { member, source, move });
    const [row] = await tx.$queryRaw<Omit<Delivery, "delayMs">[]>`
      update runs r set ${enterState("resume", wordsOf(move))} where r.id = ${member.id}::uuid
      returning r.id as "runId", r.generation, r.priority, r.trainer`;
    if (row !== undefined) deliveries.push({ ...row, delayMs: 0 });
  }
  await recordEvents(tx, sweep.projectId, [
    ...deliveries.map(({ runId }) => ({ type: "run.changed", runId }) as const),
    { type: "sweep.changed", sweepId: sweep.id },
  ]);
  return deliveries;
}

interface Settings {
  readonly space: Space;
  readonly sampler: SamplerConfig;
  readonly version: number;
  readonly trains: boolean;
}

interface StoredMember extends MemberRow {
  readonly id: Id;
  readonly plan: TrainPlan | null;
  readonly saw: string;
}

const readMembers = (tx: Tx, sweepId: Id): Promise<StoredMember[]> =>
  tx.$queryRaw<StoredMember[]>`
    select pg_current_snapshot()::text as saw, r.id, r.number, r.params, r.plan, r.rungs,
      r.excluded_at is not null as excluded, r.paused_rung as "pausedAtRung",
      coalesce(r.seed, 0)::float8 as seed, exists (
        select 1 from artifacts a where a.run_id = r.id and a.kind = 'checkpoint'
      ) as "hasCheckpoint"
    from runs r where r.sweep_id = ${sweepId}::uuid and r.paused_rung is not null
    order by r.number`;

interface Adoption {
  readonly member: StoredMember;
  readonly source: StoredMember;
  readonly move: ReturnType<Evolve>[number];
}

/** Files are named by their content: the copy is a row, and no byte is read. */
async function adopt(
  tx: Tx,
  { projectId }: EvolvingSweep,
  { member, source, move }: Adoption,
): Promise<void> {
  // The data set's version was pinned when the run was made.
  const plan = move.plan && { ...move.plan, ...(member.plan && { data: member.plan.data }) };
  await tx.$executeRaw`
    update runs set params = ${jsonb(move.params)}, sampler_reason = ${jsonb(move.reason)},
      plan = ${plan === null ? null : jsonb(plan)}
    where id = ${member.id}::uuid`;
  await tx.$executeRaw`
    delete from artifacts where run_id = ${member.id}::uuid and kind = 'checkpoint'`;
  await tx.$executeRaw`
    insert into artifacts (id, project_id, run_id, kind, file_name, media_type, sha256, bytes,
      epoch, copied_from)
    select ${newId()}::uuid, ${projectId}::uuid, ${member.id}::uuid, kind, file_name, media_type,
      sha256, bytes, epoch, run_id
    from artifacts where run_id = ${source.id}::uuid and kind = 'checkpoint'
    order by epoch desc limit 1`;
}

function wordsOf({ from, reason }: PopulationMove): string {
  const why = typeof reason.why === "string" ? reason.why : "";
  return from === null ? `goes on: ${why}` : `goes on from a copy of run ${from}: ${why}`;
}
