import { rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { AppError, BatchOptions, newId } from "@sweepyard/contract";
import { ArtifactStore } from "@sweepyard/db";
import type { Request } from "express";
import { inflated } from "../datasets/inflated.js";
import { forkJob } from "../forkJob.js";
import { readMultipart } from "../readMultipart.js";
import type { PackedPictures, PackJob } from "./packArchive.js";

/** Built both as src/… and as dist/…; a process runs the latter. */
const ENTRY = fileURLToPath(new URL("../../dist/batches/packProcess.js", import.meta.url));

export interface ReceiveArchiveOptions {
  readonly store: ArtifactStore;
  /** Most bytes, as sent and after inflating. */
  readonly maxUploadBytes: number;
  readonly signal: AbortSignal;
}

/**
 * Takes in an archive of pictures and what is asked of them; the archive is unpacked in a process
 * of its own.
 * @throws {AppError} `invalid_request` for the fields, `data_invalid` for the archive,
 *   `payload_too_large`, `storage_full`.
 */
export async function receiveArchive(
  req: Request,
  { store, maxUploadBytes, signal }: ReceiveArchiveOptions,
): Promise<{ readonly options: BatchOptions; readonly pictures: PackedPictures }> {
  const staging = new ArtifactStore(join(store.dir, "partial", newId()));
  try {
    let archive: string | undefined;
    const count = (_kind: "asSent" | "inflated", bytes: number) => {
      received += bytes;
      if (received > 2 * maxUploadBytes)
        throw new AppError(
          "payload_too_large",
          `the archive is above ${maxUploadBytes} bytes; MAX_UPLOAD_BYTES sets the limit`,
        );
    };
    let received = 0;
    const fields = await readMultipart(req, {
      fields: Object.keys(BatchOptions.shape),
      files: ["archive"],
      onFile: async (name, bytes) => {
        archive = (await staging.put(inflated(bytes, name, count), { maxBytes: maxUploadBytes }))
          .sha256;
      },
    });
    const options = BatchOptions.parse(Object.fromEntries(fields));
    if (archive === undefined)
      throw new AppError("invalid_request", "the form has no archive", {
        errors: [{ path: "archive", rule: "required", message: "is missing" }],
      });
    const job = { path: staging.path(archive), storeDir: store.dir, maxBytes: maxUploadBytes };
    const pictures = await forkJob<PackJob, PackedPictures>({
      entry: ENTRY,
      job,
      signal,
      died: (how) => new AppError("data_invalid", `reading the archive ended with ${how}`),
    });
    return { options, pictures };
  } finally {
    await rm(staging.dir, { recursive: true, force: true });
  }
}
