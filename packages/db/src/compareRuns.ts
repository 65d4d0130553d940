import {
  AppError,
  type Curve,
  type Id,
  Report,
  type RunComparison,
  type RunView,
} from "@sweepyard/contract";
import type { Db } from "./connect.js";
import { readRunsById } from "./runView.js";

/** Runs side by side, in the order of `ids`. @throws {AppError} `not_found` naming missing ones. */
export async function compareRuns(
  db: Db,
  projectId: Id,
  ids: readonly Id[],
): Promise<RunComparison> {
  const wanted = [...new Set(ids)];
  const runs = await readRunsById(db.prisma, projectId, wanted);
  const missing = wanted.filter((id) => !runs.some((run) => run.id === id));
  if (missing.length > 0)
    throw new AppError("not_found", `this project has no run ${missing.join(", ")}`);
  const [curves, reports] = await Promise.all([
    db.prisma.$queryRaw<Curve[]>`
      select run_id as "runId", name as metric, array_agg(step order by step) as steps,
        array_agg(case when value > '-Infinity' and value < 'Infinity' then value end
          order by step) as values
      from metric_points where run_id = any(${wanted}::uuid[])
      group by run_id, name
      order by array_position(${wanted}::uuid[], run_id), name`,
    db.prisma.$queryRaw<{ runId: Id; report: unknown }[]>`
      select run_id as "runId", report from reports where run_id = any(${wanted}::uuid[])`,
  ]);
  return {
    runs,
    differing: differingPaths(runs),
    curves,
    reports: Object.fromEntries(reports.map(({ runId, report }) => [runId, Report.parse(report)])),
  };
}

/** Dotted paths below `params` and `plan` whose values are not the same in all runs, sorted. */
export function differingPaths(runs: readonly Pick<RunView, "params" | "plan">[]): string[] {
  const flat = runs.map(({ params, plan }) => new Map(leaves({ params, plan })));
  const paths = [...new Set(flat.flatMap((leaf) => [...leaf.keys()]))].sort();
  return paths.filter((path) => new Set(flat.map((leaf) => leaf.get(path))).size > 1);
}

/** Each leaf's path and its JSON. Lists count as one value. */
function leaves(value: unknown, path = ""): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, child]) =>
    leaves(child, path === "" ? key : `${path}.${key}`),
  );
}
