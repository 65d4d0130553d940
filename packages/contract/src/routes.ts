import { z } from "zod";
import {
  AskAnswer,
  AskRuns,
  BeatRun,
  GoOnAnswer,
  ReportRun,
  TellAnswer,
  TellRun,
  TellRuns,
  ToldRun,
} from "./askTell.js";
import { BatchState, BatchView, CreateBatch } from "./batches.js";
import { BestSoFar } from "./bestSoFar.js";
import { CreateRun } from "./createRun.js";
import { CurveBands, CurveX } from "./curveBands.js";
import { DatasetPreview, DatasetView } from "./datasets.js";
import { DrainWorker } from "./drain.js";
import { ExportFormat, ExportView } from "./exports.js";
import { Id } from "./ids.js";
import {
  ImportanceMethod,
  ImportanceView,
  PartialDependenceView,
  SurrogateView,
} from "./importance.js";
import { AttemptLoad, WorkerLoad } from "./load.js";
import { McNemarTest } from "./mcnemar.js";
import { Curve, MetricName, MetricRow } from "./metrics.js";
import { AliasName, ModelName } from "./modelNames.js";
import { Direction } from "./objective.js";
import { parseSweep } from "./parseSweep.js";
import { PredictBody, parsePredictBody } from "./predictBody.js";
import { PromoteWinner } from "./promoteWinner.js";
import { PruningLogPage } from "./pruningLog.js";
import { QueueHistory } from "./queueHistory.js";
import {
  Force,
  ModelChangeView,
  PromotionPolicy,
  PromotionState,
  PromotionView,
} from "./registry.js";
import { Report } from "./report.js";
import { RunPreview } from "./runPreview.js";
import { RunState } from "./runState.js";
import { Challenger, ServingView } from "./serving.js";
import { strictObject } from "./strictObject.js";
import { CreateSweep, SweepState } from "./sweep.js";
import { SweepColumns } from "./sweepColumns.js";
import {
  EnqueuePoints,
  ForkSweep,
  PatchSweep,
  ReplayAnswer,
  SweepLogPage,
  SweepVersionView,
} from "./sweepEdit.js";
import { ModelSummary, SweepPreview } from "./sweepPreview.js";
import { SweepTimeline } from "./sweepTimeline.js";
import {
  ApiKeyView,
  ArtifactView,
  AttemptView,
  BestAnswer,
  ModelVersionView,
  ModelView,
  ParetoView,
  PredictAnswer,
  QueueView,
  RunView,
  Scope,
  SweepView,
  WorkerView,
} from "./views.js";
import {
  CreateWebhook,
  DeliveryState,
  DeliveryView,
  PatchWebhook,
  WebhookView,
} from "./webhooks.js";

/**
 * Every route under /api/v1: the API serves this table, the client calls it, and OpenAPI is
 * generated from it.
 *
 * Long on purpose: it is one table, and to have every route in one place is what it is for.
 */
export interface RouteDefinition {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Express' form, under /api/v1. */
  readonly path: `/${string}`;
  readonly summary: string;
  /** More about it, in Markdown, for the API's documentation. */
  readonly description?: string;
  /** A body that works on the embedded default. */
  readonly example?: unknown;
  /** The scope a key needs. */
  readonly scope: Scope;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Checks more than `body` can and takes its place. @throws {AppError} */
  readonly parseBody?: (input: unknown) => unknown;
  /** What the body is when it is no JSON. */
  readonly upload?: "multipart/form-data" | "image" | "archive";
  readonly status: 200 | 201 | 202 | 204;
  /** Absent: no content, or a stream described by `stream`. */
  readonly response?: z.ZodType;
  readonly stream?:
    | "application/octet-stream"
    | "application/x-ndjson"
    | "text/event-stream"
    | "text/csv"
    | "image/png";
}

const WebhookSecret = z.object({ webhook: WebhookView, secret: z.string() });
const ById = z.object({ id: Id });
const ByDataset = z.object({ name: z.string().max(64) });
const DatasetVersionQuery = strictObject({
  version: z.coerce.number<number | string>().int().min(1).optional(),
});
const ByModel = z.object({ name: z.string().min(1).max(64) });
const ByVersion = ByModel.extend({ version: z.coerce.number<number | string>().int().min(1) });
const Exports = z.object({ items: z.array(ExportView) });
const MeasureExports = strictObject({
  /** Absent: all. */
  formats: z.array(ExportFormat).min(1).optional(),
});

/** A comma-separated list in a query. */
const list = <T extends z.ZodType>(item: T) =>
  z.preprocess(
    (value: string | readonly z.input<T>[]) =>
      typeof value === "string" ? value.split(",").filter((part) => part !== "") : value,
    z.array(item),
  );

/** A number in a query: text on the wire. */
const count = () => z.coerce.number<number | string>().int().min(1).max(1000);

/** How far back, in a query. */
const minutes = (most: number) => z.coerce.number<number | string>().int().min(1).max(most);

/** Yes or no in a query: `true` or `false`. */
const flag = () =>
  z
    .preprocess(
      (value: string | boolean) => (value === "true" ? true : value === "false" ? false : value),
      z.boolean(),
    )
    .default(false);

const Page = {
  /** `nextCursor` of the page before. */
  cursor: z.string().max(500).optional(),
  limit: count().default(100),
};

const page = <T extends z.ZodType>(item: T) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    /** How many match in all, on every page. */
    total: z.int(),
  });

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

const Reason = z.string().max(1000).default("");
const VersionTags = z.array(z.string().min(1).max(64)).max(32);

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

const PredictQuery = strictObject({
  top_k: count().optional(),
  /** Also what was made of a picture, and the model was asked about. */
  pixels: flag().optional(),
});

export const CreateKey = strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(Scope).min(1),
  expiresInDays: z.int().min(1).max(3650).optional(),
});
export type CreateKey = z.infer<typeof CreateKey>;

export const CreateProject = strictObject({
  name: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, {
      error:
        "a project's name has up to 64 lower-case letters, digits, dots, dashes or underscores",
    }),
});
export type CreateProject = z.infer<typeof CreateProject>;

export const Me = z.object({
  project: z.object({ id: Id, name: z.string() }),
  key: z.object({ name: z.string(), scopes: z.array(Scope) }),
  version: z.string(),
});
export type Me = z.infer<typeof Me>;

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

const sweepAction = (action: string, summary: string) =>
  ({
    method: "POST",
    path: `/sweeps/:id/${action}`,
    summary,
    scope: "submit",
    params: ById,
    status: 202,
    response: SweepView,
  }) as const;

export const ROUTES = {
  "sweeps.create": {
    method: "POST",
    path: "/sweeps",
    summary: "Submit a sweep",
    description:
      'Any value of the plan may be `{"$param": "<dimension>"}`. The plan is tried at both ends of every dimension and on the shapes of its data before anything is stored. A grid ends with its last cell; other samplers need `budget.runs`. With `promote` the best run is promoted once the sweep has completed, as `POST /runs/:id/promote` would do it: the key needs the scope `promote` as well, and `promotion` tells what came of it.',
    example: {
      name: "fashion-mnist",
      plan: {
        data: { dataset: "fashion-mnist" },
        model: { template: "mlp", depth: { $param: "depth" }, units: [512, 256, 128] },
        optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
        batch_size: 64,
        epochs: 15,
        validation_split: 0.2,
      },
      space: {
        learning_rate: { type: "categorical", choices: [0.0003, 0.001, 0.003] },
        depth: { type: "int", low: 1, high: 3 },
      },
    },
    scope: "submit",
    body: CreateSweep,
    parseBody: parseSweep,
    status: 202,
    response: SweepView,
  },
  "sweeps.preview": {
    method: "POST",
    path: "/sweeps/preview",
    summary: "Check a sweep without submitting it",
    description:
      "Refuses what submitting would refuse, and otherwise tells how large the space is, which points would be tried first, what their models look like, and what it would take by the runs that this project has measured. Stores nothing.",
    example: {
      name: "rates",
      plan: {
        data: { dataset: "fashion-mnist" },
        optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
      },
      space: { learning_rate: { type: "float", low: 0.0001, high: 0.01, log: true } },
      sampler: { name: "random" },
      budget: { runs: 12 },
    },
    scope: "read",
    body: CreateSweep,
    parseBody: parseSweep,
    status: 200,
    response: SweepPreview,
  },
  "sweeps.list": {
    method: "GET",
    path: "/sweeps",
    summary: "List sweeps, newest first",
    scope: "read",
    query: strictObject({ state: list(SweepState).optional(), ...Page }),
    status: 200,
    response: page(SweepView),
  },
  "sweeps.bestSoFar": {
    method: "GET",
    path: "/sweeps/best-so-far",
    summary: "How the best of each of some sweeps came about",
    description:
      "The completed runs that were better than all before, of several sweeps at once, for small lines in a list. A sweep of which no run has completed is left out, as is one that the project does not have.",
    scope: "read",
    query: strictObject({
      ids: list(Id).refine((ids) => ids.length >= 1 && ids.length <= 100, "names 1 to 100 sweeps"),
    }),
    status: 200,
    response: z.object({ items: z.array(BestSoFar) }),
  },
  "sweeps.get": {
    method: "GET",
    path: "/sweeps/:id",
    summary: "A sweep with its counts and best run",
    scope: "read",
    params: ById,
    status: 200,
    response: SweepView,
  },
  "sweeps.best": {
    method: "GET",
    path: "/sweeps/:id/best",
    summary: "A sweep's best completed run by any metric",
    description:
      "Runs that break a constraint of the sweep, are excluded or not completed can't win; the answer counts them, and names those that tie. Of equals the lowest number wins.",
    scope: "read",
    params: ById,
    query: BestQuery,
    status: 200,
    response: BestAnswer,
  },
  "sweeps.curves": {
    method: "GET",
    path: "/sweeps/:id/curves",
    summary: "One metric of all of a sweep's runs, or of some",
    scope: "read",
    params: ById,
    query: strictObject({
      metric: MetricName.default("val_accuracy"),
      runs: list(Id).optional(),
      limit: count().default(200),
    }),
    status: 200,
    response: z.object({ curves: z.array(Curve) }),
  },
  "sweeps.columns": {
    method: "GET",
    path: "/sweeps/:id/columns",
    summary: "All runs of a sweep as columns: state, objective, params",
    description:
      "For charts that count every run: ten thousand runs are about 150 KB on the wire. Of a sweep of more than 20,000 runs the best 2,000 and an even share of the others are answered; `total` says how many there are.",
    scope: "read",
    params: ById,
    query: strictObject({
      /** Only runs that fit; see filter.ts. */
      filter: z.string().max(4000).optional(),
    }),
    status: 200,
    response: SweepColumns,
  },
  "sweeps.curveBands": {
    method: "GET",
    path: "/sweeps/:id/curve-bands",
    summary: "How one metric of all of a sweep's runs spreads over their epochs",
    description:
      "Quantiles over every run that fits the filter, and the best `lines` of them, those that train and those of `numbers` as curves.",
    scope: "read",
    params: ById,
    query: strictObject({
      metric: MetricName.default("val_accuracy"),
      filter: z.string().max(4000).optional(),
      x: CurveX.default("epoch"),
      lines: z.coerce.number<number | string>().int().min(0).max(1000).default(10),
      /** Runs to answer as lines whatever their objective is. */
      numbers: list(z.coerce.number<number | string>().int()).optional(),
    }),
    status: 200,
    response: CurveBands,
  },
  "sweeps.timeline": {
    method: "GET",
    path: "/sweeps/:id/timeline",
    summary: "When each attempt at a sweep's runs held which slot, and how long it waited",
    scope: "read",
    params: ById,
    status: 200,
    response: SweepTimeline,
  },
  "sweeps.patch": {
    method: "PATCH",
    path: "/sweeps/:id",
    summary: "Edit a sweep while it runs, or extend one that has completed",
    description:
      "Narrows or widens ranges, adds or removes choices, changes sampler, pruner, budget, target, terminator, parallelism or priority: a new version of the sweep's settings, which each run names. Runs outside the new space are kept and shown, but kept from the sampler; those that still wait are cancelled and not counted. A completed sweep runs again.",
    example: { budget: { runs: 60 }, reason: "worth more" },
    scope: "submit",
    params: ById,
    body: PatchSweep,
    status: 200,
    response: SweepView,
  },
  "sweeps.versions": {
    method: "GET",
    path: "/sweeps/:id/versions",
    summary: "Who changed a sweep's settings, when, and how",
    scope: "read",
    params: ById,
    status: 200,
    response: z.object({ items: z.array(SweepVersionView) }),
  },
  "sweeps.fork": {
    method: "POST",
    path: "/sweeps/:id/fork",
    summary: "Submit a sweep like this one, with changes",
    description:
      "`changes` are fields of a sweep, each of which replaces the old one whole. Without `keep_history: false` the new sweep's sampler knows the runs of the old one that fit its space.",
    example: { changes: { name: "wider" } },
    scope: "submit",
    params: ById,
    body: ForkSweep,
    status: 202,
    response: SweepView,
  },
  "sweeps.enqueue": {
    method: "POST",
    path: "/sweeps/:id/points",
    summary: "Have points tried before the sampler is asked again",
    example: { points: [{ learning_rate: 0.001 }] },
    scope: "submit",
    params: ById,
    body: EnqueuePoints,
    status: 202,
    response: SweepView,
  },
  "sweeps.log": {
    method: "GET",
    path: "/sweeps/:id/log",
    summary: "What a sweep's sampler has seen and said, in order",
    description:
      "What an ask saw is what the entries before it add up to. Give `nextAfter` back as `after` for the next page.",
    scope: "read",
    params: ById,
    query: strictObject({
      after: z.coerce.number<number | string>().int().min(0).default(0),
      limit: count().default(1000),
    }),
    status: 200,
    response: SweepLogPage,
  },
  "sweeps.pruningLog": {
    method: "GET",
    path: "/sweeps/:id/pruning-log",
    summary: "What the sweep's pruner decided, promoted and copied, and from what, first to last",
    scope: "read",
    params: ById,
    query: strictObject({
      after: z.coerce.number<number | string>().int().min(0).default(0),
      limit: count().default(1000),
    }),
    status: 200,
    response: PruningLogPage,
  },
  "sweeps.replay": {
    method: "GET",
    path: "/sweeps/:id/replay",
    summary: "Make every decision of a sweep again from its log, and compare",
    scope: "read",
    params: ById,
    status: 200,
    response: ReplayAnswer,
  },
  "sweeps.pareto": {
    method: "GET",
    path: "/sweeps/:id/pareto",
    summary: "The completed, feasible runs that no other beats in every objective",
    scope: "read",
    params: ById,
    query: strictObject({
      /** One number for each objective, in its unit; absent: a tenth beyond the front's worst. */
      reference: list(z.coerce.number<number | string>()).optional(),
    }),
    status: 200,
    response: ParetoView,
  },
  "sweeps.importance": {
    method: "GET",
    path: "/sweeps/:id/importance",
    summary: "How much each param of a sweep matters",
    description:
      "`ped_anova`: how differently the best tenth of the runs is spread along each dimension. `fanova`: the part of a random forest's variance over the space that each explains; `axis=raw` counts equal parts of a log range alike, as Optuna's evaluator does. `mean_decrease_impurity`: the forest's own splits. Few runs, or values that are all the same, answer 200 with a `status` and `notes` that say so.",
    scope: "read",
    params: ById,
    query: strictObject({
      method: ImportanceMethod.default("ped_anova"),
      /** A metric among the sweep's objectives; absent: the first. `pareto`: being on the front. */
      objective: MetricName.optional(),
      axis: z.enum(["search", "raw"]).default("search"),
      /** Also what pairs do together, by fANOVA. */
      pairs: flag(),
    }),
    status: 200,
    response: ImportanceView,
  },
  "sweeps.partialDependence": {
    method: "GET",
    path: "/sweeps/:id/partial-dependence",
    summary: "What the objective is expected to be along single params",
    description:
      "Of each param the mean of a random forest over all that the other params may be, with the deviation of its trees.",
    scope: "read",
    params: ById,
    query: strictObject({
      /** Names of params; absent: all of the space. */
      param: list(z.string().max(64)).optional(),
      objective: MetricName.optional(),
      points: z.coerce.number<number | string>().int().min(2).max(200).default(50),
    }),
    status: 200,
    response: PartialDependenceView,
  },
  "sweeps.surrogate": {
    method: "GET",
    path: "/sweeps/:id/surrogate",
    summary: "What the objective is expected to be over two params, for a contour plot",
    scope: "read",
    params: ById,
    query: strictObject({
      x: z.string().max(64),
      y: z.string().max(64),
      objective: MetricName.optional(),
      /** Along either axis. */
      points: z.coerce.number<number | string>().int().min(2).max(100).default(32),
    }),
    status: 200,
    response: SurrogateView,
  },
  "sweeps.ask": {
    method: "POST",
    path: "/sweeps/:id/ask",
    summary: "Take runs of a sweep whose trainer is external",
    description:
      "Each run is leased: reports and heartbeats renew the lease, and when it runs out the run goes to whoever asks next, with a new `attempt`. Fewer runs than wanted come with the reason.",
    example: { count: 1, lease_seconds: 60, worker: "my laptop" },
    scope: "submit",
    params: ById,
    body: AskRuns,
    status: 200,
    response: AskAnswer,
  },
  "sweeps.tell": {
    method: "POST",
    path: "/sweeps/:id/tell",
    summary: "Tell the ends of several runs at once, and ask for the next",
    scope: "submit",
    params: ById,
    body: TellRuns,
    status: 200,
    response: TellAnswer,
  },
  "sweeps.pause": sweepAction("pause", "Start no further runs and pause those that train"),
  "sweeps.resume": sweepAction("resume", "Go on where a sweep was paused"),
  "sweeps.cancel": sweepAction("cancel", "End a sweep and cancel its unfinished runs"),

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

  "datasets.list": {
    method: "GET",
    path: "/datasets",
    summary: "List data sets, latest version each",
    scope: "read",
    status: 200,
    response: z.object({ items: z.array(DatasetView) }),
  },
  "datasets.get": {
    method: "GET",
    path: "/datasets/:name",
    summary: "A version of a data set, the latest one if none is named",
    scope: "read",
    params: ByDataset,
    query: DatasetVersionQuery,
    status: 200,
    response: DatasetView,
  },
  "datasets.versions": {
    method: "GET",
    path: "/datasets/:name/versions",
    summary: "All versions of a data set, latest first",
    scope: "read",
    params: ByDataset,
    status: 200,
    response: z.object({ items: z.array(DatasetView) }),
  },
  "datasets.preview": {
    method: "GET",
    path: "/datasets/:name/preview",
    summary: "Some training rows: the first of each class, or the first of a table",
    scope: "read",
    params: ByDataset,
    query: DatasetVersionQuery,
    status: 200,
    response: DatasetPreview,
  },
  "datasets.sprite": {
    method: "GET",
    path: "/datasets/:name/sprite",
    summary: "The images of a preview as one PNG, a line for each class",
    scope: "read",
    params: ByDataset,
    query: DatasetVersionQuery,
    status: 200,
    stream: "image/png",
  },
  "datasets.images": {
    method: "GET",
    path: "/datasets/:name/images",
    summary: "Chosen rows as one PNG, side by side",
    scope: "read",
    params: ByDataset,
    query: strictObject({
      ...DatasetVersionQuery.shape,
      split: z.enum(["train", "test"]).default("test"),
      /** Numbers from 0, at most 64 of them. */
      rows: list(z.coerce.number<number | string>().int().min(0)).refine(
        (rows) => rows.length >= 1 && rows.length <= 64,
        "names 1 to 64 rows",
      ),
    }),
    status: 200,
    stream: "image/png",
  },
  "datasets.create": {
    method: "POST",
    path: "/datasets",
    summary: "Upload a data set",
    description: `Form fields \`name\`, \`description\` and \`options\` (JSON), and the files of its format; each may be in gzip.

- \`{"format": "csv", "target": "price"}\`: \`train\`, and \`test\` if there is one.
- \`{"format": "npy"}\`: \`trainX\`, \`trainY\` and perhaps \`trainWeights\`, \`testX\`, \`testY\`; or \`train\`, an NPZ file of \`x\`, \`y\`, or of \`x_train\`, \`y_train\`, \`x_test\`, \`y_test\`.
- \`{"format": "images", "size": [32, 32]}\`: \`train\`, and \`test\` if there is one: zip, tar or tar.gz archives of PNG, JPEG or WebP files in a folder for each class; or \`train\` alone with folders \`train\` and \`test\` around them.
- \`{"format": "idx", "class_names": ["a", "b"]}\`: \`trainImages\`, \`trainLabels\`, \`testImages\`, \`testLabels\`. A field \`classNames\` (a JSON list) stands for these options, too.

All is checked before anything is stored. The same content again answers with the version that has it.`,
    scope: "submit",
    upload: "multipart/form-data",
    status: 201,
    response: DatasetView,
  },

  "models.list": {
    method: "GET",
    path: "/models",
    summary: "List models with their versions",
    scope: "read",
    status: 200,
    response: z.object({ items: z.array(ModelView) }),
  },
  "models.get": {
    method: "GET",
    path: "/models/:name",
    summary: "A model, its versions and aliases",
    scope: "read",
    params: ByModel,
    status: 200,
    response: ModelView,
  },
  "models.setAlias": {
    method: "PUT",
    path: "/models/:name/aliases/:alias",
    summary: "Point an alias at a version",
    description:
      "With `expected` the alias moves only if it points at that version now (null: if it does not exist), else 409. A guarded alias asks the model's gates, as promotion does.",
    scope: "promote",
    params: z.object({ name: ModelName, alias: AliasName }),
    body: strictObject({
      version: z.int().min(1),
      reason: Reason,
      expected: z.int().min(1).nullable().optional(),
      force: Force.optional(),
    }),
    status: 200,
    response: ModelVersionView,
  },
  "models.rollback": {
    method: "POST",
    path: "/models/:name/aliases/:alias/rollback",
    summary: "Point an alias back at the version it pointed at before",
    description: "Gates are not asked: what is rolled back to has passed them once.",
    example: { reason: "complaints about shirts" },
    scope: "promote",
    params: z.object({ name: ModelName, alias: AliasName }),
    body: strictObject({ reason: Reason }),
    status: 200,
    response: ModelVersionView,
  },
  "models.setPolicy": {
    method: "PUT",
    path: "/models/:name/policy",
    summary: "Say what a version must be before it is promoted, and how many are kept",
    description:
      "`policy: null` takes all gates away. `keep_versions` deletes older versions that no alias points at whenever one is promoted; their numbers are not used again.",
    example: {
      policy: { metrics: { "test.accuracy": { min: 0.87 } }, not_worse: { alpha: 0.05 } },
      keep_versions: 20,
      reason: "the shop goes live",
    },
    scope: "promote",
    params: z.object({ name: ModelName }),
    body: strictObject({
      policy: PromotionPolicy.nullable(),
      keep_versions: z.int().min(1).max(10_000).nullable().default(null),
      reason: Reason,
    }),
    status: 200,
    response: ModelView,
  },
  "models.promotions": {
    method: "GET",
    path: "/models/:name/promotions",
    summary: "Promotions that were asked for, newest first, with every gate's figure",
    scope: "read",
    params: ByModel,
    query: strictObject({ state: list(PromotionState).optional() }),
    status: 200,
    response: z.object({ items: z.array(PromotionView) }),
  },
  "models.decide": {
    method: "POST",
    path: "/models/:name/promotions/:id/decision",
    summary: "Approve or reject a promotion that waits; with another key than it was asked with",
    example: { approve: true, reason: "looked at fifty shirts" },
    scope: "promote",
    params: ByModel.extend({ id: Id }),
    body: strictObject({ approve: z.boolean(), reason: Reason }),
    status: 200,
    response: PromotionView,
  },
  "models.changes": {
    method: "GET",
    path: "/models/:name/changes",
    summary: "Who did what to a model, when and why; newest first",
    scope: "read",
    params: ByModel,
    status: 200,
    response: z.object({ items: z.array(ModelChangeView) }),
  },
  "models.patchVersion": {
    method: "PATCH",
    path: "/models/:name/versions/:version",
    summary: "Change a version's tags; nothing else of it ever changes",
    scope: "promote",
    params: ByVersion,
    body: strictObject({ tags: VersionTags, reason: Reason }),
    status: 200,
    response: ModelVersionView,
  },
  "models.deleteVersion": {
    method: "DELETE",
    path: "/models/:name/versions/:version",
    summary: "Delete a version that no alias points at",
    scope: "promote",
    params: ByVersion,
    status: 204,
  },
  "models.exports": {
    method: "GET",
    path: "/models/:name/versions/:version/exports",
    summary: "The formats that a version has been exported to, with their figures",
    scope: "read",
    params: ByVersion,
    status: 200,
    response: Exports,
  },
  "models.measureExports": {
    method: "POST",
    path: "/models/:name/versions/:version/exports",
    summary: "Export a version and measure each file on the test split",
    scope: "submit",
    params: ByVersion,
    body: MeasureExports,
    status: 200,
    response: Exports,
  },
  "models.export": {
    method: "GET",
    path: "/models/:name/versions/:version/export/:format",
    summary: "Download a version in a format; made when first asked for",
    scope: "read",
    params: ByVersion.extend({ format: ExportFormat }),
    status: 200,
    stream: "application/octet-stream",
  },
  "models.setChallenger": {
    method: "PUT",
    path: "/models/:name/challenger",
    summary: "Try another version on the champion's requests",
    description:
      "`shadow`: the share of requests that the challenger is asked as well, once they are answered, to be compared. `canary`: the share that it answers. Both are of requests that name the champion, or nothing. `challenger: null` ends it.",
    example: { challenger: { alias: "challenger", shadow: 0.2, canary: 0.05 } },
    scope: "promote",
    params: z.object({ name: ModelName }),
    body: strictObject({ challenger: Challenger.nullable(), reason: Reason }),
    status: 200,
    response: ModelView,
  },
  "models.serving": {
    method: "GET",
    path: "/models/:name/serving",
    summary: "What each version has answered, how its challenger compares, and whether data drifts",
    description:
      "Requests, errors, latency and agreement by version and role; inputs and predicted classes against the training rows by the population stability index. Processes add what they have counted every few seconds; whole hours are kept, for 90 days.",
    scope: "read",
    params: ByModel,
    query: strictObject({
      /** Hours back from now; the first is counted whole. */
      hours: z.coerce
        .number<number | string>()
        .int()
        .min(1)
        .max(90 * 24)
        .default(24),
    }),
    status: 200,
    response: ServingView,
  },
  "models.predictVersion": {
    method: "POST",
    path: "/models/:name/versions/:version/predict",
    summary: "Classify images by one version, as by `name@version`",
    scope: "predict",
    params: ByVersion,
    query: PredictQuery,
    body: PredictBody,
    parseBody: parsePredictBody,
    upload: "image",
    status: 200,
    response: PredictAnswer,
  },
  "models.predict": {
    method: "POST",
    path: "/models/:name/predict",
    summary: "Classify images: JSON instances, or a PNG, JPEG or WebP",
    description:
      'The name may end in `@alias` or `@version`; `@champion` is assumed. Instances are pixels from 0 to 255, nested as the model\'s input is, or flat, or `{"b64": "…"}` with a byte for each. A picture is the body itself or the form\'s file `image`; it is made the way Fashion-MNIST was: greyscale, inverted if its border is light, its margin trimmed, shrunk to fit and centred on black.',
    scope: "predict",
    params: z.object({ name: z.string().max(100) }),
    query: PredictQuery,
    body: PredictBody,
    parseBody: parsePredictBody,
    upload: "image",
    status: 200,
    response: PredictAnswer,
  },

  "batches.create": {
    method: "POST",
    path: "/models/:name/batches",
    summary: "Predict a whole set of images by the workers",
    description: `As JSON: \`dataset\`, rows of a stored data set, or \`items\`, up to 10,000 pictures in base64 with ids. As a form: the file \`archive\`, a zip, tar or tar.gz of PNG, JPEG or WebP files, whose paths are the items' ids, and the fields \`name\`, \`top_k\` and \`priority\`.

The version that the name stands for now answers for all items. Each item gets one result, whatever becomes of workers; one that can't be read is reported by its id and holds up no other. Pictures are made the model's input as by predict.`,
    example: { dataset: { name: "fashion-mnist", split: "test" }, top_k: 3 },
    scope: "predict",
    params: z.object({ name: z.string().max(100) }),
    body: CreateBatch,
    upload: "archive",
    status: 202,
    response: BatchView,
  },
  "batches.list": {
    method: "GET",
    path: "/batches",
    summary: "List batches, newest first",
    scope: "predict",
    query: strictObject({
      model: z.string().max(64).optional(),
      state: list(BatchState).optional(),
      ...Page,
    }),
    status: 200,
    response: page(BatchView),
  },
  "batches.get": {
    method: "GET",
    path: "/batches/:id",
    summary: "A batch and how far it has come",
    scope: "predict",
    params: ById,
    status: 200,
    response: BatchView,
  },
  "batches.results": {
    method: "GET",
    path: "/batches/:id/results",
    summary: "A batch's results as NDJSON, a line for each item that has one, in the items' order",
    description:
      "While the batch goes on these are the results so far. `from` is the first item's number, so a reader goes on with the last line's `index` plus one.",
    scope: "predict",
    params: ById,
    query: strictObject({
      from: z.coerce.number<number | string>().int().min(0).default(0),
      /** Lines at most; absent: all. */
      limit: z.coerce.number<number | string>().int().min(1).optional(),
      /** Only items that could not be read. */
      failed: flag(),
    }),
    status: 200,
    stream: "application/x-ndjson",
  },
  "batches.cancel": {
    method: "POST",
    path: "/batches/:id/cancel",
    summary: "Take no more of a batch's items; results so far are kept",
    scope: "predict",
    params: ById,
    status: 200,
    response: BatchView,
  },
  "batches.retry": {
    method: "POST",
    path: "/batches/:id/retry",
    summary: "Go on with a failed or cancelled batch where it stopped",
    scope: "predict",
    params: ById,
    status: 202,
    response: BatchView,
  },
  "batches.delete": {
    method: "DELETE",
    path: "/batches/:id",
    summary: "Delete a batch that has ended, with its results",
    scope: "predict",
    params: ById,
    status: 204,
  },

  "webhooks.create": {
    method: "POST",
    path: "/webhooks",
    summary: "Have a backend told when something has happened; the secret is shown this once",
    description:
      "Events are posted as JSON and signed as Standard Webhooks has it (headers `webhook-id`, `webhook-timestamp`, `webhook-signature`). The address has to be https and public, unless WEBHOOK_PRIVATE_ADDRESSES is `allow`.",
    example: { url: "https://shop.example/hooks/sweepyard", events: ["batch.completed"] },
    scope: "admin",
    body: CreateWebhook,
    status: 201,
    response: WebhookSecret,
  },
  "webhooks.list": {
    method: "GET",
    path: "/webhooks",
    summary: "List webhooks",
    scope: "admin",
    status: 200,
    response: z.object({ items: z.array(WebhookView) }),
  },
  "webhooks.patch": {
    method: "PATCH",
    path: "/webhooks/:id",
    summary: "Change a webhook, or turn it off and on",
    scope: "admin",
    params: ById,
    body: PatchWebhook,
    status: 200,
    response: WebhookView,
  },
  "webhooks.delete": {
    method: "DELETE",
    path: "/webhooks/:id",
    summary: "Delete a webhook with its deliveries",
    scope: "admin",
    params: ById,
    status: 204,
  },
  "webhooks.rotateSecret": {
    method: "POST",
    path: "/webhooks/:id/secret",
    summary: "Replace a webhook's secret; the old one signs, too, for a day",
    scope: "admin",
    params: ById,
    status: 200,
    response: WebhookSecret,
  },
  "webhooks.test": {
    method: "POST",
    path: "/webhooks/:id/test",
    summary: "Send an event `webhook.test`",
    scope: "admin",
    params: ById,
    status: 202,
    response: DeliveryView,
  },
  "webhooks.deliveries": {
    method: "GET",
    path: "/webhooks/:id/deliveries",
    summary: "What was sent, newest first, with every attempt",
    scope: "admin",
    params: ById,
    query: strictObject({ state: list(DeliveryState).optional(), ...Page }),
    status: 200,
    response: page(DeliveryView),
  },
  "webhooks.redeliver": {
    method: "POST",
    path: "/webhooks/:id/deliveries/:deliveryId/redeliver",
    summary: "Send a delivery again, under its id",
    scope: "admin",
    params: ById.extend({ deliveryId: Id }),
    status: 202,
    response: DeliveryView,
  },

  "workers.list": {
    method: "GET",
    path: "/workers",
    summary: "Workers and what their slots do",
    scope: "read",
    status: 200,
    response: z.object({ items: z.array(WorkerView) }),
  },
  "workers.load": {
    method: "GET",
    path: "/workers/load",
    summary: "CPU, memory and busy slots of each worker over time",
    scope: "read",
    query: strictObject({ minutes: minutes(1_440).default(60) }),
    status: 200,
    response: z.object({ items: z.array(WorkerLoad) }),
  },
  "workers.drain": {
    method: "POST",
    path: "/workers/:id/drain",
    summary: "Have a worker take no more runs",
    description:
      "Its runs go on to their end, or with `hand_back` go to other workers from their last checkpoint. From the answer on it claims no run; it obeys at its next heartbeat. It stays, and goes on looking after sweeps, until it is stopped or told to resume.",
    example: { runs: "hand_back" },
    scope: "admin",
    params: ById,
    body: DrainWorker,
    status: 202,
    response: WorkerView,
  },
  "workers.resume": {
    method: "POST",
    path: "/workers/:id/resume",
    summary: "Have a drained worker take runs again",
    scope: "admin",
    params: ById,
    status: 202,
    response: WorkerView,
  },
  "queue.history": {
    method: "GET",
    path: "/queue/history",
    summary: "Runs waiting, begun and ended over time, and how long they waited",
    description: "Of up to seven days, in sixty equal parts.",
    scope: "read",
    query: strictObject({ minutes: minutes(10_080).default(60) }),
    status: 200,
    response: QueueHistory,
  },
  "queue.get": {
    method: "GET",
    path: "/queue",
    summary: "What waits, what runs, and why",
    scope: "read",
    status: 200,
    response: QueueView,
  },
  "events.stream": {
    method: "GET",
    path: "/events",
    summary: "Live events as server-sent events; resumes from Last-Event-ID",
    description:
      "Each message's data is one event as JSON and its id the place to go on from. Messages named `cursor` only say where the stream stands. A `gap` event means that events were dropped by age: fetch anew what is shown.",
    scope: "read",
    query: strictObject({ sweepId: Id.optional() }),
    status: 200,
    stream: "text/event-stream",
  },

  "me.get": {
    method: "GET",
    path: "/me",
    summary: "Whose key this is",
    scope: "read",
    status: 200,
    response: Me,
  },
  "projects.create": {
    method: "POST",
    path: "/projects",
    summary: "Make a project, with a first key of every scope; its secret is shown this once",
    description:
      "The new project has nothing of this one: its data, sweeps, runs, models and keys are its own, and this key reaches none of them.",
    example: { name: "another-team" },
    scope: "admin",
    body: CreateProject,
    status: 201,
    response: z.object({
      project: z.object({ id: Id, name: z.string() }),
      key: ApiKeyView,
      secret: z.string(),
    }),
  },
  "keys.list": {
    method: "GET",
    path: "/keys",
    summary: "List API keys",
    scope: "admin",
    status: 200,
    response: z.object({ items: z.array(ApiKeyView) }),
  },
  "keys.create": {
    method: "POST",
    path: "/keys",
    summary: "Make an API key; its secret is shown this once",
    scope: "admin",
    body: CreateKey,
    status: 201,
    response: z.object({ key: ApiKeyView, secret: z.string() }),
  },
  "keys.revoke": {
    method: "DELETE",
    path: "/keys/:id",
    summary: "Revoke an API key",
    scope: "admin",
    params: ById,
    status: 204,
  },
  "loginLinks.create": {
    method: "POST",
    path: "/login-links",
    summary: "A one-time link that logs a browser in with this key's scopes",
    scope: "read",
    status: 201,
    response: z.object({ url: z.string(), expiresAt: z.iso.datetime() }),
  },
} as const satisfies Record<string, RouteDefinition>;

export type RouteName = keyof typeof ROUTES;
export const API_PREFIX = "/api/v1";

type Part<N extends RouteName, K extends string> =
  (typeof ROUTES)[N] extends Record<K, infer S extends z.ZodType> ? S : never;

/** What a handler gets, parsed; absent parts are undefined. */
export interface RouteRequest<N extends RouteName> {
  readonly params: z.output<Part<N, "params">>;
  readonly query: z.output<Part<N, "query">>;
  readonly body: z.output<Part<N, "body">>;
}

/** What a caller gives; parts with only optional fields may be left out. */
export interface RouteInput<N extends RouteName> {
  readonly params: z.input<Part<N, "params">>;
  readonly query: z.input<Part<N, "query">>;
  readonly body: z.input<Part<N, "body">>;
}

export type RouteAnswer<N extends RouteName> = (typeof ROUTES)[N] extends {
  response: infer S extends z.ZodType;
}
  ? z.output<S>
  : undefined;
