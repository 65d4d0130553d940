import { useMemo, useState } from "react";
import { formatMetric } from "../format/formatNumber.js";
import type { Palette } from "../palette.js";
import { StateTag } from "../shell/StateTag.js";
import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import { Plot } from "./Plot.js";
import styles from "./Plot.module.css";
import { PlotTip } from "./PlotTip.js";
import type { History } from "./prepareHistory.js";
import { nearest, type Projection } from "./projection.js";
import { stateMark } from "./stateMarks.js";

const REACH_PX = 20;

/** Draws what `prepareHistory` decided: a mark for each run and the best-so-far staircase. */
export function HistoryChart(props: {
  readonly chart: History;
  readonly height: number;
  readonly highlighted: string | null;
  readonly onHighlight: (runId: string | null) => void;
  readonly onOpen: (runId: string) => void;
}) {
  const { chart, highlighted, onHighlight, onOpen } = props;
  const palette = usePalette();
  const series = useMemo(() => toSeries(chart, palette), [chart, palette]);
  const [isPointed, setIsPointed] = useState(false);
  const lifted = chart.points.find((point) => point.runId === highlighted);

  const follow = (pointer: Point | null, projection: Projection) => {
    setIsPointed(pointer !== null);
    const distance = (at: Point, [px, py]: Point) => {
      const [x, y] = projection.toPixel(at);
      return Math.hypot(x - px, y - py);
    };
    const found =
      pointer === null
        ? null
        : nearest(chart.points, (point) => distance(point.at, pointer), REACH_PX);
    onHighlight(found?.runId ?? null);
  };
  return (
    <Plot
      x={chart.x}
      y={chart.y}
      series={series}
      height={props.height}
      summary={chart.summary}
      onPointer={follow}
      onClick={() => highlighted !== null && onOpen(highlighted)}
      overlay={(projection) => {
        if (lifted === undefined) return null;
        const at = projection.toPixel(lifted.at);
        return (
          <>
            <svg className={styles.overlay} width="100%" height="100%" aria-hidden>
              <circle
                cx={at[0]}
                cy={at[1]}
                r={8}
                fill="none"
                stroke={palette.text}
                strokeWidth={2}
              />
            </svg>
            {isPointed ? (
              <PlotTip at={at} projection={projection}>
                <strong>{lifted.label}</strong> <StateTag state={lifted.state} />
                <br />
                {chart.y.title} {formatMetric(lifted.value)}
                {lifted.beyond ? ", beyond the axis" : ""}
                {lifted.detail === "" ? null : <div className="dimmed">{lifted.detail}</div>}
              </PlotTip>
            ) : null}
          </>
        );
      }}
    />
  );
}

function toSeries(chart: History, palette: Palette) {
  return [
    {
      type: "lines" as const,
      coordinateSystem: "cartesian2d" as const,
      polyline: true,
      clip: true,
      silent: true,
      lineStyle: { color: palette.best, width: 2, opacity: 1 },
      data:
        chart.bestSoFar.length > 1 ? [{ coords: chart.bestSoFar.map((point) => [...point]) }] : [],
    },
    {
      type: "scatter" as const,
      silent: true,
      // Marks at the axis' edge stand for what lies beyond it, and are drawn whole.
      clip: false,
      data: chart.points.map((point) => {
        const mark = stateMark(palette, point.state, point.at);
        return point.beyond
          ? { ...mark, symbol: "triangle", symbolRotate: point.value < chart.y.min ? 180 : 0 }
          : mark;
      }),
    },
  ];
}
