import { readFile } from "node:fs/promises";
import {
  AppError,
  type DatasetOptions,
  type DatasetPart,
  type DatasetTask,
} from "@sweepyard/contract";
import { decodeNpy, type NpyArray } from "@sweepyard/engine";
import type { ConversionJob, LabelledRows, ReadRows } from "./conversion.js";
import { invalidPart } from "./invalidPart.js";
import { Budget, readArchive } from "./readArchive.js";
import { splitTest } from "./splitTest.js";

type NpyOptions = Extract<DatasetOptions, { format: "npy" }>;

interface Arrays {
  trainX: Named;
  trainY: Named;
  trainWeights?: Named | undefined;
  testX?: Named | undefined;
  testY?: Named | undefined;
}

interface Named extends NpyArray {
  readonly name: string;
}

/**
 * Reads NumPy arrays, each in a file of its own or all in one .npz. uint8 x stays bytes, as pixels;
 * other numbers become float32.
 * @throws {AppError} naming the array, the row and what would fit.
 */
export async function convertNpy({ options, parts, maxBytes }: ConversionJob): Promise<ReadRows> {
  const own = options as NpyOptions;
  const arrays =
    parts.train === undefined ? await readFiles(parts) : await readNpz(parts.train, maxBytes);
  const { trainX, trainY, trainWeights, testX, testY } = arrays;
  const inputShape = trainX.shape.slice(1);
  if (inputShape.length === 0 || trainX.shape.includes(0))
    throw invalidPart(
      trainX.name,
      "shape",
      `has shape [${trainX.shape.join(", ")}]: the first axis counts the rows, the others are a row's`,
    );
  if ((testX === undefined) !== (testY === undefined))
    throw invalidPart(
      testX === undefined ? "testX" : "testY",
      "required",
      "is missing: test rows need both x and y",
      "invalid_request",
    );
  const task = own.task ?? inferTask(trainY);
  const classNames = namesOf(task, trainY, testY, own);
  const described = { task, classNames, inputShape };
  const rows = labelled(described, trainX, trainY, trainWeights);
  if (testX === undefined || testY === undefined)
    return { ...described, ...splitTest(described, rows, own.test) };
  if (testX.shape.slice(1).join() !== inputShape.join())
    throw invalidPart(
      testX.name,
      "same_shape",
      `has rows of shape [${testX.shape.slice(1).join(", ")}], ${trainX.name} of [${inputShape.join(", ")}]`,
    );
  return { ...described, train: rows, test: labelled(described, testX, testY) };
}

async function readFiles(parts: ConversionJob["parts"]): Promise<Arrays> {
  const read = async (part: DatasetPart): Promise<Named | undefined> => {
    const path = parts[part];
    return path === undefined ? undefined : decode(await readFile(path), part, part);
  };
  const [trainX, trainY] = [await read("trainX"), await read("trainY")];
  if (trainX === undefined || trainY === undefined)
    throw invalidPart(
      trainX === undefined ? "trainX" : "trainY",
      "required",
      "is missing: send trainX and trainY, or train as .npz",
      "invalid_request",
    );
  return {
    trainX,
    trainY,
    trainWeights: await read("trainWeights"),
    testX: await read("testX"),
    testY: await read("testY"),
  };
}

function decode(bytes: Uint8Array, part: DatasetPart, name: string): Named {
  try {
    return { ...decodeNpy(bytes, name), name };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { code, message } = error;
    throw new AppError(code, message, { errors: [{ path: part, rule: "npy", message }] });
  }
}

/** Names under which arrays are looked for in an .npz file; Keras' own data sets have the first. */
const NPZ_NAMES = {
  trainX: ["x_train", "x"],
  trainY: ["y_train", "y"],
  trainWeights: ["sample_weight", "weights"],
  testX: ["x_test"],
  testY: ["y_test"],
} as const;

async function readNpz(path: string, maxBytes: number): Promise<Arrays> {
  const found = new Map<string, Named>();
  const known: readonly string[] = Object.values(NPZ_NAMES).flat();
  for await (const entry of readArchive(path, "train", new Budget(maxBytes))) {
    const key = entry.name.replace(/\.npy$/, "");
    if (!known.includes(key)) continue;
    const name = `train's ${key}`;
    const bytes = await entry.read().catch((error: Error) => {
      if (error.name === "AppError") throw error;
      throw invalidPart("train", "archive", `is damaged at ${key}: ${error.message}`);
    });
    found.set(key, decode(bytes, "train", name));
  }
  const pick = (part: keyof typeof NPZ_NAMES) =>
    NPZ_NAMES[part].map((name) => found.get(name)).find((array) => array !== undefined);
  const [trainX, trainY] = [pick("trainX"), pick("trainY")];
  if (trainX === undefined || trainY === undefined)
    throw invalidPart(
      "train",
      "arrays",
      "has no arrays x and y (or x_train and y_train): np.savez(file, x=…, y=…) names them",
    );
  return {
    trainX,
    trainY,
    trainWeights: pick("trainWeights"),
    testX: pick("testX"),
    testY: pick("testY"),
  };
}

/** Whole numbers [rows] are classes; everything else is estimated unless the request says otherwise. */
const inferTask = ({ shape, data }: NpyArray): DatasetTask =>
  isList(shape) && !(data instanceof Float32Array) && !(data instanceof Float64Array)
    ? "classification"
    : "regression";

/** [rows] or [rows, 1] */
const isList = (shape: readonly number[]): boolean =>
  shape.length === 1 || (shape.length === 2 && shape[1] === 1);

function namesOf(
  task: DatasetTask,
  trainY: Named,
  testY: Named | undefined,
  { class_names }: NpyOptions,
): string[] {
  const outputs =
    task !== "classification"
      ? trainY.shape.slice(1).reduce((size, axis) => size * axis, 1)
      : isList(trainY.shape)
        ? Math.max(1, maxOf(trainY.data), testY === undefined ? 0 : maxOf(testY.data)) + 1
        : (trainY.shape[1] ?? 1);
  if (outputs > 10_000)
    throw invalidPart(
      trainY.name,
      "class_count",
      `goes up to ${outputs - 1}: classes are numbered from 0 on, up to 9999; for numbers to be ` +
        "estimated say task: regression",
    );
  const names = class_names ?? Array.from({ length: outputs }, (_, at) => String(at));
  if (names.length < outputs || (task !== "classification" && names.length !== outputs))
    throw invalidPart(
      "options.class_names",
      "class_count",
      `lists ${names.length} names; ${trainY.name} needs ${outputs}`,
      "invalid_request",
    );
  return names;
}

const maxOf = (data: NpyArray["data"]): number => {
  let highest = 0;
  for (const value of data) if (value > highest) highest = value;
  return highest;
};

function labelled(
  { task, classNames }: Pick<ReadRows, "task" | "classNames">,
  x: Named,
  y: Named,
  weights?: Named,
): LabelledRows {
  const count = x.shape[0] ?? 0;
  for (const other of [y, weights])
    if (other !== undefined && other.shape[0] !== count)
      throw invalidPart(
        other.name,
        "row_count",
        `has ${other.shape[0] ?? 0} rows; ${x.name} has ${count}`,
      );
  return {
    count,
    x: x.data instanceof Uint8Array ? x.data : floats(x, count),
    y: targetsOf(task, classNames.length, y, count),
    weights: weights && requirePositive(weights.name, floats(weights, count)),
  };
}

function targetsOf(task: DatasetTask, outputs: number, y: Named, count: number) {
  if (task === "classification")
    return isList(y.shape) ? classIds(y, outputs) : oneHotIds(y, count, outputs);
  if (y.data.length !== count * outputs)
    throw invalidPart(
      y.name,
      "shape",
      `has shape [${y.shape.join(", ")}]; [${count}, ${outputs}] fits`,
    );
  const targets = floats(y, count);
  const wrong =
    task === "multi_label" ? targets.findIndex((value) => value !== 0 && value !== 1) : -1;
  if (wrong >= 0)
    throw invalidPart(
      y.name,
      "label",
      `row ${Math.floor(wrong / outputs)} has ${targets[wrong]}; labels of multi_label are 0 or 1`,
    );
  return targets;
}

function classIds({ name, data }: Named, classes: number): Int32Array {
  const wrong = data.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= classes);
  if (wrong >= 0)
    throw invalidPart(
      name,
      "label_range",
      `row ${wrong} has ${data[wrong]}; ${classes} classes are numbered 0 to ${classes - 1}`,
    );
  return Int32Array.from(data);
}

function oneHotIds({ name, shape, data }: Named, count: number, classes: number): Int32Array {
  if (shape.length !== 2 || shape[1] !== classes)
    throw invalidPart(
      name,
      "shape",
      `has shape [${shape.join(", ")}]; [${count}] or [${count}, ${classes}] fits`,
    );
  return Int32Array.from({ length: count }, (_, row) => {
    const targets = data.subarray(row * classes, (row + 1) * classes);
    const ones = targets.filter((value) => value === 1).length;
    const zeros = targets.filter((value) => value === 0).length;
    if (ones !== 1 || ones + zeros !== classes)
      throw invalidPart(name, "one_hot", `row ${row} is not one-hot: one 1, and 0 for the rest`);
    return targets.indexOf(1);
  });
}

function floats({ name, data }: Named, count: number): Float32Array {
  const values = Float32Array.from(data);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return values;
  const size = values.length / count;
  throw invalidPart(
    name,
    "finite",
    `row ${Math.floor(wrong / size)} holds ${data[wrong]} at ${wrong % size}: fill or leave out such rows; ` +
      "numbers are kept as float32",
  );
}

function requirePositive(name: string, weights: Float32Array): Float32Array {
  const wrong = weights.findIndex((weight) => weight < 0);
  if (wrong < 0) return weights;
  throw invalidPart(name, "weight", `row ${wrong} weighs ${weights[wrong]}: 0 is the least`);
}
