import {
  type AttemptView,
  type ClassificationReport,
  describeReason,
  type MultiLabelReport,
  type Report,
  type RunView,
  reportFigures,
  type TargetReport,
  type TrainPlan,
} from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import { elapsedMs, formatDuration, formatFigure, formatPercent } from "./figures.js";
import { metricsText } from "./metricsText.js";
import { formatParams } from "./params.js";
import { stateText } from "./stateColor.js";
import { renderFields, renderTable } from "./table.js";

export interface RunDetails {
  readonly run: RunView;
  readonly attempts: readonly AttemptView[];
  /** Null until the run has completed. */
  readonly report: Report | null;
}

/** A run, its attempts if it took more than one, and its classification report. */
export function renderRun({ run, attempts, report }: RunDetails, colors: Colors, now: number) {
  const parts = [renderFields(runFields(run, colors, now), colors)];
  if (attempts.length > 1) parts.push(renderAttempts(attempts, colors, now));
  if (report !== null) parts.push(renderReport(report, colors));
  return parts.join("\n\n");
}

function runFields(run: RunView, colors: Colors, now: number): [string, string][] {
  const { plan } = run;
  const fields: [string, string][] = [
    ["run", `${colors.bold(run.name)}  ${run.id}`],
    ["state", stateText(run, colors)],
  ];
  if (run.sweepName !== null) fields.push(["sweep", `${run.sweepName}  ${run.sweepId}`]);
  if (run.error !== null) fields.push(["error", `${run.error.code}: ${run.error.message}`]);
  if (run.excluded !== null)
    fields.push(["excluded", `by ${run.excluded.by}: ${run.excluded.reason}`]);
  fields.push(["params", formatParams(run.params)]);
  if (run.samplerReason !== null)
    fields.push(["chosen by", describeReason(run.samplerReason, formatReasonValue)]);
  if (plan === null) fields.push(["trainer", run.trainer]);
  else
    fields.push(
      ["data", `${plan.data.dataset}${plan.data.version ? ` version ${plan.data.version}` : ""}`],
      ["model", formatModel(plan)],
      ["training", `${formatOptimizer(plan)}, batch ${plan.batch_size}, seed ${plan.seed}`],
    );
  fields.push(
    ["epochs", `${run.epoch} of ${run.epochs}`],
    ["time", timing(run, now)],
    ["metrics", formatMetrics(run.metrics)],
  );
  if (run.tags.length > 0) fields.push(["tags", run.tags.join(", ")]);
  if (run.note !== "") fields.push(["note", run.note]);
  return fields;
}

const formatReasonValue = (value: unknown): string =>
  typeof value === "number"
    ? formatFigure(value)
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

function timing(run: RunView, now: number): string {
  const waited = elapsedMs(run.createdAt, run.startedAt, now);
  const where = run.workerName === null ? "" : ` on ${run.workerName}`;
  return `waited ${formatDuration(waited)}, trained ${formatDuration(run.trainMs)}${where}`;
}

/** `512-256, relu` for a template, the layers' names otherwise. */
function formatModel({ model }: TrainPlan): string {
  if ("layers" in model)
    return model.layers
      .map((layer) =>
        layer.class_name === "Dense"
          ? `Dense ${layer.units} ${layer.activation}`
          : layer.class_name,
      )
      .join(", ");
  if (model.template === "cnn") {
    const { blocks, filters, activation } = model;
    return `cnn ${blocks} blocks of ${filters} filters, ${activation}`;
  }
  const { depth, units, activation } = model;
  const hidden = Array.isArray(units) ? units.slice(0, depth) : Array(depth).fill(units);
  return `${hidden.join("-")}, ${activation}`;
}

function formatOptimizer({ optimizer }: TrainPlan): string {
  const { learning_rate } = optimizer;
  const rate =
    typeof learning_rate === "number"
      ? `${optimizer.class_name} ${formatFigure(learning_rate)}`
      : `${optimizer.class_name} ${learning_rate.class_name}`;
  return optimizer.class_name === "SGD" && optimizer.momentum > 0
    ? `${rate} momentum ${formatFigure(optimizer.momentum)}`
    : rate;
}

/** Those of training and validation; the report's own stand in its table. */
function formatMetrics(metrics: RunView["metrics"]): string {
  const shown = Object.entries(metrics).filter(([name]) => !name.startsWith("test."));
  return metricsText(Object.fromEntries(shown), ", ") || "none yet";
}

function renderAttempts(attempts: readonly AttemptView[], colors: Colors, now: number): string {
  return renderTable(
    attempts,
    [
      { head: "attempt", cell: ({ number }) => String(number), align: "right" },
      { head: "worker", cell: ({ workerName, slot }) => `${workerName}:${slot}` },
      { head: "device", cell: ({ device }) => device },
      { head: "from epoch", cell: ({ fromEpoch }) => String(fromEpoch), align: "right" },
      {
        head: "time",
        cell: ({ startedAt, endedAt }) => formatDuration(elapsedMs(startedAt, endedAt, now)),
        align: "right",
      },
      {
        head: "outcome",
        cell: ({ outcome, error }) =>
          [outcome ?? "running", error === null ? "" : `(${error.message})`].join(" ").trim(),
      },
    ],
    colors,
  );
}

function renderReport(report: Report, colors: Colors): string {
  const score =
    report.task === "regression"
      ? `test R² ${formatFigure(report.r2)}`
      : `test accuracy ${formatFigure(report.accuracy)}`;
  const head = `${score}, loss ${formatFigure(report.loss)} on ${report.samples} rows`;
  const parts = [colors.bold(head), renderFigures(report, colors)];
  if (report.task === "regression") parts.push(renderTargets(report.perTarget, colors));
  else parts.push(renderClasses(report, colors));
  if (report.task === "classification") parts.push(...renderErrors(report, colors));
  return parts.join("\n");
}

const renderFigures = (report: Report, colors: Colors): string =>
  renderTable(
    reportFigures(report),
    [
      { head: "figure", cell: ({ name }) => name },
      { head: "value", cell: ({ value }) => formatFigure(value), align: "right" },
      {
        head: "95 % interval",
        cell: ({ interval }) =>
          interval === null
            ? ""
            : `${formatFigure(interval.low)} to ${formatFigure(interval.high)}`,
      },
    ],
    colors,
  );

function renderClasses(report: ClassificationReport | MultiLabelReport, colors: Colors): string {
  const averages = [
    { name: "macro average", ...report.macro, rocAuc: report.rocAucMacro, support: report.samples },
    { name: "weighted average", ...report.weighted, rocAuc: null, support: report.samples },
  ];
  return renderTable(
    [...report.perClass, ...averages],
    [
      { head: "class", cell: ({ name }) => name },
      { head: "precision", cell: ({ precision }) => formatFigure(precision), align: "right" },
      { head: "recall", cell: ({ recall }) => formatFigure(recall), align: "right" },
      { head: "F1", cell: ({ f1 }) => formatFigure(f1), align: "right" },
      { head: "ROC AUC", cell: ({ rocAuc }) => formatFigure(rocAuc), align: "right" },
      { head: "support", cell: ({ support }) => String(support), align: "right" },
    ],
    colors,
  );
}

const renderTargets = (targets: readonly TargetReport[], colors: Colors): string =>
  renderTable(
    targets,
    [
      { head: "target", cell: ({ name }) => name },
      { head: "R²", cell: ({ r2 }) => formatFigure(r2), align: "right" },
      {
        head: "RMSE",
        cell: (target) => formatFigure(target.rootMeanSquaredError),
        align: "right",
      },
      { head: "MAE", cell: (target) => formatFigure(target.meanAbsoluteError), align: "right" },
      {
        head: "residuals, 5 % to 95 %",
        cell: ({ residuals }) =>
          [0.05, 0.95]
            .map((share) => residuals.find(({ quantile }) => quantile === share)?.value)
            .map(formatFigure)
            .join(" to "),
      },
    ],
    colors,
  );

const SUREST = 5;

/** The pairs most often confused, and the rows that the model was surest of and got wrong. */
function renderErrors(report: ClassificationReport, colors: Colors): string[] {
  const pairs = report.mostConfused
    .slice(0, 3)
    .map(({ a, b, count }) => `${a} and ${b} (${count})`);
  const nameOf = (label: number) => report.perClass[label]?.name ?? String(label);
  const parts: string[] = [];
  if (pairs.length > 0) parts.push(`most confused: ${pairs.join(", ")}`);
  if (report.misclassified.length > 0)
    parts.push(
      "surest errors:",
      renderTable(
        report.misclassified.slice(0, SUREST),
        [
          { head: "test row", cell: ({ row }) => String(row), align: "right" },
          { head: "is", cell: ({ actual }) => nameOf(actual) },
          { head: "taken for", cell: ({ predicted }) => nameOf(predicted) },
          { head: "with", cell: ({ probability }) => formatPercent(probability), align: "right" },
        ],
        colors,
      ),
    );
  return parts;
}
