import { type Dimension, type Space, valueText } from "@sweepyard/contract";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { paramAt } from "../board/runSet.js";
import type { Board } from "../board/useBoard.js";
import { qualityIn } from "../charts/qualityScale.js";
import { metricNotation, paramNotation } from "../format/columnNotation.js";
import { formatCount, formatParam } from "../format/formatNumber.js";
import { qualityColour } from "../palette.js";
import { filterWords } from "../runs/completeFilter.js";
import { FilterField } from "../runs/FilterField.js";
import { useRememberOrder } from "../runs/listOrder.js";
import { orderRuns, parseSort } from "../runs/orderRuns.js";
import { RunsTable } from "../runs/RunsTable.js";
import { metricColumn, paramColumn, sweepRunColumns, tagsColumn } from "../runs/runColumns.js";
import { SelectionBar } from "../runs/SelectionBar.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { usePalette } from "../usePalette.js";
import { GroupTable } from "./GroupTable.js";
import { SelectionChips } from "./SelectionChips.js";
import { TableMenu } from "./TableMenu.js";
import type { useSweepRuns } from "./useSweepRuns.js";
import { useTableColumns } from "./useTableColumns.js";
import { useTicked } from "./useTicked.js";

const route = getRouteApi("/sweeps/$sweepId");
const NO_IDS: readonly string[] = [];
/** Values of a param that settle how its column is written. */
const SAMPLE = 400;

/** Every run of the sweep as a row; filter, order and selection live in the address. */
export function RunsPanel(props: {
  readonly board: Board;
  readonly runs: ReturnType<typeof useSweepRuns>;
  readonly metrics: readonly string[];
}) {
  const { board } = props;
  const { query, runs, total, sort, isRefused, refusal } = props.runs;
  const { sweep, set } = board;
  const search = route.useSearch();
  const filter = search.filter ?? "";

  const ordered = useMemo(() => orderRuns(runs, parseSort(sort), 0), [runs, sort]);
  useRememberOrder(ordered);

  const words = useMemo(
    () => filterWords(choicesOf(sweep.space), props.metrics),
    [sweep.space, props.metrics],
  );
  const { varying, constant } = useMemo(() => variation({ set, sweep }), [set, sweep]);
  // As text, so that columns are made anew when they differ and not with every live value.
  const paramsKey = JSON.stringify(varying);
  const notation = useMemo(
    () => metricNotation([...set.objectives.subarray(0, SAMPLE)]),
    [set.objectives],
  );
  const palette = usePalette();
  const { worst, best } = board.quality;
  const usual = useMemo(
    () =>
      sweepRunColumns({
        metric: sweep.objective.metric,
        maximize: sweep.objective.direction === "maximize",
        params: JSON.parse(paramsKey),
        notation,
        bestRunId: sweep.best?.runId ?? null,
        colourOf: (run) => qualityColour(palette, qualityIn({ worst, best }, run.objective)),
      }),
    [
      sweep.objective.metric,
      sweep.objective.direction,
      paramsKey,
      notation,
      sweep.best?.runId,
      palette,
      worst,
      best,
    ],
  );
  const constantKey = JSON.stringify(constant.map(({ name }) => name));
  const extra = useMemo(
    () => [
      ...(JSON.parse(constantKey) as string[]).map((name) => paramColumn(name, "plain")),
      ...props.metrics
        .filter((name) => name !== sweep.objective.metric)
        .map((name) => metricColumn(name)),
      tagsColumn,
    ],
    [constantKey, props.metrics, sweep.objective.metric],
  );
  const { columns, all, shown, toggle } = useTableColumns(board, usual, extra);

  const ids = search.selected ?? NO_IDS;
  const selected = useMemo(() => new Set(ids), [ids]);
  const ticked = useTicked(ids, runs);
  const byNumber = useMemo(() => new Map(runs.map((run) => [run.number, run.id])), [runs]);
  const byId = useMemo(() => new Map(runs.map((run) => [run.id, run.number])), [runs]);
  const { highlight, highlighted, update } = board;
  const onHighlight = useCallback(
    (id: string | null) => highlight(id === null ? null : (byId.get(id) ?? null)),
    [highlight, byId],
  );
  return (
    <Panel
      title="Runs"
      scope={scopeText(runs.length, total, set.total, isRefused ? "" : filter, constant)}
      actions={
        <>
          <TableMenu board={board} sort={sort} columns={all} shown={shown} onToggle={toggle} />
          <FilterField
            value={filter}
            error={refusal}
            words={words}
            example={exampleFilter(sweep)}
            onChange={(text) => update({ filter: text === "" ? undefined : text })}
          />
        </>
      }
      flush
    >
      <SelectionChips
        board={board}
        ticked={ids.length}
        onUntick={() => update({ selected: undefined })}
      />
      <SelectionBar
        runs={ticked}
        selected={selected}
        onClear={() => update({ selected: undefined })}
      />
      {search.group !== undefined ? (
        <GroupTable board={board} by={search.group} />
      ) : (
        <Answer query={query} height={280}>
          {() => (
            <RunsTable
              runs={runs}
              columns={columns}
              sort={sort}
              onSort={(text) => update({ sort: text })}
              selected={selected}
              onSelect={(next) => update({ selected: next.size === 0 ? undefined : [...next] })}
              highlighted={highlighted === null ? null : (byNumber.get(highlighted) ?? null)}
              onHighlight={onHighlight}
              onMore={
                query.hasNextPage && !query.isFetchingNextPage
                  ? () => void query.fetchNextPage()
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
      )}
    </Panel>
  );
}

/** Each dimension with its choices as the filter language has them; a range has none. */
const choicesOf = (space: Space) =>
  new Map(
    Object.entries(space).map(([name, dimension]) => [
      name,
      "choices" in dimension
        ? dimension.choices.flatMap((choice) =>
            choice === null || typeof choice === "object" ? [] : [valueText(choice)],
          )
        : [],
    ]),
  );

/** Of the sweep's own params and objective: a range where it has one, else a choice. */
function exampleFilter({ space, objective }: Board["sweep"]): string {
  const best = `metrics.${objective.metric} ${objective.direction === "maximize" ? ">" : "<"} 0.5`;
  for (const [name, dimension] of Object.entries(space))
    if ("low" in dimension) return `params.${name} >= ${formatParam(dimension.low)} and ${best}`;
  return `state = completed and ${best}`;
}

/** Params that differ between any two of all runs get a column each; the others are told once. */
function variation({ set, sweep }: Pick<Board, "set" | "sweep">) {
  const varying: { name: string; notation: ReturnType<typeof paramNotation>; isWord: boolean }[] =
    [];
  const constant: { name: string; value: unknown }[] = [];
  for (const [name, column] of set.params) {
    const places = column.kind === "numbers" ? column.values : column.at;
    const isConstant = set.count > 1 && places.every((place) => Object.is(place, places[0]));
    if (isConstant) constant.push({ name, value: paramAt(set, name, 0) });
    else
      varying.push({
        name,
        notation:
          isLog(sweep.space[name]) && column.kind === "numbers"
            ? paramNotation([...column.values.subarray(0, SAMPLE)])
            : "plain",
        isWord: column.kind !== "numbers" && typeof paramAt(set, name, 0) === "string",
      });
  }
  return { varying, constant };
}

const isLog = (dimension: Dimension | undefined): boolean =>
  dimension?.type === "log_normal" ||
  ((dimension?.type === "float" || dimension?.type === "int") && dimension.log);

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
