import {
  AppError,
  type CreateSweep,
  type Id,
  type Params,
  type RunState,
  type SweepLogEntry,
} from "@sweepyard/contract";
import type { Tx } from "./connect.js";

/** Runs taken over from other sweeps at most: what a sampler reads at every ask has an end. */
const IMPORTS_MAX = 10_000;

interface ImportRow {
  readonly sweepId: Id;
  readonly runId: Id;
  readonly number: number;
  readonly params: Params;
  readonly state: RunState;
  readonly objective: number | null;
  readonly epoch: number;
}

/**
 * The ended runs of the sweeps that a new one starts warm from, oldest first, without those that
 * somebody has excluded or that failed for reasons that are not their params'.
 * @throws {AppError} `invalid_request` for a sweep that is not there or has another objective.
 */
export async function readImports(
  tx: Tx,
  projectId: Id,
  { warm_start, objective }: Pick<CreateSweep, "warm_start" | "objective">,
): Promise<Extract<SweepLogEntry, { kind: "import" }>[]> {
  const ids = warm_start?.sweeps ?? [];
  if (ids.length === 0) return [];
  const sweeps = await tx.sweep.findMany({
    where: { projectId, id: { in: ids } },
    select: { id: true, objectiveMetric: true, objectiveDirection: true },
  });
  const errors = ids.flatMap((id, index) => {
    const path = `warm_start.sweeps.${index}`;
    const sweep = sweeps.find((found) => found.id === id);
    if (sweep === undefined)
      return [{ path, rule: "unknown_sweep", message: `this project has no sweep ${id}` }];
    const { objectiveMetric: metric, objectiveDirection: direction } = sweep;
    if (metric === objective.metric && direction === objective.direction) return [];
    return [
      {
        path,
        rule: "other_objective",
        message: `is there to ${direction} ${metric}: its values say nothing of this sweep's objective`,
      },
    ];
  });
  if (errors.length > 0)
    throw new AppError("invalid_request", "the sweep was not accepted", { errors });
  const rows = await tx.$queryRaw<ImportRow[]>`
    select sweep_id as "sweepId", id as "runId", number, params, state, objective, epoch
    from runs
    where sweep_id = any(${ids}::uuid[]) and excluded_at is null
      and (state in ('completed', 'diverged') or (state = 'pruned' and epoch > 0))
    order by ended_at desc limit ${IMPORTS_MAX}`;
  return rows.reverse().map(({ sweepId, runId, number, params, state, objective, epoch }) => ({
    kind: "import",
    from: { sweepId, runId, number },
    params,
    state,
    values: [objective],
    points: state === "pruned" ? [{ step: epoch - 1, value: objective }] : [],
  }));
}
