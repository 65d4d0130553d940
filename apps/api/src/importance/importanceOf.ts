import {
  AppError,
  type Id,
  type ImportanceView,
  type PartialDependenceView,
  type RouteRequest,
  type SurrogateView,
  type SweepView,
} from "@sweepyard/contract";
import { getSweep, importanceState, type ParetoRun, paretoRuns, runIds } from "@sweepyard/db";
import type { ImportanceSweep } from "@sweepyard/search";
import type { ApiDeps } from "../apiDeps.js";

type Deps = Pick<ApiDeps, "db" | "analyst">;
type Query<N extends "sweeps.importance" | "sweeps.partialDependence" | "sweeps.surrogate"> =
  RouteRequest<N>["query"];

/** Stands for an objective where being on the Pareto front is meant. */
const PARETO = "pareto";

/** @throws {AppError} `invalid_request` for an objective that the sweep does not have. */
export async function importanceOf(
  { db, analyst }: Deps,
  projectId: Id,
  id: Id,
  { method, objective, axis, pairs }: Query<"sweeps.importance">,
): Promise<ImportanceView> {
  const sweep = await getSweep(db, projectId, id);
  const isFront = objective === PARETO && !sweep.objectives.some(({ metric }) => metric === PARETO);
  if (isFront && sweep.objectives.length < 2)
    throw refused("objective", "one_objective", "is of several objectives, and the sweep has one");
  if (isFront && (method !== "ped_anova" || pairs))
    throw refused(
      "objective",
      "no_single_value",
      "is known to ped_anova alone, without pairs: take that method, or one of the objectives",
    );
  return analyst.ask({
    sweepId: id,
    state: await importanceState(db, id),
    question: {
      kind: "importance",
      method,
      objective: isFront ? null : objectiveIndex(sweep, objective),
      axis,
      pairs,
    },
    load: () => loadSweep(db, sweep),
  });
}

/** @throws {AppError} `invalid_request` for an objective or a param that the sweep does not have. */
export async function dependenceOf(
  { db, analyst }: Deps,
  projectId: Id,
  id: Id,
  { param, objective, points }: Query<"sweeps.partialDependence">,
): Promise<PartialDependenceView> {
  const sweep = await getSweep(db, projectId, id);
  for (const name of param ?? []) requireParam(sweep, "param", name);
  return analyst.ask({
    sweepId: id,
    state: await importanceState(db, id),
    question: {
      kind: "dependence",
      objective: objectiveIndex(sweep, objective),
      ...(param && { params: param }),
      points,
    },
    load: () => loadSweep(db, sweep),
  });
}

/** @throws {AppError} `invalid_request` for an objective or a param that the sweep does not have. */
export async function surrogateOf(
  { db, analyst }: Deps,
  projectId: Id,
  id: Id,
  { x, y, objective, points }: Query<"sweeps.surrogate">,
): Promise<SurrogateView> {
  const sweep = await getSweep(db, projectId, id);
  requireParam(sweep, "x", x);
  requireParam(sweep, "y", y);
  if (x === y) throw refused("y", "same_param", `is "${x}" too: name two params`);
  const answer = await analyst.ask({
    sweepId: id,
    state: await importanceState(db, id),
    question: { kind: "surrogate", objective: objectiveIndex(sweep, objective), x, y, points },
    load: () => loadSweep(db, sweep),
  });
  const numbers = answer.points.map(({ number }) => number);
  const ids = await runIds(db, id, numbers);
  return {
    ...answer,
    points: answer.points.flatMap((point) => {
      const runId = ids.get(point.number);
      return runId === undefined ? [] : [{ runId, ...point }];
    }),
  };
}

function objectiveIndex({ objectives }: SweepView, metric: string | undefined): number {
  if (metric === undefined) return 0;
  const index = objectives.findIndex((objective) => objective.metric === metric);
  if (index >= 0) return index;
  const known = objectives.map((objective) => `"${objective.metric}"`).join(", ");
  throw refused("objective", "unknown_objective", `"${metric}" is none of the sweep's: ${known}`);
}

function requireParam({ space }: SweepView, path: string, name: string): void {
  if (Object.hasOwn(space, name)) return;
  const known = Object.keys(space).join(", ");
  throw refused(path, "unknown_dimension", `"${name}" is no dimension of the space: ${known}`);
}

const refused = (path: string, rule: string, message: string) =>
  new AppError("invalid_request", `${path} ${message}`, { errors: [{ path, rule, message }] });

async function loadSweep(db: ApiDeps["db"], sweep: SweepView): Promise<ImportanceSweep> {
  const { id, space, objectives, constraints } = sweep;
  const runs = await paretoRuns(db, id, { objectives, constraints });
  return { space, objectives, history: runs.map(toObservation) };
}

const toObservation = ({ number, params, values, excluded }: ParetoRun) => ({
  number,
  params,
  state: "completed" as const,
  value: values[0] ?? null,
  values,
  excluded,
});
