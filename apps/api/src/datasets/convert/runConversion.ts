import { fileURLToPath } from "node:url";
import { AppError } from "@sweepyard/contract";
import { forkJob } from "../../forkJob.js";
import type { Conversion, ConversionJob } from "./conversion.js";

/** Built both as src/… and as dist/…; a process runs the latter. */
const ENTRY = fileURLToPath(
  new URL("../../../dist/datasets/convert/convertProcess.js", import.meta.url),
);

/** Conversions take turns: each may need as much memory as the largest upload. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Converts an upload in a process of its own.
 * @throws {AppError} as `convertDataset`; `data_invalid` if the process died of the files;
 *   `signal.reason` if it aborts first.
 */
export function runConversion(job: ConversionJob, signal: AbortSignal): Promise<Conversion> {
  const turn = last.then(() =>
    forkJob<ConversionJob, Conversion>({
      entry: ENTRY,
      job,
      signal,
      died: (how) =>
        new AppError(
          "data_invalid",
          `reading the files ended with ${how}: they need more memory than there is, or are made ` +
            "to break their readers",
        ),
    }),
  );
  last = turn.catch(() => {});
  return turn;
}
