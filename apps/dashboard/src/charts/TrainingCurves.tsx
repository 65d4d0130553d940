import { useMemo, useState } from "react";
import { formatMetric } from "../format/formatNumber.js";
import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import { manyLines, manyPoints, toCoords } from "./manySeries.js";
import { Plot } from "./Plot.js";
import styles from "./Plot.module.css";
import { PlotTip } from "./PlotTip.js";
import type { TrainingCurves as Prepared } from "./prepareTrainingCurves.js";
import { MARGIN, type Projection } from "./projection.js";

/** Draws training beside validation; the pointer reads both at its epoch. */
export function TrainingCurves(props: { readonly chart: Prepared; readonly height: number }) {
  const { chart } = props;
  const palette = usePalette();
  const [pointer, setPointer] = useState<Point | null>(null);
  const series = useMemo(
    () =>
      chart.lines.flatMap((line) => [
        manyLines(toCoords(line.segments), {
          color: palette[line.key],
          width: 2,
          type: line.key === "training" ? "dashed" : "solid",
        }),
        manyPoints(Float64Array.from(line.segments.flat(2)), { color: palette[line.key], size: 5 }),
      ]),
    [chart, palette],
  );
  return (
    <Plot
      x={chart.x}
      y={chart.y}
      series={series}
      height={props.height}
      summary={chart.summary}
      onPointer={setPointer}
      overlay={(projection) => (
        <Overlay chart={chart} projection={projection} pointer={pointer} colour={palette.dimmed} />
      )}
    />
  );
}

function Overlay(props: {
  readonly chart: Prepared;
  readonly projection: Projection;
  readonly pointer: Point | null;
  readonly colour: string;
}) {
  const { chart, projection, pointer, colour } = props;
  const step = pointer === null ? null : nearestStep(chart.steps, projection.xAt(pointer[0]));
  const xOf = (at: number) => projection.toPixel([at, chart.y.min])[0];
  const bottom = projection.height - MARGIN.bottom;
  return (
    <>
      <svg className={styles.overlay} width="100%" height="100%" aria-hidden>
        {chart.bestStep === null ? null : (
          <line
            x1={xOf(chart.bestStep)}
            x2={xOf(chart.bestStep)}
            y1={MARGIN.top}
            y2={bottom}
            stroke={colour}
            strokeDasharray="2 4"
          />
        )}
        {step === null ? null : (
          <line x1={xOf(step)} x2={xOf(step)} y1={MARGIN.top} y2={bottom} stroke={colour} />
        )}
      </svg>
      {step === null || pointer === null ? null : (
        <PlotTip at={[xOf(step), pointer[1]]} projection={projection}>
          <strong>epoch {step}</strong>
          {step === chart.bestStep ? ", best validation" : ""}
          {chart.lines.map((line) => (
            <div key={line.key}>
              <span style={{ color: `var(--${line.key})` }}>{line.label}</span>{" "}
              {formatMetric(line.values.get(step))}
            </div>
          ))}
        </PlotTip>
      )}
    </>
  );
}

function nearestStep(steps: readonly number[], at: number): number | null {
  let best: number | null = null;
  for (const step of steps)
    if (best === null || Math.abs(step - at) < Math.abs(best - at)) best = step;
  return best;
}

/** What the dashes and colours mean; one for both graphs of a run. */
export function TrainingLegend(props: { readonly hasValidation: boolean }) {
  return (
    <div className={styles.legend}>
      <span>
        <LegendLine colour="var(--training)" dashed /> training
      </span>
      {props.hasValidation ? (
        <span>
          <LegendLine colour="var(--validation)" /> validation
        </span>
      ) : null}
    </div>
  );
}

const LegendLine = (props: { readonly colour: string; readonly dashed?: boolean }) => (
  <svg width="22" height="8" aria-hidden>
    <line
      x1="0"
      x2="22"
      y1="4"
      y2="4"
      stroke={props.colour}
      strokeWidth="2.5"
      strokeDasharray={props.dashed === true ? "5 3" : undefined}
    />
  </svg>
);
