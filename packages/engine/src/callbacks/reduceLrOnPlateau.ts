import type { Callback } from "@sweepyard/contract";
import { type CallbackRule, improves } from "./callback.js";

export interface PlateauState {
  readonly best: number | null;
  /** Epochs since the last improvement or reduction. */
  readonly wait: number;
  /** Epochs for which nothing is counted after a reduction. */
  readonly cooldown: number;
}

/**
 * Multiplies the learning rate by `factor` when `monitor` has not improved for `patience` epochs,
 * down to `min_lr`. The count of `cooldown` falls before it is asked, so a cooldown of 1 holds
 * nothing back; as in Keras.
 * @see https://keras.io/api/callbacks/reduce_lr_on_plateau/
 */
export function reduceLrOnPlateau(
  config: Extract<Callback, { class_name: "ReduceLROnPlateau" }>,
): CallbackRule<PlateauState> {
  const { monitor, factor, patience, min_lr } = config;
  return {
    initial: { best: null, wait: 0, cooldown: 0 },
    after(state, { metrics, learningRate }) {
      const value = metrics[monitor];
      if (value === undefined) return { state };
      const cooling = state.cooldown > 0;
      const cooldown = cooling ? state.cooldown - 1 : 0;
      const waited = cooling ? 0 : state.wait;
      if (improves(config, value, state.best)) return { state: { best: value, wait: 0, cooldown } };
      if (cooldown > 0) return { state: { ...state, wait: waited, cooldown } };
      const wait = waited + 1;
      if (wait < patience || learningRate === null || learningRate <= min_lr)
        return { state: { ...state, wait, cooldown } };
      return {
        state: { ...state, wait: 0, cooldown: config.cooldown },
        learningRate: Math.max(learningRate * factor, min_lr),
      };
    },
  };
}
