import type { Callback } from "@sweepyard/contract";
import { type CallbackRule, improves } from "./callback.js";

export interface BestState {
  readonly best: number | null;
  readonly bestEpoch: number;
}

/**
 * Keeps the weights of the epoch at which `monitor` was best.
 * @see https://keras.io/api/callbacks/model_checkpoint/ with save_best_only
 */
export const modelCheckpoint = (
  config: Extract<Callback, { class_name: "ModelCheckpoint" }>,
): CallbackRule<BestState> => ({
  initial: { best: null, bestEpoch: 0 },
  after(state, { epoch, metrics }) {
    const value = metrics[config.monitor];
    if (value === undefined || !improves(config, value, state.best)) return { state };
    return { state: { best: value, bestEpoch: epoch }, keepWeights: true };
  },
});
