import { z } from "zod";
import type { Task } from "./loss.js";

export const MetricName = z.string().min(1).max(128);

/** What each training batch and each validation measures of a model, by what its targets are. */
export const TASK_METRICS = {
  classification: ["accuracy"],
  binary: ["accuracy"],
  multi_label: ["accuracy"],
  regression: ["mean_absolute_error", "mean_squared_error"],
} as const satisfies Record<Task, readonly string[]>;

/** What an engine reports of each epoch: the task's metrics; val_ where rows validate. */
export const EPOCH_METRICS = [
  "loss",
  "accuracy",
  "mean_absolute_error",
  "mean_squared_error",
  "val_loss",
  "val_accuracy",
  "val_mean_absolute_error",
  "val_mean_squared_error",
] as const;

/** What a run's report adds, once, at its end: those of its task. */
export const REPORT_METRICS = [
  "test.loss",
  "test.accuracy",
  "test.precision_macro",
  "test.recall_macro",
  "test.f1_macro",
  "test.f1_micro",
  "test.f1_weighted",
  "test.balanced_accuracy",
  "test.matthews_corrcoef",
  "test.cohen_kappa",
  "test.top_2_accuracy",
  "test.top_3_accuracy",
  "test.top_5_accuracy",
  "test.log_loss",
  "test.roc_auc_macro",
  "test.calibration_error",
  "test.subset_accuracy",
  "test.hamming_loss",
  "test.mean_squared_error",
  "test.root_mean_squared_error",
  "test.mean_absolute_error",
  "test.median_absolute_error",
  "test.r2",
] as const;

/** Of classes, one a row; `TOP` adds to them. */
const OF_CLASSES = [
  "test.loss",
  "test.accuracy",
  "test.precision_macro",
  "test.recall_macro",
  "test.f1_macro",
  "test.f1_weighted",
  "test.balanced_accuracy",
  "test.matthews_corrcoef",
  "test.cohen_kappa",
  "test.log_loss",
  "test.roc_auc_macro",
  "test.calibration_error",
] as const satisfies readonly ReportMetric[];

const REPORT_METRICS_OF = {
  classification: OF_CLASSES,
  binary: OF_CLASSES,
  multi_label: [
    "test.loss",
    "test.accuracy",
    "test.precision_macro",
    "test.recall_macro",
    "test.f1_macro",
    "test.f1_micro",
    "test.f1_weighted",
    "test.subset_accuracy",
    "test.hamming_loss",
    "test.roc_auc_macro",
  ],
  regression: [
    "test.loss",
    "test.mean_squared_error",
    "test.root_mean_squared_error",
    "test.mean_absolute_error",
    "test.median_absolute_error",
    "test.r2",
  ],
} as const satisfies Record<Task, readonly ReportMetric[]>;

type ReportMetric = (typeof REPORT_METRICS)[number];

/** The class is among the k most probable ones: told where there are more classes than k. */
const TOP = [2, 3, 5] as const;

/** What the report of a task has, of data with so many classes, labels or targets. */
export function reportMetricsOf(task: Task, outputs: number): ReportMetric[] {
  const top = task === "classification" ? TOP.filter((k) => k < outputs) : [];
  return [...REPORT_METRICS_OF[task], ...top.map((k): ReportMetric => `test.top_${k}_accuracy`)];
}

/** What is measured of the model that a run makes. */
export const MODEL_METRICS = ["model_bytes"] as const;

/** Epoch metrics that runs of this task have; with `validates` false those of training alone. */
export function epochMetrics(task: Task, validates = true): string[] {
  const measured = ["loss", ...TASK_METRICS[task]];
  return validates ? [...measured, ...measured.map((name) => `val_${name}`)] : measured;
}

/** Losses and errors fall, all else rises. */
export const risesByDefault = (metric: string): boolean => !/(loss|error)$/.test(metric);

/** A number that JSON can carry: NaN and the infinities become null. */
export const MetricValue = z.number().nullable();

/** Everything measured at one step (epoch) of a run. */
export const MetricRow = z.object({
  step: z.int().min(0),
  at: z.iso.datetime(),
  values: z.record(MetricName, MetricValue),
});
export type MetricRow = z.infer<typeof MetricRow>;

/** One metric of one run as columns; a missing value is null, which a chart draws as a gap. */
export const Curve = z.object({
  runId: z.uuid(),
  metric: MetricName,
  steps: z.array(z.int()),
  values: z.array(MetricValue),
});
export type Curve = z.infer<typeof Curve>;
