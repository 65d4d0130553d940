import type { Value } from "./opGraph.js";

/** Names of the graphs' inputs and outputs. */
export const X = "x"; // [rows, inputs], the whole data set
export const Y = "y"; // class ids [rows], or targets [rows, outputs]
export const ROW_WEIGHTS = "row_weights"; // [rows]
export const ORDER = "order"; // the batch's row numbers, [batch]
export const KEYS = "keys"; // uint32 [keysPerStep]
export const LOSS = "loss"; // summed over the batch, penalties times its rows
export const metricOutput = (name: string): Value => `metrics/${name}`; // summed over the batch
export const gradientOutput = (weight: Value): Value => `gradients/${weight}`;
export const stateOutput = (weight: Value): Value => `next/${weight}`; // of a moving statistic
