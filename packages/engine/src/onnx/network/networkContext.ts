import type { OpGraph, Value } from "../opGraph.js";

/** What layers find in the graph that they are added to. */
export interface NetworkContext {
  readonly graph: OpGraph;
  /** Normalise by the batch, drop and add noise; otherwise as for predictions. */
  readonly training: boolean;
  /** The value of a weight. */
  weight(name: string): Value;
  /** Whether a Dense kernel is held as [columns, rows]. */
  isTransposed(kernel: string): boolean;
  /** A float32 number of the plan: an input of the graph, so that runs that differ in it share one. */
  scalar(name: string, value: number): Value;
  /** The same as uint32. */
  unsigned(name: string, value: number): Value;
  /** What a weight that is no parameter becomes by this step. */
  setState(name: string, value: Value): void;
  /** Absent: nothing random happens. */
  readonly random?: Randomness;
}

export interface Randomness {
  /** Multiples of `RAMP_STEP`, uint32, as many as a batch of rows of `size` has numbers. */
  ramp(size: number): Value;
  /** A uint32 scalar drawn for this step; another one at every call. */
  key(): Value;
}
