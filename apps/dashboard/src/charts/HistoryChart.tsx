import { type Ref, useMemo, useState } from "react";
import { indexOfRun, type RunSet } from "../board/runSet.js";
import { formatMetric } from "../format/formatNumber.js";
import type { Palette } from "../palette.js";
import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import { LiftedPoint } from "./LiftedPoint.js";
import { manyLines, manyPoints, toCoords } from "./manySeries.js";
import { Plot, type PlotHandle } from "./Plot.js";
import { type History, nearestRun } from "./prepareHistory.js";
import type { Projection } from "./projection.js";
import { RunTip } from "./RunTip.js";
import { placeOf } from "./runPoints.js";
import { stateLook } from "./stateMarks.js";

const REACH_PX = 20;

/** Draws what `prepareHistory` decided: a mark for each run and the best-so-far staircase. */
export function HistoryChart(props: {
  readonly chart: History;
  readonly set: RunSet;
  readonly height: number;
  readonly handle: Ref<PlotHandle>;
  readonly highlighted: number | null;
  readonly onHighlight: (number: number | null) => void;
  readonly onOpen: (number: number) => void;
}) {
  const { chart, set, highlighted, onHighlight, onOpen } = props;
  const palette = usePalette();
  const series = useMemo(() => toSeries(chart, palette), [chart, palette]);
  const [isPointed, setIsPointed] = useState(false);
  const index = highlighted === null ? -1 : indexOfRun(set, highlighted);
  const lifted = useMemo(() => placeOf(chart.groups, index), [chart, index]);

  const follow = (pointer: Point | null, projection: Projection) => {
    setIsPointed(pointer !== null);
    if (pointer === null) return onHighlight(null);
    const distance = (at: Point) => {
      const [x, y] = projection.toPixel(at);
      return Math.hypot(x - pointer[0], y - pointer[1]);
    };
    const found = nearestRun(chart.groups, distance, REACH_PX);
    onHighlight(found === null ? null : (set.numbers[found.index] ?? null));
  };
  return (
    <Plot
      name="history"
      x={chart.x}
      y={chart.y}
      series={series}
      height={props.height}
      handle={props.handle}
      summary={chart.summary}
      onPointer={follow}
      onClick={() => highlighted !== null && onOpen(highlighted)}
      overlay={(projection) => {
        if (lifted === null) return null;
        const at = projection.toPixel(lifted);
        const value = set.objectives[index] ?? Number.NaN;
        return (
          <>
            <LiftedPoint at={at} radius={8} />
            {isPointed ? (
              <RunTip set={set} index={index} at={at} projection={projection}>
                {chart.y.title} {formatMetric(value)}
                {value < chart.y.min || value > chart.y.max ? ", beyond the axis" : ""}
              </RunTip>
            ) : null}
          </>
        );
      }}
    />
  );
}

function toSeries(chart: History, palette: Palette) {
  const count = chart.groups.reduce((sum, { runs }) => sum + runs.length, 0);
  return [
    ...chart.groups.map(({ state, points }) =>
      manyPoints(
        points,
        state === null
          ? { color: palette.dimmed, size: 3, opacity: 0.2 }
          : stateLook(palette, state, count),
      ),
    ),
    manyLines(toCoords([chart.bestSoFar]), { color: palette.best, width: 2 }),
  ];
}
