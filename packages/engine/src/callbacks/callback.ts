import { type EpochMetrics, type Monitor, risesByDefault } from "@sweepyard/contract";

/** What a callback sees of an epoch that has ended. */
export interface EndedEpoch {
  /** Counted from 1. */
  readonly epoch: number;
  readonly metrics: EpochMetrics;
  /** The rate of the epochs to come, as it stands; null where a schedule sets it. */
  readonly learningRate: number | null;
  /** This epoch's, its validation included. */
  readonly seconds: number;
}

/**
 * What happens between epochs, as a state machine: the same state and epoch give the same answer,
 * and the state is plain JSON that goes into the checkpoint, so that a resumed run goes on exactly.
 */
export interface CallbackRule<State> {
  readonly initial: State;
  after(state: State, ended: EndedEpoch): CallbackAnswer<State>;
}

export interface CallbackAnswer<State> {
  readonly state: State;
  /** Why training ends here, in words. */
  readonly stop?: string;
  /** Of the epochs to come. */
  readonly learningRate?: number;
  /** This epoch is the best so far, and its weights are to be kept. */
  readonly keepWeights?: boolean;
}

/** A metric that is followed, with Keras' meaning of `mode` and `min_delta`. */
export interface Watch {
  readonly monitor: Monitor;
  readonly mode: "auto" | "min" | "max";
  readonly min_delta?: number;
}

/** Whether `value` is better than `best` by more than `min_delta`; anything is better than null. */
export function improves(watch: Watch, value: number, best: number | null): boolean {
  if (best === null) return true;
  const { min_delta = 0 } = watch;
  return rises(watch) ? value - min_delta > best : value + min_delta < best;
}

/** Losses and errors fall and all else rises, unless `mode` says which. */
export const rises = ({ monitor, mode }: Watch): boolean =>
  mode === "auto" ? risesByDefault(monitor) : mode === "max";
