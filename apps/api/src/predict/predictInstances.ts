import type { Id, PredictAnswer, PredictBody } from "@sweepyard/contract";
import { nameOutputs } from "./nameOutputs.js";
import type { Predictor } from "./predictor.js";
import { readInstances } from "./readInstances.js";

/** Classes that are named where nobody says how many. */
export const TOP_K = 5;

/**
 * Answers rows that came as JSON.
 * @param spec `name`, `name@alias` or `name@version`.
 * @throws {AppError} `not_found`, `shape_mismatch`, `invalid_request`.
 */
export async function predictInstances(
  predictor: Predictor,
  projectId: Id,
  spec: string,
  { instances, top_k: topK = TOP_K }: PredictBody,
): Promise<PredictAnswer> {
  const predicted = await predictor.predict(projectId, spec, (version) =>
    readInstances(instances, version),
  );
  return nameOutputs(predicted, topK);
}
