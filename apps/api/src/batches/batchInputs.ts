import { AppError, type CreateBatch, type Id } from "@sweepyard/contract";
import {
  type Db,
  getDatasetFiles,
  inputTypeOf,
  type NewBatchInput,
  type PackedItem,
  type ResolvedModel,
} from "@sweepyard/db";
import { pixelUnit } from "../predict/pixelUnit.js";

type Items = NonNullable<CreateBatch["items"]>;

/**
 * Stores pictures that came as JSON as those of an archive are.
 * @throws {AppError} `invalid_request` if an id comes twice.
 */
export async function inputOfItems(db: Db, items: Items): Promise<NewBatchInput> {
  const packed: PackedItem[] = [];
  const ids = new Set<string>();
  const files: Buffer[] = [];
  let start = 0;
  for (const [index, { id, image }] of items.entries()) {
    if (ids.has(id)) {
      const message = `"${id}" comes twice: results go by the id`;
      throw new AppError("invalid_request", message, {
        errors: [{ path: `items.${index}.id`, rule: "duplicate", message }],
      });
    }
    ids.add(id);
    const bytes = Buffer.from(image, "base64");
    packed.push([id, start, bytes.length]);
    files.push(bytes);
    start += bytes.length;
  }
  return { kind: "pictures", file: await db.artifacts.put(Buffer.concat(files)), items: packed };
}

/**
 * Rows of a stored data set, as they lie there.
 * @throws {AppError} `not_found`, or `shape_mismatch` if the model takes other rows.
 */
export async function inputOfDataset(
  db: Db,
  projectId: Id,
  { name, version, split }: NonNullable<CreateBatch["dataset"]>,
  { inputShape, inputType }: ResolvedModel,
): Promise<NewBatchInput> {
  const { view, files } = await getDatasetFiles(db, projectId, name, version);
  const size = sizeOf(view.inputShape);
  if (size !== sizeOf(inputShape)) {
    const message = `has rows of shape [${view.inputShape}]; the model takes [${inputShape}]`;
    throw new AppError("shape_mismatch", `data set "${name}" ${message}`, {
      errors: [{ path: "dataset", rule: "shape", message }],
    });
  }
  const isTest = split === "test";
  const count = isTest ? view.testRows : view.trainRows;
  const file =
    "trainImages" in files
      ? files[isTest ? "testImages" : "trainImages"]
      : files[isTest ? "testX" : "trainX"];
  const type = inputTypeOf(files, split, count * size);
  if (type !== inputType) {
    const message = `holds ${type === "uint8" ? "pixels" : "numbers"}; the model takes ${inputType === "uint8" ? "pixels" : "numbers"}`;
    throw new AppError("shape_mismatch", `data set "${name}" ${message}`, {
      errors: [{ path: "dataset", rule: "input_type", message }],
    });
  }
  return {
    kind: "rows",
    source: { kind: "dataset", name, version: view.version, split },
    input: {
      kind: "rows",
      sha256: file.sha256,
      // The numbers are the file's end.
      start: file.bytes - count * size * (type === "float32" ? 4 : 1),
      type,
    },
    count,
  };
}

/**
 * Workers divide a picture's pixels by 255.
 * @throws {AppError} `shape_mismatch` if the model takes no such pictures, before they are stored.
 */
export function requirePictures(model: ResolvedModel): void {
  if (pixelUnit(model) === 255) return;
  throw new AppError(
    "shape_mismatch",
    `model "${model.model}" was trained on pixels that were not divided by 255: send a data set`,
  );
}

const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, axis) => product * axis, 1);
