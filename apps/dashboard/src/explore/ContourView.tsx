import { useMemo, useRef, useState } from "react";
import type { Board } from "../board/useBoard.js";
import type { Point } from "../charts/curveSegments.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import { rectangles } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { PlotTip } from "../charts/PlotTip.js";
import { type ContourCell, prepareContour } from "../charts/prepareContour.js";
import type { Projection } from "../charts/projection.js";
import { bucketQuality } from "../charts/qualityBuckets.js";
import { formatCounted, formatMetric } from "../format/formatNumber.js";
import { qualityColour } from "../palette.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";
import { PairPicker } from "./PairPicker.js";

/** The mean objective over two params, in cells of runs that were made. */
export function ContourView(props: {
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
  const [found, setFound] = useState<{ cell: ContourCell; at: Point } | null>(null);
  const contour = useMemo(
    () => prepareContour(set, mask, { x, y, metric, maximize }),
    [set, mask, x, y, metric, maximize],
  );
  const series = useMemo(
    () => [
      rectangles(
        contour.cells.map((cell) => ({
          x: cell.x,
          y: cell.y,
          color: qualityColour(palette, bucketQuality(cell.bucket)),
          // One run says less than twenty.
          opacity: cell.runs === 1 ? 0.55 : cell.runs < 5 ? 0.75 : 0.95,
        })),
      ),
    ],
    [contour, palette],
  );
  const follow = (at: Point | null, projection: Projection) => {
    if (at === null) return setFound(null);
    const [px, py] = [projection.xAt(at[0]), projection.yAt(at[1])];
    const cell = contour.cells.find(
      (each) => px >= each.x[0] && px < each.x[1] && py >= each.y[0] && py < each.y[1],
    );
    setFound(cell === undefined ? null : { cell, at });
  };
  return (
    <ExploreFrame
      board={board}
      scope={contour.scope}
      table={contour.table}
      plot={plot}
      controls={
        <PairPicker axes={axes} pair={pair} onChange={(names) => board.update({ pair: names })} />
      }
    >
      <Plot
        name="contour"
        x={contour.x}
        y={contour.y}
        series={series}
        height={360}
        summary={contour.summary}
        handle={plot}
        onPointer={follow}
        overlay={(projection) =>
          found === null ? null : (
            <PlotTip at={found.at} projection={projection}>
              <strong>{formatMetric(found.cell.mean)}</strong> mean {metric}
              <br />
              {formatMetric(found.cell.best)} best of {formatCounted(found.cell.runs, "run")}
            </PlotTip>
          )
        }
      />
    </ExploreFrame>
  );
}
