import { readFile } from "node:fs/promises";
import { AppError, type DatasetTask } from "@sweepyard/contract";
import type { Dataset, Rows } from "./dataset.js";
import { decodeNpy, type NpyArray } from "./npy.js";

/** Paths of the arrays; contract's NpyFiles says what is in them. */
export interface NpyPaths {
  readonly trainX: string;
  readonly trainY: string;
  readonly trainWeights?: string | undefined;
  readonly testX: string;
  readonly testY: string;
}

/**
 * Reads a data set of NumPy arrays as uploads are stored.
 * @throws {AppError} `data_invalid`, naming the array, where one is broken or they do not fit together.
 */
export async function readNpyDataset(
  paths: NpyPaths,
  { task, classNames }: Pick<Dataset, "task" | "classNames">,
): Promise<Dataset> {
  const [trainX, trainY, testX, testY, weights] = await Promise.all([
    readArray(paths.trainX, "train x"),
    readArray(paths.trainY, "train y"),
    readArray(paths.testX, "test x"),
    readArray(paths.testY, "test y"),
    paths.trainWeights === undefined ? undefined : readArray(paths.trainWeights, "train weights"),
  ]);
  const inputShape = trainX.shape.slice(1);
  if (testX.shape.slice(1).join() !== inputShape.join())
    throw new AppError(
      "data_invalid",
      `test x has rows of shape [${testX.shape.slice(1).join(", ")}], train x of ` +
        `[${inputShape.join(", ")}]: they must agree`,
    );
  const join = (split: string, x: NpyArray, y: NpyArray, own?: NpyArray): Rows => ({
    count: requireRows(split, x, y, task, classNames.length),
    x: x.data instanceof Uint8Array ? x.data : asFloat32(x.data),
    y: task === "classification" ? asLabels(y.data) : asFloat32(y.data),
    ...(own && { sampleWeight: asFloat32(own.data) }),
  });
  return {
    inputShape,
    task,
    classNames,
    train: join("train", trainX, trainY, weights),
    test: join("test", testX, testY),
  };
}

const readArray = async (path: string, name: string): Promise<NpyArray> =>
  decodeNpy(await readFile(path), name);

function requireRows(
  split: string,
  x: NpyArray,
  y: NpyArray,
  task: DatasetTask,
  outputs: number,
): number {
  const rows = x.shape[0] ?? 0;
  const wanted = task === "classification" ? [rows] : [rows, outputs];
  if (rows === 0 || y.shape.join() !== wanted.join())
    throw new AppError(
      "data_invalid",
      `${split} y has shape [${y.shape.join(", ")}]; x of ${rows} rows needs [${wanted.join(", ")}]`,
    );
  const label = task === "classification" ? y.data.findIndex((id) => id < 0 || id >= outputs) : -1;
  if (label >= 0)
    throw new AppError(
      "data_invalid",
      `${split} y: row ${label} has class ${y.data[label]}; ` +
        `with ${outputs} classes the highest is ${outputs - 1}`,
    );
  return rows;
}

const asFloat32 = (data: NpyArray["data"]): Float32Array =>
  data instanceof Float32Array ? data : Float32Array.from(data);

const asLabels = (data: NpyArray["data"]): Uint8Array | Int32Array =>
  data instanceof Uint8Array || data instanceof Int32Array ? data : Int32Array.from(data);
