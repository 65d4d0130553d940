import type { Callback } from "@sweepyard/contract";
import { type CallbackRule, improves } from "./callback.js";

export interface EarlyStoppingState {
  readonly best: number | null;
  /** Counted from 1; 0 before the first epoch that counts. */
  readonly bestEpoch: number;
  /** Epochs since the last one that improved, and beat the baseline where there is one. */
  readonly wait: number;
}

/**
 * Ends training when `monitor` has not improved for `patience` epochs, the first epoch never. An
 * improvement that does not reach `baseline` counts as best, but the count of epochs goes on.
 * @see https://keras.io/api/callbacks/early_stopping/
 */
export function earlyStopping(
  config: Extract<Callback, { class_name: "EarlyStopping" }>,
): CallbackRule<EarlyStoppingState> {
  const { monitor, patience, baseline = null, start_from_epoch, restore_best_weights } = config;
  return {
    initial: { best: null, bestEpoch: 0, wait: 0 },
    after(state, { epoch, metrics }) {
      const value = metrics[monitor];
      if (value === undefined || epoch <= start_from_epoch) return { state };
      const wait = state.wait + 1;
      if (improves(config, value, state.best)) {
        const isEnough = baseline === null || improves(config, value, baseline);
        return {
          state: { best: value, bestEpoch: epoch, wait: isEnough ? 0 : wait },
          keepWeights: restore_best_weights,
        };
      }
      const waiting = { ...state, wait };
      if (wait < patience || epoch === 1) return { state: waiting };
      const epochs = wait === 1 ? "1 epoch" : `${wait} epochs`;
      return { state: waiting, stop: `${monitor} has not improved for ${epochs}` };
    },
  };
}
