import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AppError } from "@sweepyard/contract";
import { unpackDebianPackages } from "./debianPackages.js";
import type { OnProgress } from "./downloadProgress.js";
import { explainStorageError } from "./storageError.js";

/** SHA-256 of the uncompressed bytes: Debian and Zalando compress the same bytes differently. */
const FILES = {
  trainImages: {
    name: "train-images-idx3-ubyte.gz",
    sha256: "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
  },
  trainLabels: {
    name: "train-labels-idx1-ubyte.gz",
    sha256: "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
  },
  testImages: {
    name: "t10k-images-idx3-ubyte.gz",
    sha256: "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
  },
  testLabels: {
    name: "t10k-labels-idx1-ubyte.gz",
    sha256: "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
  },
} as const;

type FileKey = keyof typeof FILES;
const KEYS = Object.keys(FILES) as FileKey[];

/** Paths of the four gzipped IDX files. */
export type FashionMnistFiles = Readonly<Record<FileKey, string>>;

export interface FashionMnistOptions {
  /** Where the files are kept for the next time. */
  readonly dir: string;
  /** Where Debian's package puts them. */
  readonly systemDir?: string;
  /** Where Zalando Research publishes them. */
  readonly origin?: string;
  /** False leaves Debian's package out. */
  readonly useDebian?: boolean;
  readonly onProgress?: OnProgress;
  readonly log?: (line: string) => void;
}

const ORIGIN = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com";

/**
 * The 70,000 images and labels of Fashion-MNIST (Xiao, Rasul & Vollgraf 2017), checked by their
 * sums: from `dir`, from the machine's own copy, else downloaded into `dir`.
 * @throws {AppError} `data_invalid` for a file that is not the published one, `unavailable` when
 *   no source can be reached, `storage_full`.
 */
export async function fetchFashionMnist(options: FashionMnistOptions): Promise<FashionMnistFiles> {
  const { dir, systemDir = "/usr/share/datasets/fashion-mnist", log = () => {} } = options;
  try {
    const missing = await missingFrom(dir);
    if (missing.length === KEYS.length && (await missingFrom(systemDir)).length === 0)
      return await checked(systemDir, "reinstall Debian's dataset-fashion-mnist");
    if (missing.length > 0) {
      await mkdir(dir, { recursive: true });
      await download(options, missing, log);
    }
    return await checked(dir, "delete it and start again, and it is downloaded afresh");
  } catch (error) {
    throw explainStorageError(error, dir);
  }
}

async function missingFrom(dir: string): Promise<FileKey[]> {
  const missing: FileKey[] = [];
  for (const key of KEYS)
    if (!(await stat(join(dir, FILES[key].name)).catch(() => null))) missing.push(key);
  return missing;
}

async function checked(dir: string, remedy: string): Promise<FashionMnistFiles> {
  const paths = Object.fromEntries(
    KEYS.map((key) => [key, join(dir, FILES[key].name)]),
  ) as FashionMnistFiles;
  for (const key of KEYS) await requireSum(paths[key], FILES[key].sha256, remedy);
  return paths;
}

/** @throws {AppError} `data_invalid` when `path` is no gzip, or its content has another sum. */
async function requireSum(path: string, expected: string, remedy: string): Promise<void> {
  const hash = createHash("sha256");
  const found = await pipeline(createReadStream(path), createGunzip(), hash).then(
    () => hash.digest("hex"),
    (error: NodeJS.ErrnoException) => {
      if (error.code?.startsWith("Z_")) return `none (${error.message})`;
      throw error;
    },
  );
  if (found === expected) return;
  throw new AppError(
    "data_invalid",
    `${path} is not the published Fashion-MNIST file: SHA-256 of its uncompressed bytes should be ${expected} and is ${found}; ${remedy}`,
  );
}

async function download(
  options: FashionMnistOptions,
  missing: readonly FileKey[],
  log: (line: string) => void,
) {
  const { dir, origin = ORIGIN, useDebian = true, onProgress } = options;
  const work = await mkdtemp(join(dir, ".new-"));
  const failures: string[] = [];
  const sources = [
    ...(useDebian ? [{ name: "Debian's package", fetch: fromDebian }] : []),
    { name: origin, fetch: (to: string) => fromOrigin(origin, missing, to, onProgress) },
  ];
  try {
    for (const source of sources) {
      try {
        const from = await source.fetch(work, onProgress, log);
        for (const key of missing)
          await requireSum(join(from, FILES[key].name), FILES[key].sha256, "it was discarded");
        for (const key of missing) await keep(join(from, FILES[key].name), dir, FILES[key].name);
        return;
      } catch (error) {
        if (!(error instanceof AppError) || error.code === "storage_full") throw error;
        failures.push(`${source.name}: ${error.message}`);
        log(`Fashion-MNIST from ${source.name}: ${error.message}`);
      }
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  throw new AppError(
    "unavailable",
    `Fashion-MNIST could not be fetched (${failures.join("; ")}). ` +
      `Put its four .gz files into ${dir}, or set SWEEPYARD_DATASETS to the folder above a fashion-mnist folder that has them`,
  );
}

async function fromDebian(
  work: string,
  onProgress: OnProgress | undefined,
  log: (line: string) => void,
): Promise<string> {
  const into = join(work, "debian");
  await unpackDebianPackages({
    into,
    packages: ["dataset-fashion-mnist"],
    label: "Fashion-MNIST (Debian's package)",
    onProgress,
    log,
  });
  return join(into, "usr", "share", "datasets", "fashion-mnist");
}

async function fromOrigin(
  origin: string,
  keys: readonly FileKey[],
  work: string,
  onProgress: OnProgress | undefined,
): Promise<string> {
  for (const key of keys) {
    const { name } = FILES[key];
    const answer = await fetch(`${origin}/${name}`, { signal: AbortSignal.timeout(300_000) }).catch(
      (cause: Error) => {
        throw new AppError("unavailable", `${name}: ${reasonOf(cause)}`, { cause });
      },
    );
    if (!answer.ok || answer.body === null)
      throw new AppError("unavailable", `${name}: HTTP ${answer.status}`);
    const totalBytes = Number(answer.headers.get("content-length")) || null;
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        onProgress?.({ label: `Fashion-MNIST, ${name}`, bytes, totalBytes });
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(answer.body), count, createWriteStream(join(work, name))).catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === "ENOSPC") throw cause;
        throw new AppError("unavailable", `${name}: ${reasonOf(cause)}`, { cause });
      },
    );
  }
  return work;
}

async function keep(from: string, dir: string, name: string) {
  const half = join(dir, `.${name}.${process.pid}`);
  await copyFile(from, half);
  await rename(half, join(dir, name));
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
