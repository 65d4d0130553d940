import { Tabs } from "@mantine/core";
import { memo, useMemo } from "react";
import type { Board } from "../board/useBoard.js";
import { objectiveAxis } from "../charts/objectiveAxis.js";
import type { BoardView } from "../search.js";
import { Panel } from "../shell/Panel.js";
import { NoChart } from "../sweep/NoChart.js";
import { ContourView } from "./ContourView.js";
import { EdfView } from "./EdfView.js";
import { pairOf } from "./PairPicker.js";
import { ParallelView } from "./ParallelView.js";
import { ParetoView } from "./ParetoView.js";
import { RankView } from "./RankView.js";
import { RungsView } from "./RungsView.js";
import { SliceView } from "./SliceView.js";
import { TimelineView } from "./TimelineView.js";

const LABELS: Record<BoardView, string> = {
  parallel: "Parallel coordinates",
  slice: "Slice",
  contour: "Contour",
  rank: "Rank",
  edf: "Distribution",
  timeline: "Timeline",
  rungs: "Rungs",
  pareto: "Pareto front",
};

/** The sweep's other views, one at a time; all of them show the one selection. */
export const ExplorePanel = memo(function ExplorePanel(props: {
  readonly board: Board;
  readonly epochs: number;
  /** Names of params, the most important first; those missing follow. */
  readonly order: readonly string[];
}) {
  const { board } = props;
  const views = (Object.keys(LABELS) as BoardView[]).filter(
    (view) => view !== "pareto" || board.sweep.objectives.length > 1,
  );
  const open = board.search.view ?? "parallel";
  return (
    <Panel title="All runs">
      <Tabs
        value={open}
        onChange={(view) =>
          board.update({ view: view === "parallel" ? undefined : (view as BoardView) })
        }
        keepMounted={false}
      >
        <Tabs.List>
          {views.map((view) => (
            <Tabs.Tab key={view} value={view}>
              {LABELS[view]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {views.map((view) => (
          <Tabs.Panel key={view} value={view}>
            <View {...props} view={view} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Panel>
  );
});

function View(props: {
  readonly board: Board;
  readonly epochs: number;
  readonly order: readonly string[];
  readonly view: BoardView;
}) {
  const { board, view, epochs, order } = props;
  const { sweep, set, maximize, search } = board;
  const { metric } = sweep.objective;
  const objective = useMemo(
    () => objectiveAxis(metric, set.objectives, { maximize, full: false }),
    [metric, set, maximize],
  );
  const axes = useMemo(
    () => ordered(board.axes, [...(search.axes ?? []), ...order]),
    [board.axes, search.axes, order],
  );
  if (view === "timeline") return <TimelineView board={board} />;
  if (view === "rungs") return <RungsView board={board} epochs={epochs} />;
  if (objective === null) return <NoChart>{`No run has a finite ${metric} yet.`}</NoChart>;
  const pair = pairOf(axes, search.pair);
  switch (view) {
    case "parallel":
      return <ParallelView board={board} axes={axes} objective={objective} />;
    case "slice":
      return <SliceView board={board} axes={axes} objective={objective} />;
    case "edf":
      return <EdfView board={board} objective={objective} />;
    case "pareto":
      return <ParetoView board={board} />;
    case "contour":
    case "rank":
      if (pair === null) return <NoChart>A plane needs two params; this sweep has one.</NoChart>;
      return view === "rank" ? (
        <RankView board={board} axes={axes} pair={pair} />
      ) : (
        <ContourView board={board} axes={axes} pair={pair} />
      );
  }
}

/** Those named first, in that order; then the others in the space's. */
function ordered<T extends { readonly name: string }>(
  axes: readonly T[],
  names: readonly string[],
): T[] {
  const rank = new Map([...names].reverse().map((name, index) => [name, index]));
  return [...axes].sort((a, b) => (rank.get(b.name) ?? -1) - (rank.get(a.name) ?? -1));
}
