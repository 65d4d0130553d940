import { z } from "zod";
import { requirePlainJson } from "./requirePlainJson.js";
import { strictObject } from "./strictObject.js";

const MOST_INSTANCES = 1024;

/**
 * Rows for a model: pixels from 0 to 255, or a table's numbers. Each is nested as the model's input
 * is, or flat, or bytes in base64; one row may stand for a list of one.
 */
export const PredictBody = strictObject({
  // Only the outermost list is checked here: a schema for every number would take seconds.
  instances: z
    .array(z.union([z.number(), z.array(z.unknown()), strictObject({ b64: z.base64() })]))
    .min(1)
    .max(MOST_INSTANCES),
  /** Of a classification, how many classes to name. */
  top_k: z.int().min(1).max(1000).optional(),
});
export type PredictBody = z.infer<typeof PredictBody>;

/**
 * What `PredictBody` takes. A list of lists is seen to be one at a glance: what is in them is checked
 * by whoever knows the model's shape, and to look at each of 784 pixels twice more would cost more
 * than to predict. All else goes the way of every other body.
 * @throws {AppError} `invalid_request`. @throws {z.ZodError}
 */
export function parsePredictBody(input: unknown): PredictBody {
  if (isListOfLists(input)) return input;
  requirePlainJson(input);
  return PredictBody.parse(input);
}

function isListOfLists(input: unknown): input is PredictBody {
  if (typeof input !== "object" || input === null) return false;
  for (const key in input) if (key !== "instances") return false;
  if (!("instances" in input) || !Array.isArray(input.instances)) return false;
  const { length } = input.instances;
  return length > 0 && length <= MOST_INSTANCES && input.instances.every(Array.isArray);
}
