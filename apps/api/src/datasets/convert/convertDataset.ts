import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { NpyFiles } from "@sweepyard/contract";
import { encodeNpy } from "@sweepyard/engine";
import type { Conversion, ConversionJob, LabelledRows, ReadRows } from "./conversion.js";
import { convertCsv } from "./convertCsv.js";
import { convertImages } from "./convertImages.js";
import { convertNpy } from "./convertNpy.js";
import { countClasses, summarize } from "./summarize.js";

const READERS = { csv: convertCsv, npy: convertNpy, images: convertImages } as const;

/**
 * Makes an upload the arrays that data sets are kept as, written to the job's folder.
 * @throws {AppError} naming the file and what is wrong with it; the folder may then hold anything.
 */
export async function convertDataset(job: ConversionJob): Promise<Conversion> {
  const { format } = job.options;
  const read = await READERS[format](job);
  const { task, classNames, inputShape, train, test } = read;
  return {
    task,
    classNames: [...classNames],
    inputShape: [...inputShape],
    trainRows: train.count,
    testRows: test.count,
    classCounts: countClasses(train, task, classNames.length),
    details: summarize(read, format),
    files: await writeArrays(read, job.outDir),
  };
}

async function writeArrays(read: ReadRows, outDir: string): Promise<Record<string, string>> {
  const { inputShape, task, classNames, train, test } = read;
  const files: Partial<Record<keyof NpyFiles, string>> = {};
  const write = async (
    key: keyof NpyFiles,
    shape: readonly number[],
    data: Uint8Array | Int32Array | Float32Array,
  ) => {
    const path = join(outDir, `${key}.npy`);
    await writeFile(path, encodeNpy({ shape, data }));
    files[key] = path;
  };
  const yShape = ({ count }: LabelledRows) =>
    task === "classification" ? [count] : [count, classNames.length];
  await write("trainX", [train.count, ...inputShape], train.x);
  await write("trainY", yShape(train), compactIds(train.y, classNames.length));
  if (train.weights !== undefined) await write("trainWeights", [train.count], train.weights);
  await write("testX", [test.count, ...inputShape], test.x);
  await write("testY", yShape(test), compactIds(test.y, classNames.length));
  return files;
}

/** Up to 256 classes fit in a byte. */
const compactIds = (y: LabelledRows["y"], classes: number) =>
  y instanceof Int32Array && classes <= 256 ? Uint8Array.from(y) : y;
