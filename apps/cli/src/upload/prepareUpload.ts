import { openAsBlob } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { UploadDataset, UploadFiles, UploadIdx } from "@sweepyard/client";
import { AppError, type IdxFiles } from "@sweepyard/contract";
import { whyUnreadable } from "../whyUnreadable.js";
import { packFolder } from "./packFolder.js";
import type { UploadOptions } from "./uploadOptions.js";

/** What MNIST's files, and those of its successors, are called; `.gz` may follow. */
export const IDX_NAMES = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const satisfies Record<keyof IdxFiles, string>;

/**
 * Makes a path and options what the API takes, and lends it to `send`. The format is told by the
 * path: a folder of IDX files or of images, an archive, a CSV, NPY or NPZ file. A folder of images
 * is packed into a temporary file first.
 * @throws {AppError} `invalid_request` naming the path or the option that is wrong.
 */
export async function prepareUpload<Result>(
  path: string,
  options: UploadOptions,
  send: (upload: UploadDataset) => Promise<Result>,
): Promise<Result> {
  const found = await stat(path).catch((error) => {
    throw new AppError("invalid_request", `${path} can't be read: ${whyUnreadable(error)}`);
  });
  if (!found.isDirectory()) return send(await fileUpload(path, options));
  const names = await readdir(path);
  if (names.some((name) => name.startsWith(IDX_NAMES.trainImages)))
    return send(await idxUpload(path, names, options));
  const temporary = await mkdtemp(join(tmpdir(), "sweepyard-upload-"));
  try {
    const archive = join(temporary, "images.tar");
    await packFolder(path, archive);
    return await send(await imageUpload(archive, options));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

const facts = ({ name, description }: UploadOptions) => ({ name, description });

async function fileUpload(path: string, options: UploadOptions): Promise<UploadFiles> {
  if (/\.(csv|tsv|txt)(\.gz)?$/i.test(path)) return csvUpload(path, options);
  if (/\.np[yz]$/i.test(path)) return npyUpload(path, options);
  if (/\.(zip|tar|tgz|tar\.gz)$/i.test(path)) return imageUpload(path, options);
  throw new AppError(
    "invalid_request",
    `${path} is no file that can be uploaded: .csv, .npy, .npz, .zip, .tar, .tar.gz, or a folder`,
  );
}

async function csvUpload(path: string, options: UploadOptions): Promise<UploadFiles> {
  const { target, task, classes, weight, ignore, categorical, missing, header } = options;
  if (target === undefined)
    throw new AppError("invalid_request", "--target says which column is to be told from the rest");
  const delimiter = options.delimiter ?? (await delimiterOf(path));
  return {
    ...facts(options),
    options: {
      format: "csv",
      ...{ target, task, class_names: classes, weight, ignore, categorical, missing, header },
      delimiter,
      test: testShare(options),
    },
    files: { train: await blob(path), ...(await optional("test", options.test)) },
  };
}

const HEADER_BYTES = 64 * 1024;

/** The comma that the API takes by itself, unless the first line has none and another one instead. */
async function delimiterOf(path: string): Promise<UploadOptions["delimiter"]> {
  if (/\.tsv(\.gz)?$/i.test(path)) return "\t";
  if (/\.gz$/i.test(path)) return undefined;
  const head = await (await blob(path)).slice(0, HEADER_BYTES).text();
  const line = head.split(/\r?\n/, 1)[0]?.replaceAll(/"[^"]*"/g, "") ?? "";
  if (line.includes(",")) return undefined;
  return ([";", "\t", "|"] as const).find((mark) => line.includes(mark));
}

async function npyUpload(path: string, options: UploadOptions): Promise<UploadFiles> {
  const { task, classes, y, weights, test, testY } = options;
  const shared = {
    ...facts(options),
    options: { format: "npy" as const, task, class_names: classes, test: testShare(options) },
  };
  if (/\.npz$/i.test(path)) return { ...shared, files: { train: await blob(path) } };
  if (y === undefined)
    throw new AppError("invalid_request", `--y names the file of the targets of ${path}`);
  return {
    ...shared,
    files: {
      trainX: await blob(path),
      trainY: await blob(y),
      ...(await optional("trainWeights", weights)),
      ...(await optional("testX", test)),
      ...(await optional("testY", testY)),
    },
  };
}

async function imageUpload(archive: string, options: UploadOptions): Promise<UploadFiles> {
  const { size, fit, color, onError } = options;
  return {
    ...facts(options),
    options: {
      format: "images",
      ...{ size, fit, color, on_error: onError },
      test: testShare(options),
    },
    files: { train: await blob(archive), ...(await optional("test", options.test)) },
  };
}

async function idxUpload(
  folder: string,
  present: readonly string[],
  options: UploadOptions,
): Promise<UploadIdx> {
  if (options.classes === undefined)
    throw new AppError("invalid_request", "--classes names the labels of IDX files, from 0 on");
  const find = (key: keyof IdxFiles) => {
    const wanted = IDX_NAMES[key];
    const found = [wanted, `${wanted}.gz`].find((file) => present.includes(file));
    if (found !== undefined) return blob(join(folder, found));
    throw new AppError("invalid_request", `${folder} has no ${wanted} or ${wanted}.gz`);
  };
  return {
    ...facts(options),
    classNames: options.classes,
    trainImages: await find("trainImages"),
    trainLabels: await find("trainLabels"),
    testImages: await find("testImages"),
    testLabels: await find("testLabels"),
  };
}

const testShare = ({ testShare: share, testSeed: seed }: UploadOptions) => ({ share, seed });

async function blob(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new AppError("invalid_request", `${path} can't be read: ${whyUnreadable(cause)}`, {
      cause,
    });
  }
}

const optional = async (part: string, path: string | undefined): Promise<Record<string, Blob>> =>
  path === undefined ? {} : { [part]: await blob(path) };
