import { z } from "zod";
import { BeatRun, GoOnAnswer, ReportRun, TellRun, ToldRun } from "../askTell.js";
import { CreateRun } from "../createRun.js";
import { ExportFormat } from "../exports.js";
import { Id } from "../ids.js";
import { AttemptLoad } from "../load.js";
import { McNemarTest } from "../mcnemar.js";
import { Curve, MetricName, MetricRow } from "../metrics.js";
import { Direction } from "../objective.js";
import { PromoteWinner } from "../promoteWinner.js";
import { Force } from "../registry.js";
import { Report } from "../report.js";
import { RunPreview } from "../runPreview.js";
import { RunState } from "../runState.js";
import { strictObject } from "../strictObject.js";
import { ModelSummary } from "../sweepPreview.js";
import { ArtifactView, AttemptView, BestAnswer, ModelVersionView, RunView } from "../views.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { ById, Exports, list, MeasureExports, Page, page } from "./routeFields.js";

export const ListRuns = strictObject({
  sweepId: Id.optional(),
  state: list(RunState).optional(),
  /** See filter.ts: `params.depth >= 2 and metrics.val_loss < 0.4`. */
  filter: z.string().max(2000).optional(),
  /** A column of RunView, `params.<name>` or `metrics.<name>`; `-` before it turns the order round. */
  sort: z.string().max(150).default("-createdAt"),
  ...Page,
});
export type ListRuns = z.infer<typeof ListRuns>;

export const BestQuery = strictObject({
  /** Absent: the sweep's objective. */
  metric: MetricName.optional(),
  direction: Direction.optional(),
  filter: z.string().max(2000).optional(),
});

export const PatchRun = strictObject({
  note: z.string().max(10_000).optional(),
  tags: z.array(z.string().min(1).max(64)).max(32).optional(),
  /** A reason takes the run out of best, importance and sampling; null puts it back. */
  excluded: z.string().trim().min(1).max(1000).nullable().optional(),
});
export type PatchRun = z.infer<typeof PatchRun>;

export const PromoteRun = strictObject({
  ...PromoteWinner.shape,
  /** Moves the alias only if it points at this version now; null: if it does not exist. */
  expected: z.int().min(1).nullable().optional(),
  force: Force.optional(),
});
export type PromoteRun = z.infer<typeof PromoteRun>;

/** Most runs that one request queues again. */
export const MOST_RETRIES = 500;

export const RetryRuns = strictObject({
  /** Absent: the project's failed runs, the one that failed last first. */
  ids: z.array(Id).min(1).max(MOST_RETRIES).optional(),
});
export type RetryRuns = z.infer<typeof RetryRuns>;

export const RetriedRuns = z.object({
  retried: z.int(),
  /** Runs that could not be, such as those that somebody else has retried meanwhile. */
  refused: z.array(z.object({ id: Id, message: z.string() })),
  /** Failed runs of the project that are left. */
  left: z.int(),
});
export type RetriedRuns = z.infer<typeof RetriedRuns>;

export const RunComparison = z.object({
  runs: z.array(RunView),
  /** Params and plan fields, as dotted paths, that are not the same in all. */
  differing: z.array(z.string()),
  curves: z.array(Curve),
  /** By run id; a run without a report is absent. */
  reports: z.record(Id, Report),
});
export type RunComparison = z.infer<typeof RunComparison>;

const runAction = (action: string, summary: string) =>
  ({
    method: "POST",
    path: `/runs/:id/${action}`,
    summary,
    scope: "submit",
    params: ById,
    status: 202,
    response: RunView,
  }) as const;

export const RUN_ROUTES = {
  "runs.create": {
    method: "POST",
    path: "/runs",
    summary: "Submit a single training job",
    example: {
      plan: {
        data: { dataset: "fashion-mnist" },
        model: { template: "mlp", depth: 2, units: [512, 256] },
        epochs: 15,
      },
    },
    scope: "submit",
    body: CreateRun,
    status: 202,
    response: RunView,
  },
  "runs.preview": {
    method: "POST",
    path: "/runs/preview",
    summary: "Check a single training job without submitting it",
    description:
      "Refuses what submitting would refuse, and otherwise tells the plan with its defaults, the model's layers with their shapes, weights and FLOPs, how many rows train and validate, and how long an epoch takes by the runs that this project has measured. Stores nothing.",
    example: { plan: { data: { dataset: "fashion-mnist" }, model: { template: "cnn" } } },
    scope: "read",
    body: CreateRun,
    status: 200,
    response: RunPreview,
  },
  "runs.list": {
    method: "GET",
    path: "/runs",
    summary: "List, filter, sort and page runs",
    description:
      'Filters read like `params.depth >= 2 and (metrics.val_loss < 0.4 or state in (pruned, failed)) and not tags = "old"`; fields are `params.<name>`, `metrics.<name>`, state, name, number, objective, epoch, attempt, tags and excluded. `sort` takes a field of a run, `params.<name>` or `metrics.<name>`, with `-` before it for descending. Give `nextCursor` back as `cursor` for the next page.',
    scope: "read",
    query: ListRuns,
    status: 200,
    response: page(RunView),
  },
  "runs.export": {
    method: "GET",
    path: "/runs/export",
    summary: "Every run that a list would show, with its params and metrics, as one file",
    description:
      "The filter, the order and the sweep are those of the list; pages are not needed. `format=csv` has a column for each param and metric, `format=json` the runs as the list has them.",
    scope: "read",
    query: ListRuns.omit({ cursor: true, limit: true }).extend({
      format: z.enum(["csv", "json"]).default("csv"),
    }),
    status: 200,
    stream: "text/csv",
  },
  "runs.best": {
    method: "GET",
    path: "/runs/best",
    summary: "The project's best completed run by any metric",
    scope: "read",
    query: BestQuery,
    status: 200,
    response: BestAnswer,
  },
  "runs.compare": {
    method: "GET",
    path: "/runs/compare",
    summary: "Params, curves and reports of chosen runs side by side",
    scope: "read",
    query: strictObject({
      ids: list(Id).refine((ids) => ids.length >= 1 && ids.length <= 100, "names 1 to 100 runs"),
    }),
    status: 200,
    response: RunComparison,
  },
  "runs.mcnemar": {
    method: "GET",
    path: "/runs/mcnemar",
    summary: "Whether one of two runs is right more often on the same test rows",
    description:
      "McNemar's exact test. Both models are run over the test split once; both are to be of classifications of the same version of a data set.",
    scope: "read",
    query: strictObject({ a: Id, b: Id }),
    status: 200,
    response: McNemarTest,
  },
  "runs.get": {
    method: "GET",
    path: "/runs/:id",
    summary: "A run",
    scope: "read",
    params: ById,
    status: 200,
    response: RunView,
  },
  "runs.patch": {
    method: "PATCH",
    path: "/runs/:id",
    summary: "Change a run's note or tags, or exclude it",
    scope: "submit",
    params: ById,
    body: PatchRun,
    status: 200,
    response: RunView,
  },
  "runs.metrics": {
    method: "GET",
    path: "/runs/:id/metrics",
    summary: "Every metric of every epoch",
    scope: "read",
    params: ById,
    status: 200,
    response: z.object({ rows: z.array(MetricRow) }),
  },
  "runs.report": {
    method: "GET",
    path: "/runs/:id/report",
    summary: "The evaluation on the test split",
    scope: "read",
    params: ById,
    status: 200,
    response: Report,
  },
  "runs.model": {
    method: "GET",
    path: "/runs/:id/model",
    summary: "The layers of a run's model, their shapes and weights",
    scope: "read",
    params: ById,
    status: 200,
    response: ModelSummary,
  },
  "runs.attempts": {
    method: "GET",
    path: "/runs/:id/attempts",
    summary: "The tries at this run, first to last",
    scope: "read",
    params: ById,
    status: 200,
    response: z.object({ items: z.array(AttemptView) }),
  },
  "runs.artifacts": {
    method: "GET",
    path: "/runs/:id/artifacts",
    summary: "Files a run has produced",
    scope: "read",
    params: ById,
    status: 200,
    response: z.object({ items: z.array(ArtifactView) }),
  },
  "runs.recordSteps": {
    method: "POST",
    path: "/runs/:id/report",
    summary: "Report metrics of a run that was asked for; answers whether to go on",
    description:
      'Values are numbers, or "NaN", "Infinity", "-Infinity". A step that is recorded already stays as it is. The lease is renewed.',
    example: { attempt: 1, rows: [{ step: 1, values: { loss: 0.5 } }] },
    scope: "submit",
    params: ById,
    body: ReportRun,
    status: 200,
    response: GoOnAnswer,
  },
  "runs.heartbeat": {
    method: "POST",
    path: "/runs/:id/heartbeat",
    summary: "Renew the lease of a run that was asked for; answers whether to go on",
    example: { attempt: 1 },
    scope: "submit",
    params: ById,
    body: BeatRun,
    status: 200,
    response: GoOnAnswer,
  },
  "runs.tell": {
    method: "POST",
    path: "/runs/:id/tell",
    summary: "Tell the end of a run that was asked for",
    example: { attempt: 1, state: "completed", values: { loss: 0.1 } },
    scope: "submit",
    params: ById,
    body: TellRun,
    status: 200,
    response: ToldRun,
  },
  "runs.cancel": runAction("cancel", "Cancel a run"),
  "runs.pause": runAction("pause", "Pause a run at its next epoch; its checkpoint is kept"),
  "runs.resume": runAction("resume", "Queue a paused run again"),
  "runs.retry": runAction(
    "retry",
    "Queue a failed or cancelled run again, from its last checkpoint",
  ),
  "runs.retryMany": {
    method: "POST",
    path: "/runs/retry",
    summary: "Queue several failed or cancelled runs again",
    description:
      "Without `ids` it takes the project's failed runs, at most 500 a request: ask again while `left` is above zero.",
    example: {},
    scope: "submit",
    body: RetryRuns,
    status: 202,
    response: RetriedRuns,
  },
  "runs.load": {
    method: "GET",
    path: "/runs/:id/load",
    summary: "CPU and memory of each attempt's trainer over time",
    description:
      "Sampled every two seconds at first, and more seldom the longer an attempt lasts; an attempt that was shorter has no sample.",
    scope: "read",
    params: ById,
    status: 200,
    response: z.object({ items: z.array(AttemptLoad) }),
  },
  "runs.exports": {
    method: "GET",
    path: "/runs/:id/exports",
    summary: "The formats that a run's model has been exported to, with their figures",
    scope: "read",
    params: ById,
    status: 200,
    response: Exports,
  },
  "runs.measureExports": {
    method: "POST",
    path: "/runs/:id/exports",
    summary: "Export a run's model and measure each file on the test split",
    description:
      "Runs each file on the whole test split: accuracy, agreement with the .onnx file, the largest difference of any output, and the median time of one row. What is measured already is not measured again. A .keras file is made, but only Python runs it.",
    example: { formats: ["onnx", "tflite-int8"] },
    scope: "submit",
    params: ById,
    body: MeasureExports,
    status: 200,
    response: Exports,
  },
  "runs.exportModel": {
    method: "GET",
    path: "/runs/:id/export/:format",
    summary: "Download a run's model in a format; made when first asked for",
    scope: "read",
    params: ById.extend({ format: ExportFormat }),
    status: 200,
    stream: "application/octet-stream",
  },
  "runs.promote": {
    method: "POST",
    path: "/runs/:id/promote",
    summary: "Make a run's model a version and point an alias at it",
    description:
      "Where the model's policy guards the alias, every gate is judged first and its figure kept. A gate that fails refuses the promotion (409, with each gate's finding); `force` names the gates to pass over, and why. With `approval` the promotion waits for somebody with another key, and the answer's version does not have the alias yet.",
    scope: "promote",
    params: ById,
    body: PromoteRun,
    status: 201,
    response: ModelVersionView,
  },

  "artifacts.content": {
    method: "GET",
    path: "/artifacts/:id/content",
    summary: "Download an artifact",
    scope: "read",
    params: ById,
    status: 200,
    stream: "application/octet-stream",
  },
} as const satisfies Record<string, RouteDefinition>;
