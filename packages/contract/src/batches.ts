import { z } from "zod";
import { Id } from "./ids.js";
import { DatasetName } from "./plan.js";
import { strictObject } from "./strictObject.js";
import { Estimate, Prediction } from "./views.js";

/** Batch predictions: a whole set of images through one model version, by the workers. */

export const BatchState = z.enum(["queued", "running", "completed", "failed", "cancelled"]);
export type BatchState = z.infer<typeof BatchState>;

/** Items of one chunk, the unit that a worker takes: a picture takes milliseconds, a row microseconds. */
export const CHUNK_ITEMS = { pictures: 128, rows: 8_192 } as const;

const ItemId = z.string().min(1).max(512);

/** What is asked of the model for every item. */
export const BatchOptions = strictObject({
  name: z.string().trim().max(200).default(""),
  /** Of a classification, classes of each item, most probable first. */
  top_k: z.coerce.number<number | string>().int().min(1).max(100).default(5),
  /** Beside runs that wait: 0 to 100, higher goes first. */
  priority: z.coerce.number<number | string>().int().min(0).max(100).default(50),
});
export type BatchOptions = z.infer<typeof BatchOptions>;
/** As callers write them, without the defaults. */
export type BatchOptionsInput = z.input<typeof BatchOptions>;

export const CreateBatch = BatchOptions.extend({
  /** Pictures: PNG, JPEG or WebP files in base64, each with an id of the caller's. */
  items: z
    .array(strictObject({ id: ItemId, image: z.base64() }))
    .min(1)
    .max(10_000)
    .optional(),
  /** Rows of a stored data set; the latest version if none is named. */
  dataset: strictObject({
    name: DatasetName,
    version: z.int().min(1).optional(),
    split: z.enum(["train", "test"]).default("test"),
  }).optional(),
}).refine(({ items, dataset }) => (items === undefined) !== (dataset === undefined), {
  message: "names items or a data set, one of them; or send a form with an archive",
  path: ["items"],
});
export type CreateBatch = z.infer<typeof CreateBatch>;

/** Where a batch's items come from. */
export const BatchSource = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pictures") }),
  z.object({
    kind: z.literal("dataset"),
    name: z.string(),
    version: z.int(),
    split: z.enum(["train", "test"]),
  }),
]);
export type BatchSource = z.infer<typeof BatchSource>;

export const BatchView = z.object({
  id: Id,
  name: z.string(),
  /** The version that answers, whatever its aliases do meanwhile. */
  model: z.string(),
  version: z.int(),
  state: BatchState,
  stateReason: z.string().nullable(),
  source: BatchSource,
  topK: z.int(),
  priority: z.int(),
  items: z.int(),
  /** Items with a result, failed ones included. */
  done: z.int(),
  /** Items that could not be read; the results say why. */
  failed: z.int(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
});
export type BatchView = z.infer<typeof BatchView>;

/** A line of a batch's results: what the model says of an item, or why it could not be asked. */
export const BatchResult = z.object({
  /** Of the item, from 0. */
  index: z.int(),
  /** The caller's id, the path in the archive, or the row's number. */
  item: z.string(),
  /** Of a classification the `top_k` most probable classes; else every label or target in its order. */
  predictions: z.union([z.array(Prediction), z.array(Estimate)]).optional(),
  error: z.string().optional(),
});
export type BatchResult = z.infer<typeof BatchResult>;

/** Where a batch's pictures or rows lie in the artifact store, for the worker. */
export const BatchInput = z.discriminatedUnion("kind", [
  /** Picture files, one after the other in one file; each chunk says where each begins. */
  z.object({ kind: z.literal("pictures"), sha256: z.string() }),
  /** Rows at the end of a file, row-major. */
  z.object({
    kind: z.literal("rows"),
    sha256: z.string(),
    /** Byte of the first row. */
    start: z.int(),
    type: z.enum(["uint8", "float32"]),
  }),
]);
export type BatchInput = z.infer<typeof BatchInput>;
