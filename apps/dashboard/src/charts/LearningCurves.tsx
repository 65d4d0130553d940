import { useMemo, useState } from "react";
import { formatMetric } from "../format/formatNumber.js";
import { type Palette, qualityColour } from "../palette.js";
import { StateTag } from "../shell/StateTag.js";
import { usePalette } from "../usePalette.js";
import { lonelyPoints, type Point } from "./curveSegments.js";
import { LiftedLine } from "./LiftedLine.js";
import { fewMarkers, manyLines, toCoords } from "./manySeries.js";
import { Plot } from "./Plot.js";
import { PlotTip } from "./PlotTip.js";
import type { LearningCurves as Prepared, PreparedCurve } from "./prepareLearningCurves.js";
import { distanceToLines, nearest, type Projection } from "./projection.js";
import { ENDED_EARLY, hasEndMark, stateMark } from "./stateMarks.js";

const REACH_PX = 28;

/** Draws the overlay that `prepareLearningCurves` decided; hovering lifts one curve out. */
export function LearningCurves(props: {
  readonly chart: Prepared;
  readonly height: number;
  readonly highlighted: string | null;
  readonly onHighlight: (runId: string | null) => void;
  readonly onOpen: (runId: string) => void;
  /** A colour for each run, where it matters more which is which than which is better. */
  readonly colours?: ReadonlyMap<string, string>;
}) {
  const { chart, highlighted, onHighlight, onOpen, colours } = props;
  const palette = usePalette();
  const series = useMemo(() => toSeries(chart, palette, colours), [chart, palette, colours]);
  const [pointer, setPointer] = useState<Point | null>(null);
  const lifted = chart.curves.find((curve) => curve.runId === highlighted);

  const follow = (at: Point | null, projection: Projection) => {
    setPointer(at);
    const found =
      at === null
        ? null
        : nearest(
            chart.curves,
            (curve) => distanceToLines(curve.segments, projection, at),
            REACH_PX,
          );
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
      overlay={(projection) =>
        lifted === undefined ? null : (
          <>
            <LiftedLine segments={lifted.segments} projection={projection} />
            {pointer === null ? null : (
              <CurveTip curve={lifted} pointer={pointer} projection={projection} />
            )}
          </>
        )
      }
    />
  );
}

function CurveTip(props: {
  readonly curve: PreparedCurve;
  readonly pointer: Point;
  readonly projection: Projection;
}) {
  const { curve, pointer, projection } = props;
  const end = curve.end;
  if (end === null) return null;
  const step = Math.round(projection.xAt(pointer[0]));
  const value = curve.values.get(step);
  return (
    <PlotTip at={pointer} projection={projection}>
      <strong>{curve.label}</strong> <StateTag state={curve.state} />
      <br />
      {value === undefined || step === end.step ? null : (
        <>
          {formatMetric(value)} at epoch {step},{" "}
        </>
      )}
      {formatMetric(end.value)} at its last epoch, {end.step}
      {curve.detail === "" ? null : <div className="dimmed">{curve.detail}</div>}
    </PlotTip>
  );
}

function toSeries(chart: Prepared, palette: Palette, colours?: ReadonlyMap<string, string>) {
  const colourOf = (curve: PreparedCurve) =>
    colours?.get(curve.runId) ??
    (curve.isBest ? palette.best : qualityColour(palette, curve.quality));
  return [
    ...chart.curves.map((curve) =>
      manyLines(toCoords(curve.segments), {
        color: colourOf(curve),
        width: curve.isBest ? 3 : colours === undefined ? 1.5 : 2,
        opacity: curve.isBest ? 1 : ENDED_EARLY.has(curve.state) ? 0.55 : 0.85,
      }),
    ),
    fewMarkers([
      ...chart.curves.flatMap((curve) =>
        lonelyPoints(curve.segments).map((at) => ({ at, size: 5, color: colourOf(curve) })),
      ),
      ...chart.curves.flatMap((curve) =>
        curve.end !== null && hasEndMark(curve.state)
          ? [stateMark(palette, curve.state, curve.end.at)]
          : [],
      ),
    ]),
  ];
}
