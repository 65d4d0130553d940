import type { RunView, SweepView } from "@sweepyard/contract";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { runListQuery } from "../api/queries.js";
import type { CurveRun } from "../charts/prepareLearningCurves.js";
import { paramsText } from "../runs/paramsText.js";
import { runLabel } from "../runs/runLabel.js";

const NONE: readonly RunView[] = [];

/**
 * A sweep's runs, best first: all of them, or of a large sweep the best 500. Charts and the
 * unfiltered table live on this one answer.
 */
export function useSweepRuns(sweep: SweepView) {
  const sort = sweep.objective.direction === "maximize" ? "-objective" : "objective";
  const query = useInfiniteQuery(runListQuery({ sweepId: sweep.id, filter: "", sort }));
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? NONE, [query.data]);
  return { query, runs, total: query.data?.pages.at(-1)?.total ?? 0, sort };
}

/** What charts need of runs. Excluded runs are out of every judgement and so out of charts. */
export const toCurveRuns = (runs: readonly RunView[]): CurveRun[] =>
  runs
    .filter((run) => run.excluded === null)
    .map((run) => ({
      id: run.id,
      number: run.number,
      name: runLabel(run),
      state: run.state,
      objective: run.objective,
      detail: paramsText(run.params),
    }));
