import { z } from "zod";
import { ExportFormat } from "../exports.js";
import { Id } from "../ids.js";
import { AliasName, ModelName } from "../modelNames.js";
import { PredictBody, parsePredictBody } from "../predictBody.js";
import {
  Force,
  ModelChangeView,
  PromotionPolicy,
  PromotionState,
  PromotionView,
} from "../registry.js";
import { Challenger, ServingView } from "../serving.js";
import { strictObject } from "../strictObject.js";
import { ModelVersionView, ModelView, PredictAnswer } from "../views.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { count, Exports, flag, list, MeasureExports } from "./routeFields.js";

const ByModel = z.object({ name: z.string().min(1).max(64) });
const ByVersion = ByModel.extend({ version: z.coerce.number<number | string>().int().min(1) });
const Reason = z.string().max(1000).default("");
const VersionTags = z.array(z.string().min(1).max(64)).max(32);

const PredictQuery = strictObject({
  top_k: count().optional(),
  /** Also what was made of a picture, and the model was asked about. */
  pixels: flag().optional(),
});

export const MODEL_ROUTES = {
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
} as const satisfies Record<string, RouteDefinition>;
