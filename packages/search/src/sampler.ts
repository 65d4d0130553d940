import type { Direction, Params, Space } from "@sweepyard/contract";
import type { Observation } from "./observation.js";
import type { SampleReason } from "./sampleReason.js";

export interface Suggestion {
  readonly params: Params;
  readonly reason: SampleReason;
}

/** What makes one run better than another. */
export interface Goal {
  /** Of the first objective. */
  readonly direction: Direction;
  /** Of a sweep with several objectives all of them, in the order of `Observation.values`. */
  readonly directions?: readonly Direction[];
}

export interface Sampler {
  /**
   * Whether results of earlier runs change the answer. If so, asking far ahead of them wastes
   * what they could teach: keep no more runs waiting than slots can soon take.
   */
  readonly learns: boolean;
  /**
   * Proposes one configuration, or null when the space has nothing left to try (grid only).
   * There is no `tell`: finishing a run stores the row that the next `ask` reads.
   * Same arguments give the same answer on any machine, so a sweep can be replayed.
   *
   * @param history every run of the sweep, in any order and any state, running and queued ones
   *   too. Leaving some out makes a sampler propose the same params again.
   * @param seed the sweep's own seed, the same for every ask of that sweep: the history's length
   *   (`drawIndex`) tells which draw of the seed's sequence is due. Sobol and others rely on it.
   *   An integer from 0 to 2^32 - 1.
   */
  ask(space: Space, history: readonly Observation[], seed: number): Suggestion | null;
}
