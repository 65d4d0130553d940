import type { Value } from "./opGraph.js";

/** Names of the graphs' inputs and outputs. */
export const X = "x"; // [rows, inputs], the whole data set
export const Y = "y"; // class ids [rows], or targets [rows, outputs]
export const ROW_WEIGHTS = "row_weights"; // [rows]
export const ORDER = "order"; // row numbers: [steps, batch] in training, [batch] in evaluation
export const KEYS = "keys"; // uint32 [steps, keysPerStep]
export const STEPS = "steps";
export const LOSSES = "losses"; // per step: summed over the batch, penalties times its rows
export const metricOutput = (name: string): Value => `metrics/${name}`; // per step: summed over the batch
export const stepInput = (name: Value): Value => `steps/${name}`; // [steps], a scalar of each step
export const stateInput = (id: Value): Value => `in/${id}`;
export const stateOutput = (id: Value): Value => `out/${id}`;
export const slotId = (slot: string, blockId: Value): Value => `${slot}:${blockId}`;
