import { z } from "zod";
import { Id } from "./ids.js";
import { strictObject } from "./strictObject.js";

/** Data sets: how they are stored, described, and made of what people upload. */

/** A content-addressed file of the artifact store. */
export const StoredFile = z.object({ sha256: z.string().length(64), bytes: z.int() });
export type StoredFile = z.infer<typeof StoredFile>;

/** Four files of unsigned bytes, as MNIST comes. @see http://yann.lecun.com/exdb/mnist/ */
export const IdxFiles = z.object({
  trainImages: StoredFile,
  trainLabels: StoredFile,
  testImages: StoredFile,
  testLabels: StoredFile,
});
export type IdxFiles = z.infer<typeof IdxFiles>;

/**
 * NumPy arrays, what every other format becomes. x: uint8 (pixels) or float32 [rows, ...shape].
 * y: uint8 or int32 class ids [rows], or float32 targets [rows, outputs]. Weights: float32 [rows].
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const NpyFiles = z.object({
  trainX: StoredFile,
  trainY: StoredFile,
  trainWeights: StoredFile.optional(),
  testX: StoredFile,
  testY: StoredFile,
});
export type NpyFiles = z.infer<typeof NpyFiles>;

export const DatasetFiles = z.union([IdxFiles, NpyFiles]);
export type DatasetFiles = z.infer<typeof DatasetFiles>;

/** What the targets are. `classification`: one class a row; `multi_label`: any number of labels; `regression`: numbers. */
export const DatasetTask = z.enum(["classification", "multi_label", "regression"]);
export type DatasetTask = z.infer<typeof DatasetTask>;

/** A column over the training rows. */
export const ColumnSummary = z.object({
  name: z.string(),
  min: z.number(),
  mean: z.number(),
  max: z.number(),
});
export type ColumnSummary = z.infer<typeof ColumnSummary>;

export const DatasetFormat = z.enum(["idx", "csv", "npy", "images"]);

export const DatasetDetails = z.object({
  /** What it was uploaded as. */
  format: DatasetFormat.default("idx"),
  /** Test rows of each class or label; empty for regression, and for data sets from before it was counted. */
  testClassCounts: z.array(z.int()).default([]),
  /** Lowest and highest input of the training rows. */
  valueRange: z.tuple([z.number(), z.number()]).nullable().default(null),
  /** Of a table: its features after one-hot encoding; the first 1,000. */
  columns: z.array(ColumnSummary).default([]),
  /** Of a regression. */
  targets: z.array(ColumnSummary).default([]),
  /** Files of an archive that were left out, and why; the first 100. */
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })).default([]),
  skippedCount: z.int().default(0),
});
export type DatasetDetails = z.infer<typeof DatasetDetails>;

export const DatasetView = z.object({
  id: Id,
  name: z.string(),
  version: z.int(),
  description: z.string(),
  task: DatasetTask,
  /** Shape of one row, such as [28, 28]. */
  inputShape: z.array(z.int()),
  /** Of the classes, the labels or the targets. */
  classNames: z.array(z.string()),
  trainRows: z.int(),
  testRows: z.int(),
  /** Training rows of each class or label; empty for regression. */
  classCounts: z.array(z.int()),
  details: DatasetDetails,
  createdAt: z.iso.datetime(),
});
export type DatasetView = z.infer<typeof DatasetView>;

/** Some training rows to look at. */
export const DatasetPreview = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("images"),
    /** One line of the sprite each, from above; of data without classes there is one, without a name. */
    lines: z.array(z.object({ name: z.string(), rows: z.array(z.int()) })),
    /** Tiles in a line; a class of fewer rows leaves the rest empty. */
    columns: z.int(),
    tile: z.object({ width: z.int(), height: z.int() }),
  }),
  z.object({
    kind: z.literal("table"),
    columns: z.array(z.string()),
    /** The first rows: features, then what they are to come to. */
    rows: z.array(z.object({ values: z.array(z.number()), target: z.string() })),
  }),
]);
export type DatasetPreview = z.infer<typeof DatasetPreview>;

const Column = z.string().min(1).max(200);
/** Of the classes, by label from 0 on. */
export const ClassNames = z
  .array(z.string().trim().min(1).max(100))
  .min(2)
  .max(10_000)
  .refine((names) => new Set(names).size === names.length, "names the same class twice");

/** Which rows test where no test rows are uploaded: a share of every class, or of all rows. */
const test = strictObject({
  share: z.number().gt(0).lt(1).default(0.2),
  seed: z.int().min(0).max(4_294_967_295).default(0),
}).prefault({});

/** How an upload is to be read. */
export const DatasetOptions = z.discriminatedUnion("format", [
  strictObject({ format: z.literal("idx"), class_names: ClassNames }),
  strictObject({
    format: z.literal("csv"),
    /** The first line names the columns. Otherwise they are called 0, 1, 2… */
    header: z.boolean().default(true),
    delimiter: z.enum([",", ";", "\t", "|"]).default(","),
    target: z.union([Column.transform((name) => [name]), z.array(Column).min(1).max(1000)]),
    /** Absent: classification where the target is one column of text, otherwise regression. */
    task: DatasetTask.optional(),
    /** Absent: the target's values, numbers by size, texts by alphabet. */
    class_names: ClassNames.optional(),
    /** The column that says what a row counts in the training loss. */
    weight: Column.optional(),
    /** Columns that are no features. */
    ignore: z.array(Column).max(10_000).default([]),
    /** Columns of numbers that name categories. Columns of text always do. */
    categorical: z.array(Column).max(1000).default([]),
    /** `fill`: a number becomes its column's mean over the training rows, a category one of its own. */
    missing: z.enum(["refuse", "fill"]).default("refuse"),
    test,
  }),
  strictObject({
    format: z.literal("npy"),
    /** Absent: classification where y is whole numbers [rows], otherwise regression. */
    task: DatasetTask.optional(),
    /** Absent: the numbers. */
    class_names: z.array(z.string().trim().min(1).max(100)).min(1).max(10_000).optional(),
    test,
  }),
  strictObject({
    format: z.literal("images"),
    /** [height, width]; absent: images keep theirs, which must be the same for all. */
    size: z.tuple([z.int().min(1).max(1024), z.int().min(1).max(1024)]).optional(),
    /** How an image of another shape comes to `size`: stretched, cut, or with black at the sides. */
    fit: z.enum(["fill", "cover", "contain"]).default("fill"),
    /** Absent: grey where the first image is. */
    color: z.enum(["grey", "rgb"]).optional(),
    /** What to do about a file that is no image: leave it out and say so, or take nothing. */
    on_error: z.enum(["skip", "refuse"]).default("refuse"),
    test,
  }),
]);
export type DatasetOptions = z.infer<typeof DatasetOptions>;
/** As people write them, without the defaults. */
export type DatasetOptionsInput = z.input<typeof DatasetOptions>;

/** Names of the files in a form, by the format. */
export const DATASET_PARTS = {
  idx: ["trainImages", "trainLabels", "testImages", "testLabels"],
  csv: ["train", "test"],
  npy: ["train", "trainX", "trainY", "trainWeights", "testX", "testY"],
  images: ["train", "test"],
} as const satisfies Record<DatasetOptions["format"], readonly string[]>;
export type DatasetPart = (typeof DATASET_PARTS)[keyof typeof DATASET_PARTS][number];
