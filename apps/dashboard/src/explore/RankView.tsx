import { useCallback, useMemo, useRef } from "react";
import type { Board } from "../board/useBoard.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import type { PlotHandle } from "../charts/Plot.js";
import { prepareRank } from "../charts/prepareRank.js";
import { qualityColour } from "../palette.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";
import { PairPicker } from "./PairPicker.js";
import { PointsPlot } from "./PointsPlot.js";

/** Two params against each other, each run coloured by its rank. */
export function RankView(props: {
  readonly board: Board;
  readonly axes: readonly DimensionAxis[];
  readonly pair: readonly [DimensionAxis, DimensionAxis];
}) {
  const { board, axes, pair } = props;
  const { set, mask, maximize } = board;
  const { metric } = board.sweep.objective;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const [x, y] = pair;
  const rank = useMemo(
    () => prepareRank(set, mask, { x, y, metric, maximize }),
    [set, mask, x, y, metric, maximize],
  );
  const colourOf = useCallback((shade: number) => qualityColour(palette, shade), [palette]);
  return (
    <ExploreFrame
      board={board}
      scope={rank.scope}
      table={rank.table}
      plot={plot}
      controls={
        <PairPicker axes={axes} pair={pair} onChange={(names) => board.update({ pair: names })} />
      }
    >
      <PointsPlot
        board={board}
        name="rank"
        x={rank.x}
        y={rank.y}
        groups={rank.groups}
        colourOf={colourOf}
        height={360}
        summary={rank.summary}
        handle={plot}
      />
    </ExploreFrame>
  );
}
