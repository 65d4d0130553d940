import type { RunState } from "@sweepyard/contract";
import { type Axis, linearAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import { curveSegments, type Point } from "./curveSegments.js";

export type SeriesColour = RunState | "training" | "validation" | "best" | "dimmed";

export interface SeriesInput {
  readonly label: string;
  readonly colour: SeriesColour;
  /** Milliseconds since the axis' origin, growing. */
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
  /** A value holds until the next one, the last one until then: a line of steps. */
  readonly holdsUntil?: number;
}

export interface TimeLine {
  readonly label: string;
  readonly colour: SeriesColour;
  readonly segments: readonly (readonly Point[])[];
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface TimeSeries {
  readonly lines: readonly TimeLine[];
  readonly x: Axis;
  readonly y: Axis;
  readonly summary: string;
  readonly table: ChartTable;
}

export interface TimeSeriesOptions {
  readonly name: string;
  readonly x: Axis;
  /** Of the y axis, with its unit. */
  readonly title: string;
  /** What the y axis reaches at least. */
  readonly atLeast?: number;
  /** A moment for a person: a time of the day, or since a beginning. */
  readonly formatAt: (ms: number) => string;
  readonly formatValue: (value: number) => string;
}

/** Some figures over time on one axis from zero; a missing value is a gap. Null without any value. */
export function prepareTimeSeries(
  inputs: readonly SeriesInput[],
  options: TimeSeriesOptions,
): TimeSeries | null {
  const { name, x, title, atLeast = 0, formatAt, formatValue } = options;
  const all = inputs.flatMap(({ values }) => values.filter((value) => value !== null));
  if (all.length === 0) return null;
  const y = linearAxis(title, 0, Math.max(atLeast, ...all), 4);
  const lines = inputs.map((input): TimeLine => {
    const { label, colour, at, values } = input;
    const drawn = input.holdsUntil === undefined ? input : steps(input, input.holdsUntil);
    return { label, colour, at, values, segments: curveSegments(drawn.at, drawn.values, x, y) };
  });
  const moments = [...new Set(inputs.flatMap(({ at }) => at))].sort((a, b) => a - b);
  const byMoment = inputs.map(({ at, values }) => new Map(at.map((ms, i) => [ms, values[i]])));
  return {
    lines,
    x,
    y,
    summary: `${name}: ${lines.map((line) => lineSummary(line, formatValue)).join("; ")}.`,
    table: {
      name,
      columns: ["time", ...inputs.map(({ label }) => label)],
      rows: moments.map((ms) => [
        formatAt(ms),
        ...byMoment.map((values) => values.get(ms) ?? null),
      ]),
    },
  };
}

function steps({ at, values }: SeriesInput, until: number) {
  const corners: { at: number[]; values: (number | null)[] } = { at: [], values: [] };
  for (const [index, from] of at.entries()) {
    const value = values[index] ?? null;
    corners.at.push(from, at[index + 1] ?? Math.max(from, until));
    corners.values.push(value, value);
  }
  return corners;
}

function lineSummary(line: TimeLine, format: (value: number) => string): string {
  const known = line.values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${line.label} none`;
  return `${line.label} ${format(last)} at the end, ${format(Math.max(...known))} at most`;
}

/** What a line says at a moment: its last value until then, if that is not `reach` ago or more. */
export function valueAt(line: TimeLine, at: number, reach: number): number | null {
  let found: number | null = null;
  for (const [index, ms] of line.at.entries()) {
    if (ms > at) break;
    found = at - ms < reach ? (line.values[index] ?? null) : null;
  }
  return found;
}
