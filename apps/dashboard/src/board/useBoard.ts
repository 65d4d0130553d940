import type { SweepView } from "@sweepyard/contract";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { matchingRunsQuery, runSetQuery } from "../api/queries.js";
import { type DimensionAxis, dimensionAxis } from "../charts/dimensionAxis.js";
import { type QualityScale, qualityScale } from "../charts/qualityScale.js";
import type { SweepSearch } from "../search.js";
import { readFilter } from "./clauses.js";
import { type Mask, matchRuns } from "./matchRuns.js";
import { indexOfRun, type RunSet } from "./runSet.js";
import { useThrottled } from "./useThrottled.js";

const route = getRouteApi("/sweeps/$sweepId");

/** How often charts of all runs follow live changes, in ms. */
const LIVE_MS = 1_000;

/** What every view of a sweep's page shares: its runs, and the one selection of them. */
export interface Board {
  readonly sweep: SweepView;
  readonly set: RunSet;
  /** Which runs the filter leaves; null: all. */
  readonly mask: Mask | null;
  readonly axes: readonly DimensionAxis[];
  readonly maximize: boolean;
  readonly quality: QualityScale;
  readonly search: SweepSearch;
  /** Changes what the address keeps. */
  readonly update: (change: Partial<SweepSearch>) => void;
  /** The run pointed at in any view, by number. */
  readonly highlighted: number | null;
  readonly highlight: (number: number | null) => void;
  readonly open: (number: number) => void;
}

/** Null until all runs are here; `query` says why. */
export function useBoard(sweep: SweepView) {
  const query = useQuery(runSetQuery(sweep.id));
  const set = useThrottled(query.data, LIVE_MS);
  const search = route.useSearch();
  const mask = useMask(sweep.id, set, search.filter ?? "");
  const [highlighted, highlight] = useState<number | null>(null);
  const update = useUpdate();
  const open = useOpenRun(sweep.id);
  const maximize = sweep.objective.direction === "maximize";
  const shared = useMemo((): Omit<Board, "highlighted" | "highlight" | "search"> | null => {
    if (set === undefined) return null;
    const shown = [...set.objectives].filter(
      (value, index) => !Number.isNaN(value) && set.excluded[index] !== 1,
    );
    return {
      sweep,
      set,
      mask,
      maximize,
      axes: [...set.params].map(([name, column]) => dimensionAxis(name, sweep.space[name], column)),
      quality: qualityScale(shown, maximize),
      update,
      open,
    };
  }, [sweep, set, mask, maximize, update, open]);
  const board = useMemo(
    () => shared && { ...shared, highlighted, highlight, search },
    [shared, highlighted, search],
  );
  return { query, board };
}

/** The filter's runs: judged here where the columns tell, else asked of the server. */
function useMask(sweepId: string, set: RunSet | undefined, filter: string): Mask | null {
  const parsed = useMemo(() => readFilter(filter), [filter]);
  const local = useMemo(
    () => (set === undefined || parsed === null ? null : matchRuns(set, parsed)),
    [set, parsed],
  );
  const needsServer = parsed !== null && set !== undefined && local === null;
  const { data: numbers } = useQuery({
    ...matchingRunsQuery(sweepId, filter),
    enabled: needsServer,
  });
  return useMemo(() => {
    if (!needsServer || set === undefined) return local;
    if (numbers === undefined) return null;
    const mask = new Uint8Array(set.count);
    for (const number of numbers) {
      const index = indexOfRun(set, number);
      if (index >= 0) mask[index] = 1;
    }
    return mask;
  }, [needsServer, set, local, numbers]);
}

function useUpdate() {
  const navigate = route.useNavigate();
  return useCallback(
    (change: Partial<SweepSearch>) =>
      void navigate({
        search: (old) => ({ ...old, ...change }),
        replace: true,
        resetScroll: false,
      }),
    [navigate],
  );
}

/** Charts know runs by number; a run's page has its id in the address. */
function useOpenRun(sweepId: string) {
  const navigate = useNavigate();
  const cache = useQueryClient();
  return useCallback(
    (number: number) => {
      void cache
        .fetchQuery({
          queryKey: ["run-of", sweepId, number],
          queryFn: () => client.runs.list({ sweepId, filter: `number = ${number}`, limit: 1 }),
        })
        .then(({ items: [run] }) => {
          if (run !== undefined) void navigate({ to: "/runs/$runId", params: { runId: run.id } });
        })
        .catch(reportFailure(`To open run ${number}`));
    },
    [cache, navigate, sweepId],
  );
}
