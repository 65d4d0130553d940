import { useMemo, useRef, useState } from "react";
import { indexOfRun } from "../board/runSet.js";
import type { Board } from "../board/useBoard.js";
import type { Axis } from "../charts/axis.js";
import type { Point } from "../charts/curveSegments.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import { manyLines, texts } from "../charts/manySeries.js";
import type { ObjectiveAxis } from "../charts/objectiveAxis.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import plotStyles from "../charts/Plot.module.css";
import { type Parallel, prepareParallel } from "../charts/prepareParallel.js";
import type { Projection } from "../charts/projection.js";
import { bucketQuality } from "../charts/qualityBuckets.js";
import { RunTip } from "../charts/RunTip.js";
import { formatMetric } from "../format/formatNumber.js";
import { type Palette, qualityColour } from "../palette.js";
import { usePalette } from "../usePalette.js";
import { AxisBrush } from "./AxisBrush.js";
import { type BrushAxis, brushed, choicesOfColumn, stretchesOf } from "./brush.js";
import { ExploreFrame } from "./ExploreFrame.js";

const HEIGHT = 330;
const MARGIN = { left: 56, right: 56, top: 40, bottom: 12 };
const REACH_PX = 7;
/** Closer together than this axes can't be read: the plot scrolls sideways instead. */
const AXIS_PX = 84;
const UNIT: Axis = { title: "", min: 0, max: 1, ticks: [], place: (value) => value };

/** Every run as a line across all axes; a brush on an axis filters the whole page. */
export function ParallelView(props: {
  readonly board: Board;
  readonly axes: readonly DimensionAxis[];
  readonly objective: ObjectiveAxis;
}) {
  const { board, axes, objective } = props;
  const { set, mask, maximize, search } = board;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const chart = useMemo(
    () => prepareParallel({ set, mask, axes, objective, maximize }),
    [set, mask, axes, objective, maximize],
  );
  const series = useMemo(() => toSeries(chart, palette), [chart, palette]);
  const x = useMemo(() => ({ ...UNIT, max: Math.max(1, axes.length) }), [axes.length]);
  const [pointer, setPointer] = useState<Point | null>(null);
  const targets = useMemo(
    () => brushAxes(board.sweep.objective.metric, axes, objective, maximize, set.params),
    [board.sweep.objective.metric, axes, objective, maximize, set.params],
  );
  const filter = search.filter ?? "";
  const lifted = board.highlighted === null ? -1 : indexOfRun(set, board.highlighted);

  const follow = (at: Point | null, projection: Projection) => {
    setPointer(at);
    if (at === null) return board.highlight(null);
    const axis = Math.min(axes.length, Math.max(0, Math.round(projection.xAt(at[0]))));
    const index = nearestOn(chart, axis, axes, props, projection, at[1]);
    board.highlight(index < 0 ? null : (set.numbers[index] ?? null));
  };
  const move = (from: number, to: number) => {
    const names = axes.map(({ name }) => name);
    const [name] = names.splice(from, 1);
    if (name === undefined) return;
    names.splice(to, 0, name);
    board.update({ axes: names });
  };
  return (
    <ExploreFrame scope={chart.scope} table={chart.table} plot={plot} board={board}>
      <div style={{ overflowX: "auto" }}>
        <div style={{ minWidth: chart.axes.length * AXIS_PX }}>
          <Plot
            name="parallel"
            x={x}
            y={UNIT}
            series={series}
            height={HEIGHT}
            margin={MARGIN}
            isBare
            handle={plot}
            summary={chart.summary}
            onPointer={follow}
            overlay={(projection) => (
              <>
                {lifted < 0 ? null : (
                  <LiftedRun {...props} index={lifted} pointer={pointer} projection={projection} />
                )}
                {targets.map((target, place) => (
                  <AxisBrush
                    key={chart.axes[place]?.name}
                    name={chart.axes[place]?.name ?? ""}
                    target={target}
                    place={place}
                    count={axes.length}
                    projection={projection}
                    stretches={stretchesOf(filter, target)}
                    onBrush={(stretch) =>
                      board.update({ filter: brushed(filter, target, stretch) || undefined })
                    }
                    onMove={place < axes.length ? (to) => move(place, to) : undefined}
                    onDrop={(from) => move(from, Math.min(place, axes.length - 1))}
                  />
                ))}
              </>
            )}
          />
        </div>
      </div>
    </ExploreFrame>
  );
}

function brushAxes(
  metric: string,
  axes: readonly DimensionAxis[],
  objective: ObjectiveAxis,
  maximize: boolean,
  params: Board["set"]["params"],
): BrushAxis[] {
  return [
    ...axes.map(
      (axis): BrushAxis => ({
        field: { kind: "param", name: axis.name },
        isTurned: false,
        axis,
        choices: choicesOfColumn(params.get(axis.name)),
      }),
    ),
    {
      field: { kind: "column", name: "objective" },
      isTurned: !maximize,
      axis: {
        ...objective,
        title: metric,
        isChoice: false,
        valueAt: (at) => at,
      } as BrushAxis["axis"],
      choices: [],
    },
  ];
}

type Shared = {
  readonly board: Board;
  readonly axes: readonly DimensionAxis[];
  readonly objective: ObjectiveAxis;
};

/** A run's place on an axis, 0 to 1. */
function placeOn({ board, axes, objective }: Shared, axis: number, index: number): number {
  const own = axes[axis];
  if (own !== undefined) return ((own.at[index] ?? Number.NaN) - own.min) / (own.max - own.min);
  const value = objective.clip(board.set.objectives[index] ?? Number.NaN);
  const unit = (value - objective.min) / (objective.max - objective.min);
  return board.maximize ? unit : 1 - unit;
}

function nearestOn(
  chart: Parallel,
  axis: number,
  axes: readonly DimensionAxis[],
  shared: Shared,
  projection: Projection,
  pixel: number,
): number {
  const { set, mask } = shared.board;
  const at = projection.yAt(pixel);
  const reach = REACH_PX / (projection.height - MARGIN.top - MARGIN.bottom);
  let found = -1;
  let least = reach;
  if (chart.axes[axis] === undefined || axis > axes.length) return found;
  for (let index = 0; index < set.count; index++) {
    if (mask !== null && mask[index] !== 1) continue;
    if (Number.isNaN(set.objectives[index])) continue;
    const away = Math.abs(placeOn(shared, axis, index) - at);
    if (away < least) {
      least = away;
      found = index;
    }
  }
  return found;
}

function LiftedRun(
  props: Shared & {
    readonly index: number;
    readonly pointer: Point | null;
    readonly projection: Projection;
  },
) {
  const { board, axes, index, pointer, projection } = props;
  const points = Array.from({ length: axes.length + 1 }, (_, axis) => {
    const at = placeOn(props, axis, index);
    return Number.isNaN(at) ? null : projection.toPixel([axis, at]).join(",");
  });
  return (
    <>
      <svg className={plotStyles.overlay} width="100%" height="100%" aria-hidden>
        <polyline
          points={points.filter((point) => point !== null).join(" ")}
          fill="none"
          stroke="var(--mantine-color-text)"
          strokeWidth={2.5}
        />
      </svg>
      {pointer === null ? null : (
        <RunTip set={board.set} index={index} at={pointer} projection={projection}>
          {board.sweep.objective.metric} {formatMetric(board.set.objectives[index])}
        </RunTip>
      )}
    </>
  );
}

function toSeries(chart: Parallel, palette: Palette) {
  const lines = chart.groups.map(({ bucket, opacity, coords }) =>
    manyLines(coords, {
      color:
        bucket === null
          ? palette.dimmed
          : qualityColour(palette, bucket < 0 ? null : bucketQuality(bucket)),
      width: bucket === null ? 1 : chart.isBinned ? 1.5 : 1.2,
      opacity: bucket === null ? opacity * 0.6 : opacity,
    }),
  );
  const rules = chart.axes.flatMap((_, axis) => [2, axis, 0, axis, 1]);
  const labels = chart.axes.flatMap(({ ticks }, axis) =>
    ticks.map(({ at, label }) => ({
      at: [axis, at] as Point,
      text: label.length > 12 ? `${label.slice(0, 11)}…` : label,
    })),
  );
  return [
    ...lines,
    manyLines(rules, { color: palette.dimmed, width: 1.5, opacity: 0.9 }),
    texts(labels, { color: palette.text, ground: palette.surface, dx: -6, align: "right" }),
  ];
}
