import type { Curve, RunState } from "@sweepyard/contract";
import { formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis, logAxis, stepAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import { curveSegments, type Point } from "./curveSegments.js";
import { type QualityScale, qualityIn, qualityScale } from "./qualityScale.js";
import { ascending, quantile } from "./quantile.js";
import { shareOf } from "./shareOf.js";

export interface CurveRun {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly state: RunState;
  readonly objective: number | null;
  /** Its params in words, for whoever points at it. */
  readonly detail: string;
}

export interface LearningCurvesInput {
  readonly curves: readonly Curve[];
  readonly runs: ReadonlyMap<string, CurveRun>;
  readonly metric: string;
  /** Whether more of the objective is better; settles quality, not the y axis. */
  readonly maximize: boolean;
  readonly bestRunId: string | null;
  readonly log: boolean;
  /** Show the worst values too, instead of scaling to the middle and the best. */
  readonly fullRange: boolean;
  /** Planned epochs of the longest run: the axis reaches there from the start and does not grow. */
  readonly epochs: number;
  /** Runs of the sweep, drawn or not, so that the plot can say what it leaves out. */
  readonly total: number;
}

export interface PreparedCurve {
  readonly runId: string;
  readonly label: string;
  readonly detail: string;
  readonly state: RunState;
  /** Finite values by step. */
  readonly values: ReadonlyMap<number, number>;
  /** 0 the worst, 1 the best objective; null while there is none. */
  readonly quality: number | null;
  readonly isBest: boolean;
  readonly segments: readonly (readonly Point[])[];
  /** Where the curve ends; drawn only if the state says that it ended early. */
  readonly end: { readonly at: Point; readonly step: number; readonly value: number } | null;
}

export interface LearningCurves {
  /** In drawing order: the best last, on top. */
  readonly curves: readonly PreparedCurve[];
  readonly x: Axis;
  readonly y: Axis;
  /** Values outside the y axis, which a click on "full range" shows. */
  readonly outside: number;
  readonly scope: string;
  readonly summary: string;
  readonly table: ChartTable;
}

/** Decides everything about the overlay of a sweep's curves: scales, order, quality, ends. */
export function prepareLearningCurves(input: LearningCurvesInput): LearningCurves | null {
  const drawable = input.curves.filter((curve) => curve.values.some(isFiniteValue));
  if (drawable.length === 0) return null;

  const finite = ascending(drawable.flatMap((curve) => curve.values.filter(isFiniteValue)));
  const placeable = input.log ? finite.filter((value) => value > 0) : finite;
  if (placeable.length === 0) return null;
  const [low, high] = shownRange(placeable, input);
  const steps = drawable.flatMap((curve) => [curve.steps[0] ?? 0, curve.steps.at(-1) ?? 0]);
  const x = stepAxis("epoch", Math.min(1, ...steps), Math.max(input.epochs, ...steps));
  const y = input.log ? logAxis(input.metric, low, high) : linearAxis(input.metric, low, high);

  const quality = qualityScale(
    [...input.runs.values()].map((run) => run.objective),
    input.maximize,
  );
  const curves = drawable
    .map((curve) => prepareCurve(curve, input, x, y, quality))
    .sort(byDrawingOrder);
  const outside = placeable.filter((value) => {
    const at = y.place(value);
    return at !== null && (at < y.min || at > y.max);
  }).length;

  const scope = shareOf(drawable.length, input.total);
  return {
    curves,
    x,
    y,
    outside,
    scope: `${scope} runs`,
    summary: summarise(input, curves, scope),
    table: toTable(input, drawable),
  };
}

const isFiniteValue = (value: number | null): value is number =>
  value !== null && Number.isFinite(value);

/** Values are cut off only where that gives the others half as much room again. */
const WORTH_CUTTING = 1.5;

/** The middle and the best fill the axis; a first epoch or a diverging run does not flatten it. */
function shownRange(sorted: readonly number[], input: LearningCurvesInput): [number, number] {
  const min = sorted[0] ?? 0;
  const max = sorted.at(-1) ?? 1;
  if (input.fullRange) return [min, max];
  const lowIsBad = !/loss|error|nats/.test(input.metric);
  const [low, high] = lowIsBad
    ? [quantile(sorted, 0.04) ?? min, max]
    : [min, quantile(sorted, 0.96) ?? max];
  return high - low < (max - min) / WORTH_CUTTING ? [low, high] : [min, max];
}

function prepareCurve(
  curve: Curve,
  input: LearningCurvesInput,
  x: Axis,
  y: Axis,
  quality: QualityScale,
): PreparedCurve {
  const run = input.runs.get(curve.runId);
  const segments = curveSegments(curve.steps, curve.values, x, y);
  const last = curve.values.findLastIndex(isFiniteValue);
  const at = segments.at(-1)?.at(-1);
  const step = curve.steps[last];
  const value = curve.values[last];
  const hasEnd = at !== undefined && step !== undefined && isFiniteValue(value ?? null);
  return {
    runId: curve.runId,
    label: run?.name ?? "a run not listed here",
    detail: run?.detail ?? "",
    values: new Map(
      curve.steps.flatMap((each, index) => {
        const measured = curve.values[index] ?? null;
        return isFiniteValue(measured) ? [[each, measured] as const] : [];
      }),
    ),
    state: run?.state ?? "completed",
    quality: qualityIn(quality, run?.objective),
    isBest: curve.runId === input.bestRunId,
    segments,
    end: hasEnd ? { at, step, value: value as number } : null,
  };
}

function byDrawingOrder(a: PreparedCurve, b: PreparedCurve): number {
  if (a.isBest !== b.isBest) return a.isBest ? 1 : -1;
  return (a.quality ?? -1) - (b.quality ?? -1);
}

function summarise(
  input: LearningCurvesInput,
  curves: readonly PreparedCurve[],
  scope: string,
): string {
  const best = curves.find((curve) => curve.isBest);
  const bestText =
    best?.end === null || best === undefined
      ? ""
      : ` The best run, ${best.label}, is at ${formatMetric(best.end.value)} after epoch ${best.end.step}.`;
  return `${input.metric} by epoch, ${scope} runs.${bestText}`;
}

function toTable(input: LearningCurvesInput, curves: readonly Curve[]): ChartTable {
  const steps = ascending(new Set(curves.flatMap((curve) => curve.steps)));
  const byStep = curves.map(
    (curve) => new Map(curve.steps.map((step, index) => [step, curve.values[index] ?? null])),
  );
  return {
    name: `${input.metric} by epoch`,
    columns: ["epoch", ...curves.map((curve) => input.runs.get(curve.runId)?.name ?? curve.runId)],
    rows: steps.map((step) => [step, ...byStep.map((values) => values.get(step) ?? null)]),
  };
}
