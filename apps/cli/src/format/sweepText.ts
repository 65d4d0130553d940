import {
  type BestRun,
  constraintText,
  type Dimension,
  type ParamValue,
  type RunCounts,
  type SweepView,
  winnerPromotionText,
} from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import {
  elapsedMs,
  formatAge,
  formatCount,
  formatDuration,
  formatFigure,
  NONE,
} from "./figures.js";
import { formatParams } from "./params.js";
import { colorState, stateText } from "./stateColor.js";
import { renderFields, renderTable } from "./table.js";

/** Runs that have ended, however they ended. */
export const endedRuns = (counts: RunCounts): number =>
  counts.completed + counts.pruned + counts.diverged + counts.failed + counts.cancelled;

/** `3 completed, 1 running`; what there is none of is left out. */
export function formatCounts(counts: RunCounts): string {
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  return parts.length === 0
    ? "none yet"
    : parts.map(([state, count]) => `${count} ${state}`).join(", ");
}

/** `#3 learning_rate=0.001 depth=2  val_accuracy 0.8934  test accuracy 0.8871` */
export function formatBest(best: BestRun | null): string {
  if (best === null) return NONE;
  const test = best.test === null ? "" : `  test accuracy ${formatFigure(best.test.accuracy)}`;
  return `#${best.number} ${formatParams(best.params)}  ${best.metric} ${formatFigure(best.value)}${test}`;
}

export function formatDimension(dimension: Dimension, name: string): string {
  const when =
    dimension.when === undefined
      ? ""
      : `, when ${dimension.when.param} ${dimension.when.op} ${JSON.stringify(dimension.when.value)}`;
  return `${formatValues(dimension)}${formatWhere(dimension, name)}${when}`;
}

function formatWhere({ where = [] }: Dimension, name: string): string {
  return where.map((constraint) => `, where ${constraintText(constraint, name)}`).join("");
}

function formatValues(dimension: Dimension): string {
  switch (dimension.type) {
    case "categorical":
      return `one of ${formatChoices(dimension.choices)}`;
    case "ordinal":
      return `in order ${formatChoices(dimension.choices)}`;
    case "constant":
      return `always ${JSON.stringify(dimension.value)}`;
    case "int":
    case "float": {
      const { type, log, low, high, step } = dimension;
      const isPlain = step === undefined || (type === "int" && step === 1);
      return `${type}${log ? " log" : ""} ${low} to ${high}${isPlain ? "" : ` by ${step}`}`;
    }
    case "normal":
    case "log_normal": {
      const { type, mu, sigma, low, high, step } = dimension;
      const from = low === undefined ? "" : ` from ${low}`;
      const to = high === undefined ? "" : ` to ${high}`;
      return `${type} ${mu} ± ${sigma}${from}${to}${step === undefined ? "" : ` by ${step}`}`;
    }
  }
}

const formatChoices = (choices: readonly ParamValue[]) =>
  choices.map((choice) => JSON.stringify(choice)).join(", ");

export function renderSweeps(sweeps: readonly SweepView[], colors: Colors, now: number): string {
  return renderTable(
    sweeps,
    [
      { head: "name", cell: (sweep) => sweep.name },
      { head: "state", cell: (sweep) => colorState(sweep.state, colors) },
      {
        head: "ended",
        cell: ({ counts, plannedRuns }) => `${endedRuns(counts)}/${plannedRuns ?? "?"}`,
        align: "right",
      },
      { head: "metric", cell: (sweep) => sweep.objective.metric },
      { head: "best", cell: (sweep) => formatFigure(sweep.best?.value), align: "right" },
      { head: "created", cell: (sweep) => formatAge(sweep.createdAt, now), align: "right" },
      { head: "sweep", cell: (sweep) => sweep.id },
    ],
    colors,
  );
}

/** What more runs may gain, of a sweep that ends by it. */
function formatTerminator({ terminatorFigures: figures }: SweepView): [string, string][] {
  if (figures === null) return [];
  const error = figures.error === null ? "is not known yet" : `is ${formatFigure(figures.error)}`;
  const bound = formatFigure(figures.regretBound);
  return [
    ["to gain", `${bound} at most after ${formatCount(figures.runs, "run")}; the error ${error}`],
  ];
}

/** Every part of it: the sweep ends by the one that is used up first. */
export function formatBudget({
  runs,
  epochs,
  seconds,
  slot_seconds: slotSeconds,
}: SweepView["budget"]) {
  const parts = [
    runs !== undefined && formatCount(runs, "run"),
    epochs !== undefined && formatCount(epochs, "epoch"),
    seconds !== undefined && formatDuration(seconds * 1000),
    slotSeconds !== undefined && `${formatDuration(slotSeconds * 1000)} of slots`,
  ];
  return parts.filter((part) => part !== false).join(", ") || NONE;
}

/** What comes of its winner, and what each gate has found. */
function formatPromotion(sweep: SweepView): [string, string][] {
  const text = winnerPromotionText(sweep);
  if (text === null) return [];
  const gates = (sweep.promotion?.gates ?? []).map(({ gate, passed, detail }): [string, string] => [
    `  ${gate}`,
    `${passed ? "passed" : "failed"}: ${detail}`,
  ]);
  return [["promotes", text], ...gates];
}

export function renderSweep(sweep: SweepView, colors: Colors, now: number): string {
  const { objective, sampler, pruner, budget } = sweep;
  const fields: [string, string][] = [
    ["sweep", `${colors.bold(sweep.name)}  ${sweep.id}`],
    ["state", stateText(sweep, colors)],
    ...(sweep.description === "" ? [] : [["about", sweep.description] as [string, string]]),
    ["objective", `${objective.direction} ${objective.metric}`],
    ["search", `${sampler.name} sampler, ${pruner.name === "none" ? "no" : pruner.name} pruner`],
    ["budget", formatBudget(budget)],
    ["runs", `${formatCounts(sweep.counts)}, of ${sweep.plannedRuns ?? "an unknown number"}`],
    ["epochs", `${sweep.epochsDone} of ${sweep.epochsPlanned}`],
    ["time", formatDuration(elapsedMs(sweep.startedAt, sweep.endedAt, now))],
    ["best", formatBest(sweep.best)],
    ...formatTerminator(sweep),
    ...formatPromotion(sweep),
  ];
  const space = Object.entries(sweep.space).map(
    ([name, dimension]) => [`  ${name}`, formatDimension(dimension, name)] as const,
  );
  return renderFields([...fields, ["space", ""], ...space], colors);
}
