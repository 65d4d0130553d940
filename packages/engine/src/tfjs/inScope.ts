import type { TensorFlow } from "./tensorFlow.js";

/** Frees every tensor that `work` makes; `tf.tidy` for results that hold no tensors. */
export function inScope<Result>(tf: TensorFlow, work: () => Result): Result {
  tf.engine().startScope();
  try {
    return work();
  } finally {
    tf.engine().endScope();
  }
}
