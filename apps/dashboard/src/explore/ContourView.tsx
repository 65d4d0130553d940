import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { surrogateQuery } from "../api/queries.js";
import type { Board } from "../board/useBoard.js";
import type { Point } from "../charts/curveSegments.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import { manyPoints, rectangles } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { PlotTip } from "../charts/PlotTip.js";
import { type ContourCell, prepareContour } from "../charts/prepareContour.js";
import { prepareSurface, type SurfaceCell } from "../charts/prepareSurface.js";
import type { Projection } from "../charts/projection.js";
import { bucketQuality } from "../charts/qualityBuckets.js";
import { formatCounted, formatMetric } from "../format/formatNumber.js";
import { qualityColour } from "../palette.js";
import { Answer } from "../shell/Answer.js";
import { NoChart } from "../sweep/NoChart.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";
import { PairPicker } from "./PairPicker.js";

interface ContourProps {
  readonly board: Board;
  readonly axes: readonly DimensionAxis[];
  readonly pair: readonly [DimensionAxis, DimensionAxis];
}

/** The objective over two params: by the runs that were made, or as a model of them expects it. */
export function ContourView(props: ContourProps) {
  return props.board.search.surface === true ? (
    <SurfaceView {...props} />
  ) : (
    <CellsView {...props} />
  );
}

/** The mean objective in cells of runs that were made. */
function CellsView(props: ContourProps) {
  const { board, pair } = props;
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
      controls={<ContourControls {...props} />}
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

function ContourControls({ board, axes, pair }: ContourProps) {
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label="show"
        data={[
          { value: "runs", label: "runs" },
          { value: "expected", label: "expected" },
        ]}
        value={board.search.surface === true ? "expected" : "runs"}
        onChange={(value) => board.update({ surface: value === "expected" ? true : undefined })}
      />
      <PairPicker axes={axes} pair={pair} onChange={(names) => board.update({ pair: names })} />
    </>
  );
}

/** What a forest of all completed runs expects between them, with the runs as points. */
function SurfaceView(props: ContourProps) {
  const { board, pair } = props;
  const { set, maximize } = board;
  const { metric } = board.sweep.objective;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const [x, y] = pair;
  const query = useQuery(surrogateQuery(board.sweep.id, x.name, y.name));
  const [found, setFound] = useState<{ cell: SurfaceCell; at: Point } | null>(null);
  const surface = useMemo(
    () => (query.data === undefined ? null : prepareSurface(query.data, set, { x, y, maximize })),
    [query.data, set, x, y, maximize],
  );
  const series = useMemo(
    () =>
      surface === null
        ? []
        : [
            rectangles(
              surface.cells.map((cell) => ({
                x: cell.x,
                y: cell.y,
                color: qualityColour(palette, bucketQuality(cell.bucket)),
                opacity: 0.85,
              })),
            ),
            manyPoints(surface.runs, { color: palette.text, size: 3, opacity: 0.5 }),
          ],
    [surface, palette],
  );
  const follow = (at: Point | null, projection: Projection) => {
    if (at === null || surface === null) return setFound(null);
    const [px, py] = [projection.xAt(at[0]), projection.yAt(at[1])];
    const cell = surface.cells.find(
      (each) => px >= each.x[0] && px < each.x[1] && py >= each.y[0] && py < each.y[1],
    );
    setFound(cell === undefined ? null : { cell, at });
  };
  return (
    <Answer query={query} height={360}>
      {({ notes }) =>
        surface === null ? (
          <>
            <ContourControls {...props} />
            <NoChart>{notes.join(" ")}</NoChart>
          </>
        ) : (
          <ExploreFrame
            board={board}
            scope={surface.scope}
            table={surface.table}
            plot={plot}
            controls={<ContourControls {...props} />}
          >
            <Plot
              name="surface"
              x={x}
              y={y}
              series={series}
              height={360}
              summary={surface.summary}
              handle={plot}
              onPointer={follow}
              overlay={(projection) =>
                found === null ? null : (
                  <PlotTip at={found.at} projection={projection}>
                    <strong>{formatMetric(found.cell.mean)}</strong> {metric} expected, give or take{" "}
                    {formatMetric(found.cell.spread)}
                  </PlotTip>
                )
              }
            />
          </ExploreFrame>
        )
      }
    </Answer>
  );
}
