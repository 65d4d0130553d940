export * from "./appError.js";
export * from "./askTell.js";
export * from "./augmentation.js";
export * from "./batches.js";
export * from "./bestSoFar.js";
export * from "./budget.js";
export * from "./callbacks.js";
export * from "./classificationReportText.js";
export * from "./commandTrainer.js";
export * from "./condition.js";
export * from "./createRun.js";
export * from "./csv.js";
export * from "./curveBands.js";
export * from "./datasets.js";
export * from "./describeReason.js";
export * from "./drain.js";
export * from "./epochLedger.js";
export * from "./events.js";
export * from "./exports.js";
export * from "./fashionMnistClasses.js";
export * from "./filter.js";
export * from "./formatFilter.js";
export * from "./ids.js";
export * from "./importance.js";
export * from "./jobs.js";
export * from "./layers.js";
export * from "./load.js";
export * from "./loss.js";
export * from "./mcnemar.js";
export * from "./metricConstraint.js";
export * from "./metrics.js";
export * from "./model.js";
export * from "./modelNames.js";
export * from "./modelPixels.js";
export * from "./objective.js";
export * from "./optimizers.js";
export * from "./packedPredictions.js";
export * from "./paramConstraint.js";
export * from "./paramValue.js";
export * from "./parseSweep.js";
export * from "./plan.js";
export * from "./planTemplate.js";
export * from "./predictBody.js";
export * from "./probePoints.js";
export * from "./problem.js";
export * from "./promoteWinner.js";
export * from "./pruners.js";
export * from "./pruningLog.js";
export * from "./queueHistory.js";
export * from "./registry.js";
export * from "./report.js";
export * from "./reportFigures.js";
export * from "./reportMetrics.js";
export * from "./requirePlainJson.js";
export type { RouteDefinition } from "./routes/routeDefinition.js";
export {
  BestQuery,
  ListRuns,
  MOST_RETRIES,
  PatchRun,
  PromoteRun,
  RetriedRuns,
  RetryRuns,
  RunComparison,
} from "./routes/runRoutes.js";
export { CreateKey, CreateProject, Me } from "./routes/systemRoutes.js";
export * from "./routes.js";
export * from "./runPreview.js";
export * from "./runState.js";
export * from "./samplers.js";
export * from "./schedules.js";
export * from "./serving.js";
export * from "./settings.js";
export * from "./space.js";
export * from "./split.js";
export * from "./sweep.js";
export * from "./sweepColumns.js";
export * from "./sweepEdit.js";
export * from "./sweepLog.js";
export * from "./sweepPreview.js";
export * from "./sweepTimeline.js";
export * from "./sweepTrainer.js";
export * from "./terminator.js";
export * from "./trainer.js";
export * from "./views.js";
export * from "./webhooks.js";
export * from "./winnerPromotionText.js";
export * from "./zodErrors.js";
