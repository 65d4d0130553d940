import type { RunView, SweepView } from "@sweepyard/contract";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { metricNotation, paramNotation } from "../format/columnNotation.js";
import { formatCount, formatParam } from "../format/formatNumber.js";
import { qualityColour } from "../palette.js";
import { FilterField } from "../runs/FilterField.js";
import { useRememberOrder } from "../runs/listOrder.js";
import { orderRuns, parseSort } from "../runs/orderRuns.js";
import { RunsTable } from "../runs/RunsTable.js";
import { sweepRunColumns } from "../runs/runColumns.js";
import { SelectionBar } from "../runs/SelectionBar.js";
import { useFilteredRuns } from "../runs/useFilteredRuns.js";
import { varyingParams } from "../runs/varyingParams.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { usePalette } from "../usePalette.js";
import { useQualityOf } from "./useQualityOf.js";
import type { useSweepRuns } from "./useSweepRuns.js";

const route = getRouteApi("/sweeps/$sweepId");
const NO_IDS: readonly string[] = [];

/** Every run of the sweep as a row; filter, order and selection live in the address. */
export function RunsPanel(props: {
  readonly sweep: SweepView;
  readonly query: ReturnType<typeof useSweepRuns>["query"];
  readonly runs: readonly RunView[];
  readonly total: number;
  readonly bestSort: string;
  readonly highlighted: string | null;
  readonly onHighlight: (runId: string | null) => void;
}) {
  const { sweep, runs: allRuns, bestSort } = props;
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const filter = search.filter ?? "";
  const sort = search.sort ?? bestSort;

  // While all runs are here the browser orders them; of a larger sweep the server sorts all.
  const needsServer = filter !== "" || (props.query.hasNextPage && sort !== bestSort);
  const { query, isRefused, refusal } = useFilteredRuns(
    { sweepId: sweep.id, filter, sort },
    needsServer,
  );
  const shown = needsServer ? query : props.query;
  const runs = useMemo(
    () => (needsServer ? (query.data?.pages.flatMap((page) => page.items) ?? []) : allRuns),
    [needsServer, query.data, allRuns],
  );
  const total = shown.data?.pages.at(-1)?.total ?? 0;

  const ordered = useMemo(() => orderRuns(runs, parseSort(sort), 0), [runs, sort]);
  useRememberOrder(ordered);

  const names = useMemo(() => Object.keys(sweep.space), [sweep.space]);
  const { varying, constant } = useMemo(() => varyingParams(names, allRuns), [names, allRuns]);
  // As text, so that columns are made anew when they differ and not with every live value.
  const paramsKey = JSON.stringify(
    varying.map((name) => ({
      name,
      notation: paramNotation(allRuns.map((run) => run.params[name])),
    })),
  );
  const notation = useMemo(() => metricNotation(allRuns.map((run) => run.objective)), [allRuns]);
  const palette = usePalette();
  const qualityOf = useQualityOf(allRuns, sweep.objective.direction);
  const columns = useMemo(
    () =>
      sweepRunColumns({
        metric: sweep.objective.metric,
        maximize: sweep.objective.direction === "maximize",
        params: JSON.parse(paramsKey),
        notation,
        bestRunId: sweep.best?.runId ?? null,
        colourOf: (run) => qualityColour(palette, qualityOf(run.objective)),
      }),
    [
      sweep.objective.metric,
      sweep.objective.direction,
      paramsKey,
      notation,
      sweep.best?.runId,
      palette,
      qualityOf,
    ],
  );

  const ids = search.selected ?? NO_IDS;
  const selected = useMemo(() => new Set(ids), [ids]);
  const update = useCallback(
    (change: { filter?: string; sort?: string; selected?: readonly string[] }) =>
      navigate({ search: (old) => ({ ...old, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  return (
    <Panel
      title="Runs"
      scope={scopeText(runs.length, total, props.total, isRefused ? "" : filter, constant)}
      actions={
        <FilterField
          value={filter}
          error={refusal}
          params={names}
          onChange={(text) => update({ filter: text === "" ? undefined : text })}
        />
      }
      flush
    >
      <SelectionBar
        runs={allRuns}
        selected={selected}
        onClear={() => update({ selected: undefined })}
      />
      <Answer query={shown} height={280}>
        {() => (
          <RunsTable
            runs={runs}
            columns={columns}
            sort={sort}
            onSort={(text) => update({ sort: text })}
            selected={selected}
            onSelect={(next) => update({ selected: next.size === 0 ? undefined : [...next] })}
            highlighted={props.highlighted}
            onHighlight={props.onHighlight}
            onMore={
              shown.hasNextPage && !shown.isFetchingNextPage
                ? () => void shown.fetchNextPage()
                : undefined
            }
            total={total}
            height="max(310px, calc(100vh - 566px))"
            empty={
              filter === ""
                ? "No runs yet: the sampler is about to choose the first ones."
                : "No run fits the filter."
            }
          />
        )}
      </Answer>
    </Panel>
  );
}

function scopeText(
  shown: number,
  matching: number,
  all: number,
  filter: string,
  constant: readonly { name: string; value: unknown }[],
): string {
  const fits =
    filter === ""
      ? `all ${formatCount(all)}`
      : `${formatCount(matching)} of ${formatCount(all)} fit the filter`;
  const listed = shown < matching ? `, ${formatCount(shown)} loaded so far` : "";
  const same = constant.map(({ name, value }) => `${name} ${formatParam(value)}`).join(", ");
  return `${fits}${listed}${same === "" ? "" : `; the same in all: ${same}`}`;
}
