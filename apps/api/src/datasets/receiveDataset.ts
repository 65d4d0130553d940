import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import {
  AppError,
  type DatasetFiles,
  DatasetName,
  type DatasetView,
  newId,
  type StoredFile,
} from "@sweepyard/contract";
import { ArtifactStore, type NewDataset } from "@sweepyard/db";
import { type IdxSummary, inspectIdx } from "@sweepyard/engine";
import type { Request } from "express";
import { z } from "zod";
import { readMultipart } from "../readMultipart.js";
import { checkDataset, FILES, type FileName } from "./checkDataset.js";
import { inflated } from "./inflated.js";

export interface ReceiveOptions {
  readonly store: ArtifactStore;
  /** Most bytes of the four files together, both as sent and after inflating. */
  readonly maxUploadBytes: number;
}

const Fields = z.strictObject({
  name: DatasetName,
  description: z.string().max(10_000).default(""),
  classNames: z
    .string()
    .transform((text, ctx) => {
      try {
        return JSON.parse(text) as unknown;
      } catch {
        ctx.addIssue({ code: "custom", message: "is no JSON list", params: { rule: "json" } });
        return z.NEVER;
      }
    })
    .pipe(
      z
        .array(z.string().trim().min(1).max(100))
        .min(2)
        .max(256)
        .refine((names) => new Set(names).size === names.length, "names the same class twice"),
    ),
});

/**
 * Takes in an uploaded data set: streams each file, inflated if it is gzip, into a folder of its
 * own, checks them all, and only then moves them to the store and calls `create`. So a refused
 * upload leaves nothing behind. What is stored are the IDX bytes themselves, whose SHA-256 is then
 * the same whichever way they were compressed.
 * @throws {AppError} `invalid_request` for the fields, `data_invalid` naming the file and what is
 *   wrong with it, `payload_too_large`, `storage_full`.
 */
export async function receiveDataset(
  req: Request,
  { store, maxUploadBytes }: ReceiveOptions,
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
      fields: ["name", "description", "classNames"],
      files: FILES,
      onFile: async (name: string, bytes: Readable) => {
        staged.set(name, await staging.put(inflated(bytes, name, count)));
      },
    });
    const fields = Fields.parse(Object.fromEntries(values));
    const files = requireAll(staged);
    const summaries = await inspectAll(staging, files);
    const checked = checkDataset(summaries, fields.classNames);
    for (const { sha256 } of Object.values(files)) await store.put(await staging.open(sha256));
    return await create({ ...fields, ...checked, files });
  } finally {
    await rm(staging.dir, { recursive: true, force: true });
  }
}

function requireAll(staged: ReadonlyMap<string, StoredFile>): DatasetFiles {
  const missing = FILES.filter((name) => !staged.has(name));
  if (missing.length > 0)
    throw new AppError("invalid_request", `the form lacks the files ${missing.join(", ")}`, {
      errors: missing.map((path) => ({ path, rule: "required", message: "is missing" })),
    });
  return Object.fromEntries(staged) as DatasetFiles;
}

async function inspectAll(
  staging: ArtifactStore,
  files: DatasetFiles,
): Promise<Record<FileName, IdxSummary>> {
  const summaries: Partial<Record<FileName, IdxSummary>> = {};
  for (const name of FILES)
    summaries[name] = await inspectIdx(await staging.open(files[name].sha256), name).catch(
      (error: unknown) => {
        if (!(error instanceof AppError)) throw error;
        const message = error.message.replace(`${name} `, "");
        throw new AppError(error.code, error.message, {
          errors: [{ path: name, rule: "idx", message }],
        });
      },
    );
  return summaries as Record<FileName, IdxSummary>;
}

const tooLarge = (kind: "asSent" | "inflated", limit: number): AppError =>
  new AppError(
    "payload_too_large",
    `the files ${kind === "asSent" ? "are" : "inflate to"} more than ${limit} bytes together; ` +
      "MAX_UPLOAD_BYTES sets the limit",
  );
