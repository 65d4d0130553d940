import {
  AppError,
  type CreateSweep,
  type Id,
  type Params,
  pausesAtRungs,
  probePoints,
  resolvePlan,
  runsOfPoint,
  type SweepPreview,
  TrainPlan,
} from "@sweepyard/contract";
import { type Db, getDataset, readGuard } from "@sweepyard/db";
import { describeModel, modelTask } from "@sweepyard/engine";
import { cellCount, decideRuns, gridSize, SweepHistory } from "@sweepyard/search";
import { acceptSweep } from "../acceptPlan.js";
import type { ApiDeps } from "../apiDeps.js";
import { costOf } from "./costOf.js";
import { summarizeModel } from "./summarizeModel.js";

/** Points that are shown; what they cost stands for all. */
const SAMPLES = 8;
/** Counting with constraints between params tries every cell: more would keep others waiting. */
const COUNTED_CELLS_MAX = 100_000;

/**
 * What submitting `input` would do.
 * @throws {AppError} as submitting it would.
 */
export async function previewSweep(
  deps: Pick<ApiDeps, "db" | "maxParameters">,
  projectId: Id,
  input: CreateSweep,
): Promise<SweepPreview> {
  const { sweep, plannedRuns } = await acceptSweep(deps, projectId, input);
  const first = firstPoints(sweep, plannedRuns);
  const promotion = await promotionOf(deps.db, projectId, sweep);
  const counted = { points: countPoints(sweep), plannedRuns, promotion };
  const plans = first.flatMap(({ plan }) => (plan === null ? [] : [plan]));
  const [plan] = plans;
  if (plan === undefined) {
    const samples = first.map(({ params, reason }) => ({ params, reason, modelParams: null }));
    return { ...counted, samples, modelParams: null, model: null, cost: null };
  }
  const dataset = await getDataset(deps.db, projectId, plan.data.dataset, plan.data.version);
  const describe = (each: TrainPlan) => describeModel(each.model, modelTask(each, dataset));
  const models = plans.map(describe);
  const ends = planEnds(sweep).map(describe);
  const sizes = [...models, ...ends].map(({ params }) => params);
  return {
    ...counted,
    samples: first.map(({ params, reason }, index) => ({
      params,
      reason,
      modelParams: models[index]?.params ?? null,
    })),
    modelParams: { min: Math.min(...sizes), max: Math.max(...sizes) },
    model: models[0] === undefined ? null : summarizeModel(models[0]),
    cost: await costOf(deps.db, projectId, { sweep, plannedRuns, plans, dataset }),
  };
}

async function promotionOf(
  db: Db,
  projectId: Id,
  { promote }: CreateSweep,
): Promise<SweepPreview["promotion"]> {
  if (promote === undefined) return null;
  const { model, alias } = promote;
  const guard = await readGuard(db, projectId, promote);
  return { model, alias, champion: guard?.champion ?? null, policy: guard?.policy ?? null };
}

interface FirstPoint {
  readonly params: Params;
  readonly reason: SweepPreview["samples"][number]["reason"];
  /** Of its first run; null where the trainer follows none. */
  readonly plan: TrainPlan | null;
}

/** What the sweep would begin with, decided as a worker decides; runs of a warm start are left out. */
function firstPoints(sweep: CreateSweep, plannedRuns: number | null): FirstPoint[] {
  const { space, sampler, pruner } = sweep;
  const history = new SweepHistory();
  const settings = { space, sampler, pruner, version: 1, actor: "", changes: {}, reason: "" };
  history.add({ seq: 1, entry: { kind: "settings", ...settings, withdrawn: 0 } });
  for (const [index, params] of sweep.points.entries())
    history.add({ seq: index + 2, entry: { kind: "enqueue", params, actor: "" } });
  const wanted = SAMPLES * runsOfPoint(sweep);
  const { points } = decideRuns(
    {
      sweep: {
        ...sweep,
        objectives: sweep.objectives ?? [sweep.objective],
        folds: sweep.folds ?? null,
        target: sweep.target ?? null,
        terminator: sweep.terminator ?? null,
        parallelism: wanted,
        plannedRuns,
      },
      nextNumber: 1,
      elapsedSeconds: 0,
      liveSlotMs: 0,
      epochLedger:
        sweep.budget.epochs !== undefined && pausesAtRungs(pruner)
          ? { left: sweep.budget.epochs, toEnd: null }
          : null,
      slots: { total: wanted },
      wanted,
    },
    history,
  );
  return points.map(({ asked, runs }) => ({
    params: asked.params,
    reason: asked.reason ?? {},
    plan: runs[0]?.plan ?? null,
  }));
}

const planEnds = ({ plan, space }: CreateSweep): TrainPlan[] =>
  [...probePoints(space)].map((params) => TrainPlan.parse(resolvePlan(plan, params)));

/** null: a dimension is continuous, or there are too many to go through. */
function countPoints({ space }: CreateSweep): number | null {
  const most = cellCount(space);
  const isConstrained = Object.values(space).some(({ where }) => where !== undefined);
  if (!Number.isSafeInteger(most) || (isConstrained && most > COUNTED_CELLS_MAX)) return null;
  try {
    return gridSize(space);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}
