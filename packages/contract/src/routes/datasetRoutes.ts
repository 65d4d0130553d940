import { z } from "zod";
import { DatasetPreview, DatasetView } from "../datasets.js";
import { strictObject } from "../strictObject.js";
import type { RouteDefinition } from "./routeDefinition.js";
import { list } from "./routeFields.js";

const ByDataset = z.object({ name: z.string().max(64) });
const DatasetVersionQuery = strictObject({
  version: z.coerce.number<number | string>().int().min(1).optional(),
});

export const DATASET_ROUTES = {
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
} as const satisfies Record<string, RouteDefinition>;
