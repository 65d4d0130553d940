import type { PartialDependenceView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef } from "react";
import { dependenceQuery } from "../api/queries.js";
import type { Board } from "../board/useBoard.js";
import { ChartData } from "../charts/ChartData.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";
import type { ObjectiveAxis } from "../charts/objectiveAxis.js";
import type { PlotHandle } from "../charts/Plot.js";
import plotStyles from "../charts/Plot.module.css";
import { prepareDependence } from "../charts/prepareDependence.js";
import { prepareSlice } from "../charts/prepareSlice.js";
import { formatCount } from "../format/formatNumber.js";
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
  const model = useQuery(dependenceQuery(props.board.sweep.id));
  const curves = new Map(model.data?.curves.map((curve) => [curve.name, curve]));
  return (
    <>
      <div className={styles.head}>
        <span className="dimmed">
          one plot for each param
          {curves.size === 0
            ? ""
            : `; line: expected over all that the others may be, by a forest over ${formatCount(model.data?.runsUsed ?? 0)} completed runs, give or take its deviation`}
        </span>
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
          <Slice key={axis.name} {...props} axis={axis} curve={curves.get(axis.name)} />
        ))}
      </div>
    </>
  );
}

function Slice(props: {
  readonly board: Board;
  readonly axis: DimensionAxis;
  readonly objective: ObjectiveAxis;
  readonly curve: PartialDependenceView["curves"][number] | undefined;
}) {
  const { board, axis, objective, curve } = props;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const slice = useMemo(
    () => prepareSlice(board.set, board.mask, axis, objective),
    [board.set, board.mask, axis, objective],
  );
  const column = board.set.params.get(axis.name);
  const expected = useMemo(
    () => (curve === undefined ? undefined : prepareDependence(curve, axis, objective, column)),
    [curve, axis, objective, column],
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
        expected={expected}
        height={HEIGHT}
        summary={slice.summary}
        handle={plot}
      />
    </figure>
  );
}
