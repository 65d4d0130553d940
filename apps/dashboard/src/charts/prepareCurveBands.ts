import {
  type CurveBands as Answer,
  BAND_QUANTILES,
  type CurveLine,
  type RunState,
} from "@sweepyard/contract";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis, logAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import { curveSegments, type Point } from "./curveSegments.js";
import { type QualityScale, qualityIn } from "./qualityScale.js";
import { ascending, quantile } from "./quantile.js";
import { shareOf } from "./shareOf.js";
import { smooth } from "./smooth.js";

export interface CurveBandsInput {
  readonly answer: Answer;
  readonly x: "epoch" | "time";
  readonly quality: QualityScale;
  readonly bestNumber: number | null;
  /** Runs that are ticked: their lines are always drawn whole. */
  readonly ticked: ReadonlySet<number>;
  readonly log: boolean;
  /** Show the worst values too, instead of scaling to the middle and the best. */
  readonly fullRange: boolean;
  /** 0 to below 1; see smooth.ts. */
  readonly smoothing: number;
  /** Planned epochs of the longest run: the axis reaches there from the start and does not grow. */
  readonly epochs: number;
  /** Rungs of the pruner, in epochs, drawn as marks along x. */
  readonly rungs: readonly number[];
  /** Whether the bands are drawn; lines alone where each run is one. */
  readonly withBands: boolean;
}

/** The space between two quantiles as one outline. */
export interface Band {
  readonly outline: readonly Point[];
  readonly share: string;
}

export interface PreparedLine {
  readonly number: number;
  readonly state: RunState;
  /** 0 the worst, 1 the best objective; null while there is none. */
  readonly quality: number | null;
  readonly isBest: boolean;
  readonly isTicked: boolean;
  readonly values: ReadonlyMap<number, number>;
  readonly segments: readonly (readonly Point[])[];
  /** The unsmoothed curve, drawn faintly; empty where nothing is smoothed. */
  readonly raw: readonly (readonly Point[])[];
  readonly end: { readonly at: Point; readonly x: number; readonly value: number } | null;
}

export interface CurveBands {
  /** Widest first. */
  readonly bands: readonly Band[];
  readonly median: readonly (readonly Point[])[];
  /** In drawing order: the best last, on top. */
  readonly lines: readonly PreparedLine[];
  readonly x: Axis;
  readonly y: Axis;
  readonly rungs: readonly { readonly at: number; readonly label: string }[];
  /** Whether values lie beyond the y axis, which a click on "full range" shows. */
  readonly hasOutside: boolean;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

const MEDIAN = BAND_QUANTILES.indexOf(0.5);
const BANDS = [
  [0, 4, "90 %"],
  [1, 3, "50 %"],
] as const;

/** Decides everything about a sweep's curves: scales, bands, lines, ends. Null: nothing to draw. */
export function prepareCurveBands(input: CurveBandsInput): CurveBands | null {
  const { answer, log } = input;
  const values = [
    ...answer.quantiles.flat(),
    ...answer.lines.flatMap((line) => line.values),
  ].filter((value): value is number => value !== null && (!log || value > 0));
  if (values.length === 0) return null;
  const sorted = ascending(values);
  const [low, high] = shownRange(sorted, input);
  const y = log ? logAxis(answer.metric, low, high) : linearAxis(answer.metric, low, high);
  const last = Math.max(answer.x.at(-1) ?? 1, ...answer.lines.map((line) => line.x.at(-1) ?? 0));
  const x =
    input.x === "epoch"
      ? stepAxis("epoch", Math.min(1, answer.x[0] ?? 1), Math.max(input.epochs, last))
      : linearAxis("training time, s", 0, last);

  const lines = answer.lines
    .map((line) => prepareLine(line, input, x, y))
    .filter((line) => line.segments.length > 0)
    .sort(byDrawingOrder);
  const scope = scopeOf(input, lines.length);
  return {
    bands: input.withBands
      ? BANDS.flatMap(([below, above, share]) =>
          outlines(answer, below, above, x, y).map((outline) => ({ outline, share })),
        )
      : [],
    median: input.withBands ? curveSegments(answer.x, answer.quantiles[MEDIAN] ?? [], x, y) : [],
    lines,
    x,
    y,
    rungs:
      input.x === "epoch"
        ? input.rungs
            .filter((rung) => rung >= x.min && rung <= x.max)
            .map((rung, index) => ({ at: rung, label: `rung ${index}` }))
        : [],
    hasOutside: low > (sorted[0] ?? low) || high < (sorted.at(-1) ?? high),
    scope,
    summary: summarise(input, lines, scope),
    table: toTable(input),
  };
}

/** Values are cut off only where that gives the others half as much room again. */
const WORTH_CUTTING = 1.5;

/** The middle and the best fill the axis; a first epoch or a diverging run does not flatten it. */
function shownRange(sorted: readonly number[], input: CurveBandsInput): [number, number] {
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 1;
  if (input.fullRange) return [min, max];
  const lowIsBad = !/loss|error|nats/.test(input.answer.metric);
  const [low, high] = lowIsBad
    ? [quantile(sorted, 0.04) ?? min, max]
    : [min, quantile(sorted, 0.96) ?? max];
  return high - low < (max - min) / WORTH_CUTTING ? [low, high] : [min, max];
}

/** One outline for each unbroken stretch in which both quantiles are known. */
function outlines(answer: Answer, below: number, above: number, x: Axis, y: Axis): Point[][] {
  const lower = answer.quantiles[below] ?? [];
  const upper = answer.quantiles[above] ?? [];
  const isWhole = (index: number) => lower[index] != null && upper[index] != null;
  const holes = <T>(values: readonly (T | null)[]) =>
    values.map((value, index) => (isWhole(index) ? value : null));
  const bottoms = curveSegments(answer.x, holes(lower), x, y);
  const tops = curveSegments(answer.x, holes(upper), x, y);
  return bottoms.flatMap((bottom, index) => {
    const top = tops[index] ?? [];
    return bottom.length > 1 ? [[...bottom, ...[...top].reverse()]] : [];
  });
}

function prepareLine(line: CurveLine, input: CurveBandsInput, x: Axis, y: Axis): PreparedLine {
  const raw = curveSegments(line.x, line.values, x, y);
  const isSmoothed = input.smoothing > 0;
  const segments = isSmoothed
    ? curveSegments(line.x, smooth(line.values, input.smoothing), x, y)
    : raw;
  const last = line.values.findLastIndex((value) => value !== null);
  const at = segments.at(-1)?.at(-1);
  const value = line.values[last];
  return {
    number: line.number,
    state: line.state,
    quality: qualityIn(input.quality, line.objective),
    isBest: line.number === input.bestNumber,
    isTicked: input.ticked.has(line.number),
    values: new Map(
      line.x.flatMap((each, index) => {
        const measured = line.values[index];
        return measured == null ? [] : [[each, measured] as const];
      }),
    ),
    segments,
    raw: isSmoothed ? raw : [],
    end: at === undefined || value == null ? null : { at, x: line.x[last] ?? 0, value },
  };
}

function byDrawingOrder(a: PreparedLine, b: PreparedLine): number {
  const rank = (line: PreparedLine) => (line.isBest ? 2 : line.isTicked ? 1 : 0);
  return rank(a) - rank(b) || (a.quality ?? -1) - (b.quality ?? -1);
}

/** Every plot names its part: "all 10,000 as bands, 14 of them as lines". */
function scopeOf({ answer, withBands }: CurveBandsInput, lines: number): string {
  const { measured, total } = answer;
  const runs = `${shareOf(measured, total)} runs`;
  if (lines >= measured) return runs;
  return withBands
    ? `${runs} as bands, ${formatCount(lines)} as lines`
    : `the best ${formatCount(lines)} of ${formatCount(total)} runs`;
}

function summarise(input: CurveBandsInput, lines: readonly PreparedLine[], scope: string): string {
  const { answer } = input;
  const by = input.x === "epoch" ? "epoch" : "training time";
  const best = lines.find((line) => line.isBest)?.end ?? null;
  const median = answer.quantiles[MEDIAN]?.findLast((value) => value !== null);
  return [
    `${answer.metric} by ${by}, ${scope}.`,
    median == null ? "" : ` The median at the end is ${formatMetric(median)}.`,
    best === null
      ? ""
      : ` The best run, run ${input.bestNumber}, is at ${formatMetric(best.value)}.`,
  ].join("");
}

function toTable({ answer, x }: CurveBandsInput): ChartTable {
  return {
    name: `${answer.metric} by ${x === "epoch" ? "epoch" : "training time"}`,
    columns: [
      x === "epoch" ? "epoch" : "seconds",
      "runs",
      ...BAND_QUANTILES.map((share) => `${share * 100} % below`),
      ...answer.lines.map((line) => `run ${line.number}`),
    ],
    get rows() {
      return toRows(answer);
    },
  };
}

function toRows(answer: Answer) {
  const lines = answer.lines.map(
    (line) => new Map(line.x.map((at, index) => [at, line.values[index] ?? null])),
  );
  const places = ascending(new Set([...answer.x, ...answer.lines.flatMap((line) => line.x)]));
  const place = new Map(answer.x.map((at, index) => [at, index]));
  return places.map((at) => {
    const index = place.get(at);
    return [
      at,
      index === undefined ? null : (answer.counts[index] ?? null),
      ...answer.quantiles.map((line) => (index === undefined ? null : (line[index] ?? null))),
      ...lines.map((values) => values.get(at) ?? null),
    ];
  });
}
