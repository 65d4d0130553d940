import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AppError } from "@sweepyard/contract";
import type { Conversion, ConversionJob } from "./conversion.js";
import type { ConversionAnswer } from "./convertProcess.js";

/** Built both as src/… and as dist/…; a process runs the latter. */
const ENTRY = fileURLToPath(
  new URL("../../../dist/datasets/convert/convertProcess.js", import.meta.url),
);

/** Conversions take turns: each may need as much memory as the largest upload. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Converts an upload in a process of its own, so that neither its work nor its memory, nor a file
 * that makes a decoder crash, is the API's.
 * @throws {AppError} as `convertDataset`; `data_invalid` if the process died of the files;
 *   `signal.reason` if it aborts first.
 */
export function runConversion(job: ConversionJob, signal: AbortSignal): Promise<Conversion> {
  const turn = last.then(() => convert(job, signal));
  last = turn.catch(() => {});
  return turn;
}

function convert(job: ConversionJob, signal: AbortSignal): Promise<Conversion> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const { PATH } = process.env;
    const child = fork(ENTRY, [], { execArgv: [], env: { PATH }, serialization: "advanced" });
    let answer: ConversionAnswer | undefined;
    const stop = () => child.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    child.once("message", (message) => {
      answer = message as ConversionAnswer;
    });
    child.once("error", reject);
    child.once("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else if (answer?.kind === "converted") resolve(answer.conversion);
      else if (answer?.kind === "refused")
        reject(new AppError(answer.code, answer.message, { errors: answer.errors }));
      else if (answer?.kind === "failed") reject(new Error(answer.message));
      else
        reject(
          new AppError(
            "data_invalid",
            `reading the files ended with ${killedBy ?? `exit code ${code}`}: they need more memory ` +
              "than there is, or are made to break their readers",
          ),
        );
    });
    child.send(job);
  });
}
