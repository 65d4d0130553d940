import type { Callback } from "@sweepyard/contract";
import type { CallbackRule } from "./callback.js";

/**
 * Ends training after the epoch in which its time, that of all attempts together, is up. The one
 * callback that no seed decides. Its state is the seconds so far.
 */
export const timeLimit = (
  config: Extract<Callback, { class_name: "TimeLimit" }>,
): CallbackRule<number> => ({
  initial: 0,
  after(before, { seconds }) {
    const state = before + seconds;
    if (state < config.seconds) return { state };
    return { state, stop: `the limit of ${config.seconds} s of training has passed` };
  },
});
