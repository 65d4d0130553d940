import { type ReactNode, type Ref, useMemo, useState } from "react";
import { indexOfRun } from "../board/runSet.js";
import type { Board } from "../board/useBoard.js";
import type { Axis } from "../charts/axis.js";
import type { Point } from "../charts/curveSegments.js";
import { LiftedPoint } from "../charts/LiftedPoint.js";
import { manyLines, manyPoints, polygons, toCoords } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import type { Dependence } from "../charts/prepareDependence.js";
import type { PointGroup } from "../charts/prepareSlice.js";
import type { Projection } from "../charts/projection.js";
import { RunTip } from "../charts/RunTip.js";
import { nearestPoint, placeOf } from "../charts/runPoints.js";
import { formatMetric } from "../format/formatNumber.js";
import { usePalette } from "../usePalette.js";

const REACH_PX = 14;

/** A cloud of runs: a point for each, found by the pointer, opened by a click. */
export function PointsPlot(props: {
  readonly board: Board;
  readonly name: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly groups: readonly PointGroup[];
  readonly colourOf: (shade: number) => string;
  /** A line through the cloud, such as a Pareto front. */
  readonly line?: readonly Point[];
  /** What a model expects, drawn over the cloud, and its doubt as areas. */
  readonly expected?: Dependence | undefined;
  readonly height: number;
  readonly summary: string;
  readonly handle?: Ref<PlotHandle>;
  readonly children?: (index: number) => ReactNode;
}) {
  const { board, x, y, groups, colourOf, line, expected } = props;
  const palette = usePalette();
  const [pointer, setPointer] = useState<Point | null>(null);
  const count = groups.reduce((sum, { runs }) => sum + runs.length, 0);
  const size = count > 4_000 ? 3 : count > 800 ? 4 : 6;
  const series = useMemo(
    () => [
      ...groups.map(({ shade, points }) =>
        manyPoints(
          points,
          shade === null
            ? { color: palette.dimmed, size: 3, opacity: 0.15 }
            : { color: colourOf(shade), size, opacity: 0.8 },
        ),
      ),
      ...(expected === undefined
        ? []
        : [
            polygons(expected.bands, { color: palette.best, opacity: 0.18 }),
            manyLines(toCoords(expected.lines), { color: palette.best, width: 2 }),
          ]),
      ...(line === undefined
        ? []
        : [manyLines(toCoords([line]), { color: palette.best, width: 2 })]),
    ],
    [groups, colourOf, palette, size, line, expected],
  );
  const index = board.highlighted === null ? -1 : indexOfRun(board.set, board.highlighted);
  const lifted = useMemo(() => placeOf(groups, index), [groups, index]);

  const follow = (at: Point | null, projection: Projection) => {
    setPointer(at);
    if (at === null) return board.highlight(null);
    const distance = (place: Point) => {
      const [px, py] = projection.toPixel(place);
      return Math.hypot(px - at[0], py - at[1]);
    };
    const chosen = groups.filter(({ shade }) => shade !== null);
    const found = nearestPoint(chosen, distance, REACH_PX);
    board.highlight(found === null ? null : (board.set.numbers[found.index] ?? null));
  };
  return (
    <Plot
      name={props.name}
      x={x}
      y={y}
      series={series}
      height={props.height}
      summary={props.summary}
      handle={props.handle}
      onPointer={follow}
      onClick={() => board.highlighted !== null && board.open(board.highlighted)}
      overlay={(projection) => {
        if (lifted === null) return null;
        const at = projection.toPixel(lifted);
        return (
          <>
            <LiftedPoint at={at} radius={7} />
            {pointer === null ? null : (
              <RunTip set={board.set} index={index} at={at} projection={projection}>
                {props.children?.(index) ?? (
                  <>
                    {board.sweep.objective.metric} {formatMetric(board.set.objectives[index])}
                  </>
                )}
              </RunTip>
            )}
          </>
        );
      }}
    />
  );
}
