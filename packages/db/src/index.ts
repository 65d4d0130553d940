export * from "./advanceSweep.js";
export { ArtifactStore, type Bytes, type PutOptions } from "./artifactStore.js";
export * from "./askAndTell.js";
export { beatAskedRun, type HeldAnswer, reportAskedRun } from "./askedRun.js";
export * from "./backup/backUp.js";
export * from "./backup/restore.js";
export * from "./baselines.js";
export * from "./batches/batchActions.js";
export * from "./batches/batchResults.js";
export { getBatch, listBatches } from "./batches/batchView.js";
export { beatChunk, type ClaimedChunk, claimChunk } from "./batches/claimChunk.js";
export { createBatch, type NewBatchInput, type PackedItem } from "./batches/createBatch.js";
export { type ChunkOutcome, finishChunk } from "./batches/finishChunk.js";
export { CHUNK_ATTEMPTS } from "./batches/takeBackChunks.js";
export { type ChunkDelivery, waitingChunks } from "./batches/waitingChunks.js";
export * from "./bestRun.js";
export * from "./bestSoFar.js";
export * from "./claimNextRun.js";
export {
  type ClaimedCommand,
  type ClaimedRun,
  type ClaimedTraining,
  claimRun,
} from "./claimRun.js";
export * from "./collectFiles.js";
export * from "./compareRuns.js";
export { type ConnectOptions, connect, type Db } from "./connect.js";
export * from "./createRun.js";
export * from "./createSweep.js";
export * from "./datasets.js";
export * from "./delivery.js";
export * from "./drainWorker.js";
export * from "./dropOldVersions.js";
export * from "./editSweep.js";
export * from "./enqueuePoints.js";
export * from "./events.js";
export type { Evolve, EvolvingSweep, MemberRow } from "./evolvePaused.js";
export * from "./finishRun.js";
export * from "./getArtifact.js";
export * from "./heartbeat.js";
export * from "./importanceState.js";
export * from "./judgeReport.js";
export * from "./keys.js";
export * from "./listRuns.js";
export * from "./listSweeps.js";
export * from "./measuredRuns.js";
export * from "./migrate.js";
export * from "./modelExports.js";
export * from "./models.js";
export * from "./page.js";
export * from "./paretoRuns.js";
export * from "./patchRun.js";
export * from "./principal.js";
export * from "./projects.js";
export * from "./promotePaused.js";
export * from "./promoteRun.js";
export * from "./promoteWinner.js";
export * from "./promotionCase.js";
export { decidePromotion, listPromotions } from "./promotions.js";
export { type JudgedRun, judgedRuns, pruningLog } from "./pruningLog.js";
export * from "./queueHistory.js";
export * from "./queueStatus.js";
export * from "./readLoad.js";
export * from "./reconcile.js";
export * from "./recordDevice.js";
export * from "./recordLoad.js";
export * from "./reportEpoch.js";
export * from "./reportSteps.js";
export * from "./resolveModel.js";
export * from "./retryRuns.js";
export * from "./rowForm.js";
export * from "./runActions.js";
export * from "./runColumnNames.js";
export { runArtifacts, runAttempts, runMetrics, runReport } from "./runDetails.js";
export * from "./runIds.js";
export * from "./servedHours.js";
export * from "./sessions.js";
export type { Asker, JudgedGates } from "./settlePromotion.js";
export * from "./sweepActions.js";
export * from "./sweepColumns.js";
export * from "./sweepCurveBands.js";
export * from "./sweepCurves.js";
export * from "./sweepDecision.js";
export * from "./sweepHistoryViews.js";
export * from "./sweepTimeline.js";
export * from "./tellRuns.js";
export * from "./unreferencedFiles.js";
export {
  type ClaimedDelivery,
  claimDeliveries,
  type DeliveryAttempt,
  recordAttempt,
} from "./webhooks/claimDeliveries.js";
export * from "./webhooks/deliveries.js";
export {
  createWebhook,
  deleteWebhook,
  listWebhooks,
  patchWebhook,
  rotateWebhookSecret,
} from "./webhooks/webhooks.js";
export * from "./workers.js";
