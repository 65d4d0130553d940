import { z } from "zod";
import { Id } from "./ids.js";
import { Objective } from "./objective.js";
import { ParamValue } from "./paramValue.js";

/** What a sweep's runs tell of its dimensions, as the API answers it. */

/** How importance is worked out; `ped_anova` is the quickest, `fanova` the most telling. */
export const ImportanceMethod = z.enum(["ped_anova", "fanova", "mean_decrease_impurity"]);
export type ImportanceMethod = z.infer<typeof ImportanceMethod>;

/**
 * Whether an answer can be gone by: `few_runs` may change with the next ones; `too_few_runs` and
 * `no_variation` (all values are the same) come without figures. `notes` say it in words.
 */
export const ImportanceStatus = z.enum(["ok", "few_runs", "too_few_runs", "no_variation"]);
export type ImportanceStatus = z.infer<typeof ImportanceStatus>;

const behind = {
  status: ImportanceStatus,
  /** What to know before going by the figures, in whole sentences; may be empty. */
  notes: z.array(z.string()),
  /** Completed runs in the present space with a finite objective, none that is excluded. */
  runs: z.int(),
  /** Those that the answer was learnt from: all, or many spread evenly over a long sweep. */
  runsUsed: z.int(),
};

export const ParamImportance = z.object({
  name: z.string(),
  /** All together 1. Null: too few runs have it to tell. */
  importance: z.number().nullable(),
  /** Standard deviation over trees or over drawings of the runs; null where not known. */
  spread: z.number().nullable(),
  /** Runs that have it: fewer for a conditional dimension. */
  runs: z.int(),
  /** Spearman's rank correlation with the objective, -1 to 1; null for choices without an order. */
  correlation: z.number().nullable(),
  /** Which values of it do better; null: no trend that could not be chance, or no order. */
  better: z.enum(["higher", "lower"]).nullable(),
});
export type ParamImportance = z.infer<typeof ParamImportance>;

export const ImportanceView = z.object({
  method: ImportanceMethod,
  /** Null: of being on the Pareto front, whichever objective. */
  objective: Objective.nullable(),
  ...behind,
  /** The most important first, those that can't be told last. Empty without figures. */
  params: z.array(ParamImportance),
  /** What two do together beyond what each does alone, in parts of the variance; null: not asked. */
  pairs: z
    .array(
      z.object({
        names: z.tuple([z.string(), z.string()]),
        importance: z.number(),
        spread: z.number().nullable(),
      }),
    )
    .nullable(),
});
export type ImportanceView = z.infer<typeof ImportanceView>;

const axis = {
  name: z.string(),
  /** How an axis should be divided; `choices` have places of their own. */
  scale: z.enum(["linear", "log", "choices"]),
  /** Ascending; choices as listed in the space. */
  values: z.array(ParamValue),
};

export const PartialDependenceView = z.object({
  objective: Objective,
  ...behind,
  /** One for each dimension asked for that can be told of. */
  curves: z.array(
    z.object({
      ...axis,
      /** Expected objective at each value, over all that the other params may be. */
      mean: z.array(z.number()),
      /** Standard deviation over the trees of the forest. */
      spread: z.array(z.number()),
      runs: z.int(),
    }),
  ),
});
export type PartialDependenceView = z.infer<typeof PartialDependenceView>;

export const SurrogateView = z.object({
  objective: Objective,
  ...behind,
  x: z.object(axis),
  y: z.object(axis),
  /** Expected objective: a row for each value of y, a number for each value of x. Empty without figures. */
  mean: z.array(z.array(z.number())),
  spread: z.array(z.array(z.number())),
  /** Runs to draw over it, at most 1,000, spread evenly over the sweep. */
  points: z.array(
    z.object({ runId: Id, number: z.int(), x: ParamValue, y: ParamValue, value: z.number() }),
  ),
});
export type SurrogateView = z.infer<typeof SurrogateView>;
