import { z } from "zod";
import { AskAnswer, AskRuns, TellAnswer, TellRuns } from "../askTell.js";
import { BestSoFar } from "../bestSoFar.js";
import { CurveBands, CurveX } from "../curveBands.js";
import { Id } from "../ids.js";
import {
  ImportanceMethod,
  ImportanceView,
  PartialDependenceView,
  SurrogateView,
} from "../importance.js";
import { Curve, MetricName } from "../metrics.js";
import { parseSweep } from "../parseSweep.js";
import { PruningLogPage } from "../pruningLog.js";
import { strictObject } from "../strictObject.js";
import { CreateSweep, SweepState } from "../sweep.js";
import { SweepColumns } from "../sweepColumns.js";
import {
  EnqueuePoints,
  ForkSweep,
  PatchSweep,
  ReplayAnswer,
  SweepLogPage,
  SweepVersionView,
} from "../sweepEdit.js";
import { SweepPreview } from "../sweepPreview.js";
import { SweepTimeline } from "../sweepTimeline.js";
import { BestAnswer, ParetoView, SweepView } from "../views.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { ById, count, flag, list, Page, page } from "./routeFields.js";
import { BestQuery } from "./runRoutes.js";

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

export const SWEEP_ROUTES = {
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
} as const satisfies Record<string, RouteDefinition>;
