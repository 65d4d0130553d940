import { fork } from "node:child_process";
import { AppError } from "@sweepyard/contract";

/** What a process that `forkJob` starts answers with, once. */
type JobAnswer<Result> =
  | { readonly kind: "done"; readonly result: Result }
  | {
      readonly kind: "refused";
      readonly code: AppError["code"];
      readonly message: string;
      readonly errors: AppError["errors"];
    }
  | { readonly kind: "failed"; readonly message: string };

export interface ForkedJob<Job> {
  /** The file of the process, which calls `answerJob`. */
  readonly entry: string;
  readonly job: Job;
  readonly signal: AbortSignal;
  /** What to throw if the process dies. @param how a signal's name or `exit code 1`. */
  died(how: string): AppError;
}

/**
 * Does a job in a process of its own, so that neither its work nor its memory, nor a file that makes
 * a reader crash, is the API's.
 * @throws {AppError} what the process refuses; `signal.reason` if it aborts first.
 */
export function forkJob<Job extends object, Result>({
  entry,
  job,
  signal,
  died,
}: ForkedJob<Job>): Promise<Result> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const { PATH } = process.env;
    const child = fork(entry, [], { execArgv: [], env: { PATH }, serialization: "advanced" });
    let answer: JobAnswer<Result> | undefined;
    const stop = () => child.kill("SIGKILL");
    signal.addEventListener("abort", stop);
    child.once("message", (message) => {
      answer = message as JobAnswer<Result>;
    });
    child.once("error", reject);
    child.once("exit", (code, killedBy) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason);
      else if (answer?.kind === "done") resolve(answer.result);
      else if (answer?.kind === "refused")
        reject(new AppError(answer.code, answer.message, { errors: answer.errors }));
      else if (answer?.kind === "failed") reject(new Error(answer.message));
      else reject(died(killedBy ?? `exit code ${code}`));
    });
    child.send(job);
  });
}

/** The other side, in the process: takes one job, answers and ends. */
export function answerJob<Job, Result>(work: (job: Job) => Promise<Result>): void {
  const answer = (message: JobAnswer<Result>): void => {
    process.send?.(message, () => process.exit());
  };
  process.once("message", (job) => {
    work(job as Job).then(
      (result) => answer({ kind: "done", result }),
      (error: unknown) =>
        answer(
          error instanceof AppError
            ? { kind: "refused", code: error.code, message: error.message, errors: error.errors }
            : {
                kind: "failed",
                message: error instanceof Error ? String(error.stack) : String(error),
              },
        ),
    );
  });
  process.once("disconnect", () => process.exit()); // the API has gone
}
