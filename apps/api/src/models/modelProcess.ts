import { answerJob } from "../forkJob.js";
import { compareModels } from "./compareModels.js";
import { exportRun } from "./exportRun.js";
import type { CompareResult, ExportResult, ModelJob } from "./modelJob.js";

/** The process of `runModelJob`. */
answerJob(
  (job: ModelJob): Promise<ExportResult | CompareResult> =>
    job.kind === "export" ? exportRun(job) : compareModels(job),
);
