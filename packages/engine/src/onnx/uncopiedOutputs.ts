import type { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";

/**
 * onnxruntime-node writes outputs to tensors of ours, and then copies each into a new array that it
 * returns. For the gradients of the seed's network this and collecting these arrays doubled the time
 * of a step. It leaves off at an output that is no tensor, though, with an error:
 * so a graph whose outputs all go to our tensors has an empty sequence as its first output.
 * Measured: docs/decisions/training-graph.md
 */
export const UNCOPIED = "uncopied";

const IS_NO_TENSOR = /non tensor type/i;

/** Runs a session whose first output is `UNCOPIED`; every other one is written to its tensor. */
export async function runInto(
  session: InferenceSession,
  feeds: Readonly<Record<string, OrtTensor>>,
  outputs: Readonly<Record<string, OrtTensor>>,
): Promise<void> {
  try {
    await session.run(feeds, { [UNCOPIED]: null, ...outputs });
  } catch (error) {
    if (!(error instanceof Error && IS_NO_TENSOR.test(error.message))) throw error;
  }
}
