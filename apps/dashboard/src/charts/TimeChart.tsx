import { useMemo, useState } from "react";
import type { Palette } from "../palette.js";
import { usePalette } from "../usePalette.js";
import type { Point } from "./curveSegments.js";
import { manyLines, manyPoints, toCoords } from "./manySeries.js";
import { Plot } from "./Plot.js";
import styles from "./Plot.module.css";
import { PlotTip } from "./PlotTip.js";
import { type SeriesColour, type TimeSeries, valueAt } from "./prepareTimeSeries.js";
import { MARGIN, type Projection } from "./projection.js";

const DASHES = ["solid", "dashed", "dotted"] as const;
const SVG_DASHES = [undefined, "5 3", "2 3"] as const;
/** A share of the time shown, beyond which a value says nothing any more. */
const REACH = 1 / 12;

const colourIn = (palette: Palette, colour: SeriesColour): string =>
  colour === "training" || colour === "validation" || colour === "best" || colour === "dimmed"
    ? palette[colour]
    : palette.state[colour];

/** Draws figures over time; the pointer reads all of them at its moment. */
export function TimeChart(props: {
  readonly chart: TimeSeries;
  readonly height: number;
  readonly name: string;
  readonly formatAt: (ms: number) => string;
  readonly formatValue: (value: number) => string;
}) {
  const { chart, formatAt, formatValue } = props;
  const palette = usePalette();
  const [pointer, setPointer] = useState<Point | null>(null);
  const series = useMemo(
    () =>
      chart.lines.flatMap((line, index) => {
        const color = colourIn(palette, line.colour);
        const alone = line.segments.filter((segment) => segment.length === 1);
        return [
          manyLines(toCoords(line.segments), {
            color,
            width: 2,
            type: DASHES[index % DASHES.length] ?? "solid",
          }),
          manyPoints(Float64Array.from(alone.flat(2)), { color, size: 5 }),
        ];
      }),
    [chart, palette],
  );
  return (
    <>
      <div className={styles.legend}>
        {chart.lines.map((line, index) => (
          <span key={line.label}>
            <svg width="22" height="8" aria-hidden>
              <line
                x1="0"
                x2="22"
                y1="4"
                y2="4"
                stroke={colourIn(palette, line.colour)}
                strokeWidth="2.5"
                strokeDasharray={SVG_DASHES[index % SVG_DASHES.length]}
              />
            </svg>
            {line.label}
          </span>
        ))}
      </div>
      <Plot
        x={chart.x}
        y={chart.y}
        series={series}
        height={props.height}
        summary={chart.summary}
        name={props.name}
        onPointer={setPointer}
        overlay={(projection) =>
          pointer === null ? null : (
            <Cursor
              chart={chart}
              pointer={pointer}
              projection={projection}
              palette={palette}
              formatAt={formatAt}
              formatValue={formatValue}
            />
          )
        }
      />
    </>
  );
}

function Cursor(props: {
  readonly chart: TimeSeries;
  readonly pointer: Point;
  readonly projection: Projection;
  readonly palette: Palette;
  readonly formatAt: (ms: number) => string;
  readonly formatValue: (value: number) => string;
}) {
  const { chart, pointer, projection, palette } = props;
  const at = projection.xAt(pointer[0]);
  if (at < chart.x.min || at > chart.x.max) return null;
  const reach = (chart.x.max - chart.x.min) * REACH;
  return (
    <>
      <svg className={styles.overlay} width="100%" height="100%" aria-hidden>
        <line
          x1={pointer[0]}
          x2={pointer[0]}
          y1={MARGIN.top}
          y2={projection.height - MARGIN.bottom}
          stroke={palette.dimmed}
        />
      </svg>
      <PlotTip at={pointer} projection={projection}>
        <strong>{props.formatAt(at)}</strong>
        {chart.lines.map((line) => {
          const value = valueAt(line, at, reach);
          return (
            <div key={line.label}>
              <span style={{ color: colourIn(palette, line.colour) }}>{line.label}</span>{" "}
              {value === null ? "–" : props.formatValue(value)}
            </div>
          );
        })}
      </PlotTip>
    </>
  );
}
