import type { RunView, SweepView } from "@sweepyard/contract";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo } from "react";
import { useFilteredRuns } from "../runs/useFilteredRuns.js";
import { rowsAsked } from "./sweepQuestions.js";

const NONE: readonly RunView[] = [];
const route = getRouteApi("/sweeps/$sweepId");

/** The rows of the sweep's table, a page at a time: the server filters and sorts all of them. */
export function useSweepRuns(sweep: SweepView) {
  const search = route.useSearch();
  const asked = rowsAsked(sweep, search);
  const { query, isRefused, refusal } = useFilteredRuns(asked);
  const runs = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? NONE, [query.data]);
  return {
    query,
    runs,
    total: query.data?.pages.at(-1)?.total ?? 0,
    sort: asked.sort,
    isRefused,
    refusal,
  };
}
