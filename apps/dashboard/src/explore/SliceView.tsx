import { useCallback, useMemo, useRef } from "react";
import type { Board } from "../board/useBoard.js";
import { ChartData } from "../charts/ChartData.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import type { ObjectiveAxis } from "../charts/objectiveAxis.js";
import type { PlotHandle } from "../charts/Plot.js";
import plotStyles from "../charts/Plot.module.css";
import { prepareSlice } from "../charts/prepareSlice.js";
import { qualityColour } from "../palette.js";
import { usePalette } from "../usePalette.js";
import styles from "./ExplorePanel.module.css";
import { PointsPlot } from "./PointsPlot.js";

const HEIGHT = 220;

/** Each param against the objective, the most important first: where the sampler went. */
export function SliceView(props: {
  readonly board: Board;
  readonly axes: readonly DimensionAxis[];
  readonly objective: ObjectiveAxis;
}) {
  const { quality } = usePalette();
  return (
    <>
      <div className={styles.head}>
        <span className="dimmed">one plot for each param</span>
        <span className={styles.tools}>
          <span className={plotStyles.legend}>
            <span>
              early runs
              <span
                aria-hidden
                style={{
                  width: 56,
                  height: 6,
                  borderRadius: 3,
                  background: `linear-gradient(to right, ${quality.join(", ")})`,
                }}
              />
              late runs
            </span>
          </span>
        </span>
      </div>
      <div className={styles.grid}>
        {props.axes.map((axis) => (
          <Slice key={axis.name} {...props} axis={axis} />
        ))}
      </div>
    </>
  );
}

function Slice(props: {
  readonly board: Board;
  readonly axis: DimensionAxis;
  readonly objective: ObjectiveAxis;
}) {
  const { board, axis, objective } = props;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const slice = useMemo(
    () => prepareSlice(board.set, board.mask, axis, objective),
    [board.set, board.mask, axis, objective],
  );
  const colourOf = useCallback((shade: number) => qualityColour(palette, shade), [palette]);
  return (
    <figure style={{ margin: 0 }} id={`slice-${axis.name}`}>
      <figcaption className={styles.head}>
        <strong>{axis.name}</strong>
        <span className="dimmed">{slice.scope}</span>
        <span className={styles.tools}>
          <ChartData table={slice.table} plot={plot} />
        </span>
      </figcaption>
      <PointsPlot
        board={board}
        name={`slice-${axis.name}`}
        x={slice.x}
        y={slice.y}
        groups={slice.groups}
        colourOf={colourOf}
        height={HEIGHT}
        summary={slice.summary}
        handle={plot}
      />
    </figure>
  );
}
