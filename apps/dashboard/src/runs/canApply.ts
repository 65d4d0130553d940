import { type RunState, statesThatAllow } from "@sweepyard/contract";
import type { RunAction } from "../api/actions.js";

/** Whether the contract's state table lets a run in `state` take `action`. */
export const canApply = (action: RunAction, state: RunState): boolean =>
  statesThatAllow(action).includes(state);
