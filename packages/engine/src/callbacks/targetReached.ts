import type { Callback } from "@sweepyard/contract";
import { type CallbackRule, rises } from "./callback.js";

/** Ends training after the epoch that reaches `target`. */
export const targetReached = (
  config: Extract<Callback, { class_name: "TargetReached" }>,
): CallbackRule<null> => ({
  initial: null,
  after(state, { metrics }) {
    const { monitor, target } = config;
    const value = metrics[monitor];
    const reached = value !== undefined && (rises(config) ? value >= target : value <= target);
    if (!reached) return { state };
    return { state, stop: `${monitor} ${Number(value.toPrecision(4))} has reached ${target}` };
  },
});
