import { type CreateSweep, type Id, newId, type Params, type SweepView } from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { recordEvent } from "./events.js";
import { readImports } from "./importRuns.js";
import { toJson } from "./json.js";
import { appendSweepLog } from "./sweepLog.js";
import { readSweep } from "./sweepView.js";

export interface CreateSweepOptions {
  /** Runs that will be made in all: the budget or the grid's cells, whichever is less. */
  readonly plannedRuns: number | null;
  /** The sweep that this one is a changed copy of. */
  readonly forkedFrom?: Id;
  /** The key that asks for `promote`. */
  readonly askedKey?: Id;
  /** Of the runs of other sweeps that the sampler could know, those that it is to know. */
  readonly fits?: (params: Params) => boolean;
}

/** Stores a sweep that `parseSweep` accepted. Its runs are made by `advanceSweep`. */
export async function createSweep(
  db: Db,
  projectId: Id,
  actor: string,
  sweep: CreateSweep,
  { plannedRuns, forkedFrom, askedKey, fits = () => true }: CreateSweepOptions,
): Promise<SweepView> {
  const id = newId();
  return db.prisma.$transaction(async (tx) => {
    await tx.sweep.create({
      data: {
        id,
        projectId,
        name: sweep.name,
        description: sweep.description,
        plan: toJson(sweep.plan),
        space: toJson(sweep.space),
        sampler: toJson(sweep.sampler),
        pruner: toJson(sweep.pruner),
        trainer: toJson(sweep.trainer),
        objectives: toJson(sweep.objectives ?? []),
        constraints: toJson(sweep.constraints),
        repeats: sweep.repeats,
        folds: sweep.folds ?? null,
        objectiveMetric: sweep.objective.metric,
        objectiveDirection: sweep.objective.direction,
        budget: toJson(sweep.budget),
        plannedRuns,
        warmStart: sweep.warm_start?.sweeps ?? [],
        forkedFrom: forkedFrom ?? null,
        target: sweep.target ?? null,
        ...(sweep.terminator && { terminator: toJson(sweep.terminator) }),
        parallelism: sweep.parallelism ?? null,
        priority: sweep.priority,
        weight: sweep.weight,
        seed: sweep.seed,
        tags: sweep.tags,
        ...(sweep.promote && { promote: toJson(sweep.promote), promoteKey: askedKey ?? null }),
        createdBy: actor,
      },
      select: { id: true },
    });
    const { space, sampler, pruner } = sweep;
    const imported = await readImports(tx, projectId, sweep);
    await appendSweepLog(tx, id, 0, [
      {
        kind: "settings",
        version: 1,
        space,
        sampler,
        pruner,
        actor,
        changes: {},
        reason: "",
        withdrawn: 0,
      },
      ...imported.filter(({ params }) => fits(params)),
      ...sweep.points.map((params) => ({ kind: "enqueue", params, actor }) as const),
    ]);
    await recordEvent(tx, projectId, { type: "sweep.changed", sweepId: id });
    return readSweep(tx, projectId, id);
  });
}
