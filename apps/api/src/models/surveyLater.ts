import type { Id } from "@sweepyard/contract";
import type { ApiDeps } from "../apiDeps.js";

/** Looks at what a promoted model finds in its training rows, while others go on. */
export function surveyLater(
  { predictor, log, stopping }: Pick<ApiDeps, "predictor" | "log" | "stopping">,
  projectId: Id,
  runId: Id,
): void {
  predictor.baseline(projectId, runId).catch((error: unknown) => {
    if (stopping.aborted) return;
    log.warn(
      { err: error, runId },
      "drift is not measured: the training rows could not be looked at",
    );
  });
}
