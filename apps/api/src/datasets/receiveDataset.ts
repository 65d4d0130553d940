import { createReadStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import {
  AppError,
  ClassNames,
  DATASET_PARTS,
  DatasetName,
  DatasetOptions,
  type DatasetPart,
  type DatasetView,
  IdxFiles,
  NpyFiles,
  newId,
  type StoredFile,
} from "@sweepyard/contract";
import { ArtifactStore, type NewDataset } from "@sweepyard/db";
import type { Request } from "express";
import { z } from "zod";
import { readMultipart } from "../readMultipart.js";
import { runConversion } from "./convert/runConversion.js";
import { inflated } from "./inflated.js";
import { readIdxUpload } from "./readIdxUpload.js";
import type { Received } from "./received.js";

export interface ReceiveOptions {
  readonly store: ArtifactStore;
  /** Most bytes of the files together, as sent, after inflating, and as the arrays they become. */
  readonly maxUploadBytes: number;
  /** Aborts when the caller has gone. */
  readonly signal: AbortSignal;
}

const Json = z.string().transform((text, ctx) => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    ctx.addIssue({ code: "custom", message: "is no JSON", params: { rule: "json" } });
    return z.NEVER;
  }
});

const Fields = z.strictObject({
  name: DatasetName,
  description: z.string().max(10_000).default(""),
  options: Json.pipe(DatasetOptions).optional(),
  classNames: Json.pipe(ClassNames).optional(),
});

const PARTS = [...new Set(Object.values(DATASET_PARTS).flat())];

/**
 * Takes in an uploaded data set: streams each file, inflated if it is gzip, into a folder of its
 * own, checks and converts them there, and only then moves them to the store and calls `create`.
 * So a refused upload leaves nothing behind. The same content has the same SHA-256 whichever way
 * it was compressed.
 * @throws {AppError} `invalid_request` for the fields, `data_invalid` naming the file and what is
 *   wrong with it, `payload_too_large`, `storage_full`.
 */
export async function receiveDataset(
  req: Request,
  { store, maxUploadBytes, signal }: ReceiveOptions,
  create: (dataset: NewDataset) => Promise<DatasetView>,
): Promise<DatasetView> {
  const staging = new ArtifactStore(join(store.dir, "partial", newId()));
  try {
    const staged = new Map<string, StoredFile>();
    const received = { asSent: 0, inflated: 0 };
    const count = (kind: keyof typeof received, bytes: number) => {
      received[kind] += bytes;
      if (received[kind] > maxUploadBytes) throw tooLarge(kind, maxUploadBytes);
    };
    const values = await readMultipart(req, {
      fields: ["name", "description", "options", "classNames"],
      files: PARTS,
      onFile: async (name: string, bytes: Readable) => {
        staged.set(name, await staging.put(inflated(bytes, name, count)));
      },
    });
    const { name, description, ...rest } = Fields.parse(Object.fromEntries(values));
    const options = optionsOf(rest);
    const parts = partsOf(options, staged);
    const { files, ...dataset } =
      options.format === "idx"
        ? await readIdxUpload(options, parts, staging)
        : await convert(options, parts, staging, maxUploadBytes, signal);
    const stored: Record<string, StoredFile> = {};
    for (const [key, path] of Object.entries(files))
      stored[key] = await store.put(createReadStream(path));
    return await create({
      name,
      description,
      ...dataset,
      files: options.format === "idx" ? IdxFiles.parse(stored) : NpyFiles.parse(stored),
    });
  } finally {
    await rm(staging.dir, { recursive: true, force: true });
  }
}

/** Class names alone stand for IDX files. */
function optionsOf({
  options,
  classNames,
}: Pick<z.infer<typeof Fields>, "options" | "classNames">): DatasetOptions {
  if (options !== undefined && classNames === undefined) return options;
  if (options === undefined && classNames !== undefined)
    return { format: "idx", class_names: classNames };
  const what = options === undefined ? "lacks" : "has both";
  const message = `the form ${what} options and classNames: one of them says how the files are to be read`;
  throw new AppError("invalid_request", message, {
    errors: [{ path: "options", rule: "required", message }],
  });
}

/** @throws {AppError} for a file that the format does not have. */
function partsOf(
  { format }: DatasetOptions,
  staged: ReadonlyMap<string, StoredFile>,
): Partial<Record<DatasetPart, StoredFile>> {
  const known: readonly string[] = DATASET_PARTS[format];
  const surplus = [...staged.keys()].filter((part) => !known.includes(part));
  if (surplus.length > 0) {
    const message = `is no file of format ${format}: ${known.join(", ")}`;
    throw new AppError("invalid_request", `${surplus.join(", ")} ${message}`, {
      errors: surplus.map((path) => ({ path, rule: "unknown_part", message })),
    });
  }
  return Object.fromEntries(staged);
}

async function convert(
  options: Exclude<DatasetOptions, { format: "idx" }>,
  staged: Partial<Record<DatasetPart, StoredFile>>,
  staging: ArtifactStore,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Received> {
  const outDir = join(staging.dir, "arrays");
  await mkdir(outDir, { recursive: true });
  const parts = Object.fromEntries(
    Object.entries(staged).map(([part, { sha256 }]) => [part, staging.path(sha256)]),
  );
  return runConversion({ options, parts, outDir, maxBytes }, signal);
}

const tooLarge = (kind: "asSent" | "inflated", limit: number): AppError =>
  new AppError(
    "payload_too_large",
    `the files ${kind === "asSent" ? "are" : "inflate to"} more than ${limit} bytes together; ` +
      "MAX_UPLOAD_BYTES sets the limit",
  );
