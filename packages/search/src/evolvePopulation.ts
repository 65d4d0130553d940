import type {
  Direction,
  Params,
  PbtSamplerConfig,
  PopulationMove,
  Space,
} from "@sweepyard/contract";
import { evolve } from "./evolve.js";
import type { Observation } from "./observation.js";

/** A run of a population. */
export interface Member {
  readonly number: number;
  readonly params: Params;
  readonly excluded: boolean;
  /** Its value each time it was compared. */
  readonly rungs: readonly number[];
  /** Where it waits; null: it trains, has ended, or a person paused it. */
  readonly pausedAtRung: number | null;
  readonly hasCheckpoint: boolean;
}

export interface Population {
  readonly members: readonly Member[];
  readonly direction: Direction;
  readonly options: Omit<PbtSamplerConfig, "name">;
  /** The sweep's own. */
  readonly seed: number;
}

/**
 * What each member that waits does next, now that nobody trains: those that wait at one rung are
 * compared with each other, so all have trained for as long. A function of its arguments alone: the
 * same population gives the same moves however many slots it was trained on.
 * @see Jaderberg et al., "Population based training of neural networks" (2017)
 */
export function evolvePopulation(space: Space, population: Population): PopulationMove[] {
  const { direction, options, seed } = population;
  const waiting = population.members
    .filter(({ pausedAtRung }) => pausedAtRung !== null)
    .sort((a, b) => a.number - b.number);
  return waiting.map(({ number, pausedAtRung }) => {
    const peers = waiting.filter((member) => member.pausedAtRung === pausedAtRung);
    const history = peers.map((member) => toObservation(member, options.perturbation_interval));
    const evolution = evolve(space, { history, number, direction, options, seed });
    const stay = { number, from: null, params: null };
    if (evolution.kind === "continue") return { ...stay, reason: evolution.reason };
    const source = peers.find((member) => member.number === evolution.copyFrom);
    if (source?.hasCheckpoint !== true) {
      const why = `run ${evolution.copyFrom} has no checkpoint to copy`;
      return { ...stay, reason: { ...evolution.reason, why } };
    }
    return {
      number,
      from: evolution.copyFrom,
      params: evolution.params,
      reason: evolution.reason,
    };
  });
}

function toObservation(member: Member, interval: number): Observation {
  const { number, params, excluded, pausedAtRung } = member;
  const rung = pausedAtRung ?? 0;
  const value = member.rungs[rung] ?? Number.NaN;
  const points = [{ step: (rung + 1) * interval - 1, value }];
  return { number, params, state: "paused", value: null, points, excluded };
}
