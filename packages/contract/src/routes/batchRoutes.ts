import { z } from "zod";
import { BatchState, BatchView, CreateBatch } from "../batches.js";
import { strictObject } from "../strictObject.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { ById, flag, list, Page, page } from "./routeFields.js";

export const BATCH_ROUTES = {
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
} as const satisfies Record<string, RouteDefinition>;
