import { answerJob } from "../forkJob.js";
import { compareModels } from "./compareModels.js";
import { exportRun } from "./exportRun.js";
import type { ModelJob, ResultOf } from "./modelJob.js";
import { surveyTraining } from "./surveyTraining.js";

function work(job: ModelJob): Promise<ResultOf[ModelJob["kind"]]> {
  switch (job.kind) {
    case "export":
      return exportRun(job);
    case "compare":
      return compareModels(job);
    case "baseline":
      return surveyTraining(job);
  }
}

/** The process of `runModelJob`. */
answerJob(work);
