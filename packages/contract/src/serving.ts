import { z } from "zod";
import { AliasName } from "./modelNames.js";
import { strictObject } from "./strictObject.js";

/** How a model's challenger is tried on real requests, what came of it, and whether the data drifts. */

const Share = z.number().min(0).max(1).default(0);

export const Challenger = strictObject({
  /** Whose version is tried; while there is no such alias nothing is. */
  alias: AliasName.default("challenger"),
  /** Share of the champion's requests that it is asked as well, after the answer; only compared. */
  shadow: Share,
  /** Share of the champion's requests that it answers in its place. */
  canary: Share,
});
export type Challenger = z.infer<typeof Challenger>;

/**
 * Why a version was asked: `live` as the one that was named, `canary` in the champion's place,
 * `shadow` beside it.
 */
export const ServedRole = z.enum(["live", "canary", "shadow"]);
export type ServedRole = z.infer<typeof ServedRole>;

export const LATENCY_BUCKETS = 60;
/** Milliseconds up to which each bucket of latencies goes: 0.05 ms, and a fifth more each time. */
export const latencyBound = (bucket: number): number => 0.05 * 1.2 ** bucket;

/** What a version has answered in one role. */
export const ServedTraffic = z.object({
  version: z.int(),
  role: ServedRole,
  /** The version it stood in for or was compared with; null: none. */
  against: z.int().nullable(),
  requests: z.int(),
  rows: z.int(),
  /** Requests that the model failed; those that were not valid are not counted. */
  errors: z.int(),
  /** Rows on which it was compared, and the share of them with the same answer; null: of none. */
  comparedRows: z.int(),
  agreement: z.number().nullable(),
  /** From the request's data to its answer, to within a fifth; null before the first. */
  latencyMs: z.object({ p50: z.number(), p99: z.number() }).nullable(),
});
export type ServedTraffic = z.infer<typeof ServedTraffic>;

export const DriftVerdict = z.enum(["too_few", "stable", "moderate", "large"]);
export type DriftVerdict = z.infer<typeof DriftVerdict>;

const DriftFigure = z.object({
  /** A column, or of pictures: `mean` and `deviation` of a picture's numbers. */
  name: z.string(),
  /** Population stability index over tenths of the training rows. */
  psi: z.number(),
  /** Shares of the rows in each tenth, or of each class. */
  trained: z.array(z.number()),
  served: z.array(z.number()),
});

/** How what a version is asked, and says, differs from its training rows. */
export const DriftView = z.object({
  version: z.int(),
  /** Rows that were served. */
  rows: z.int(),
  /** By the largest index: below 0.1 stable, below 0.25 moderate; `too_few` below 200 rows. */
  verdict: DriftVerdict,
  inputs: z.array(DriftFigure),
  /** Predicted classes, with Pearson's chi-squared test of both samples; null: it has none. */
  classes: DriftFigure.extend({
    names: z.array(z.string()),
    chiSquared: z.number(),
    degrees: z.int(),
    p: z.number(),
  }).nullable(),
});
export type DriftView = z.infer<typeof DriftView>;

export const ServingView = z.object({
  challenger: Challenger.nullable(),
  /** What is counted is of this time and later. */
  since: z.iso.datetime(),
  traffic: z.array(ServedTraffic),
  drift: z.array(DriftView),
});
export type ServingView = z.infer<typeof ServingView>;

/** What a model says of, and finds in, its training rows: what drift is measured against. */
export const Baseline = z.object({
  rows: z.int(),
  /** Counts in tenths of the training rows; `edges` part them, in rising order. */
  inputs: z.array(
    z.object({ name: z.string(), edges: z.array(z.number()), counts: z.array(z.int()) }),
  ),
  /** Of each class, how many rows it was predicted for; null: the model has none. */
  classes: z.array(z.int()).nullable(),
});
export type Baseline = z.infer<typeof Baseline>;
