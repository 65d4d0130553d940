import { type Ref, useMemo, useState } from "react";
import { indexOfRun, type RunSet } from "../board/runSet.js";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { type Palette, qualityColour } from "../palette.js";
import { usePalette } from "../usePalette.js";
import { lonelyPoints, type Point } from "./curveSegments.js";
import { LiftedLine } from "./LiftedLine.js";
import { fewMarkers, manyLines, polygons, toCoords } from "./manySeries.js";
import { Plot, type PlotHandle } from "./Plot.js";
import { PlotTip } from "./PlotTip.js";
import type { CurveBands, PreparedLine } from "./prepareCurveBands.js";
import { distanceToLines, nearest, type Projection } from "./projection.js";
import { bucketQuality, QUALITY_BUCKETS } from "./qualityBuckets.js";
import { RunTip } from "./RunTip.js";
import { ENDED_EARLY, hasEndMark, stateMark } from "./stateMarks.js";

const REACH_PX = 28;

/** Draws the bands and lines that `prepareCurveBands` decided; hovering lifts one line out. */
export function CurvesChart(props: {
  readonly chart: CurveBands;
  readonly set: RunSet;
  readonly isTime: boolean;
  readonly height: number;
  readonly handle: Ref<PlotHandle>;
  readonly highlighted: number | null;
  readonly onHighlight: (number: number | null) => void;
  readonly onOpen: (number: number) => void;
}) {
  const { chart, highlighted, onHighlight, onOpen } = props;
  const palette = usePalette();
  const series = useMemo(() => toSeries(chart, palette), [chart, palette]);
  const [pointer, setPointer] = useState<Point | null>(null);
  const lifted = chart.lines.find((line) => line.number === highlighted);

  const follow = (at: Point | null, projection: Projection) => {
    setPointer(at);
    const found =
      at === null
        ? null
        : nearest(chart.lines, (line) => distanceToLines(line.segments, projection, at), REACH_PX);
    onHighlight(found?.number ?? null);
  };
  return (
    <Plot
      name="curves"
      x={chart.x}
      y={chart.y}
      series={series}
      height={props.height}
      handle={props.handle}
      summary={chart.summary}
      onPointer={follow}
      onClick={() => highlighted !== null && onOpen(highlighted)}
      overlay={(projection) =>
        lifted === undefined ? null : (
          <>
            <LiftedLine segments={lifted.segments} projection={projection} />
            {pointer === null ? null : (
              <CurveTip {...props} line={lifted} pointer={pointer} projection={projection} />
            )}
          </>
        )
      }
    />
  );
}

function CurveTip(props: {
  readonly line: PreparedLine;
  readonly set: RunSet;
  readonly isTime: boolean;
  readonly pointer: Point;
  readonly projection: Projection;
}) {
  const { line, set, isTime, pointer, projection } = props;
  const { end } = line;
  if (end === null) return null;
  const text = (x: number) => (isTime ? `after ${formatDuration(x * 1000)}` : `at epoch ${x}`);
  const step = isTime ? null : Math.round(projection.xAt(pointer[0]));
  const value = step === null ? undefined : line.values.get(step);
  const body = (
    <>
      {value === undefined || step === null || step === end.x ? null : (
        <>
          {formatMetric(value)} {text(step)},{" "}
        </>
      )}
      {formatMetric(end.value)} {text(end.x)}, its last
    </>
  );
  const index = indexOfRun(set, line.number);
  return index < 0 ? (
    <PlotTip at={pointer} projection={projection}>
      <strong>run {line.number}</strong> {body}
    </PlotTip>
  ) : (
    <RunTip set={set} index={index} at={pointer} projection={projection}>
      {body}
    </RunTip>
  );
}

/** From so many lines on each of them is thin. */
const CROWD = 60;

function toSeries(chart: CurveBands, palette: Palette) {
  const { lines } = chart;
  const isCrowd = lines.length > CROWD;
  const plain = lines.filter((line) => !line.isBest && !line.isTicked);
  const buckets = [-1, ...Array.from({ length: QUALITY_BUCKETS }, (_, index) => index)];
  const bucketFor = (line: PreparedLine) =>
    line.quality === null
      ? -1
      : Math.min(QUALITY_BUCKETS - 1, Math.floor(line.quality * QUALITY_BUCKETS));
  const colourOf = (bucket: number) =>
    qualityColour(palette, bucket < 0 ? null : bucketQuality(bucket));
  // A median among a few lines would only be one more of them.
  const hasBands = chart.bands.length > 0;
  return [
    ...chart.bands.map(({ outline }) => polygons([outline], { color: palette.bar, opacity: 0.16 })),
    ...(hasBands
      ? [manyLines(toCoords(chart.median), { color: palette.bar, width: 1.5, type: "dashed" })]
      : []),
    ...chart.rungs.map(({ at }) =>
      manyLines([2, at, chart.y.min, at, chart.y.max], {
        color: palette.dimmed,
        width: 1,
        opacity: 0.5,
        type: "dotted",
      }),
    ),
    manyLines(toCoords(lines.flatMap((line) => line.raw)), {
      color: palette.dimmed,
      width: 1,
      opacity: isCrowd ? 0.08 : 0.3,
    }),
    ...buckets.flatMap((bucket) => {
      const inBucket = plain.filter((line) => bucketFor(line) === bucket);
      return [false, true].flatMap((isDimmed) => {
        const group = inBucket.filter((line) => ENDED_EARLY.has(line.state) === isDimmed);
        return group.length === 0
          ? []
          : [
              manyLines(toCoords(group.flatMap((line) => line.segments)), {
                color: colourOf(bucket),
                width: isCrowd ? 1 : 1.5,
                opacity: (isDimmed ? 0.5 : 0.9) * (isCrowd ? 0.6 : 1),
              }),
            ];
      });
    }),
    ...lines
      .filter((line) => line.isTicked || line.isBest)
      .map((line) =>
        manyLines(toCoords(line.segments), {
          color: line.isBest ? palette.best : palette.text,
          width: line.isBest ? 3 : 2.5,
        }),
      ),
    fewMarkers([
      ...lines.flatMap((line) =>
        lonelyPoints(line.segments).map((at) => ({
          at,
          size: 5,
          color: colourOf(bucketFor(line)),
        })),
      ),
      ...(isCrowd ? [] : lines).flatMap((line) =>
        line.end !== null && hasEndMark(line.state)
          ? [stateMark(palette, line.state, line.end.at)]
          : [],
      ),
    ]),
  ];
}
