import type { Direction } from "@sweepyard/contract";
import { type ScoredRun, scoredRuns } from "./objectives.js";
import type { Observation } from "./observation.js";

/** Which generation is due, and those whose children it holds. */
export interface Generation {
  /** Counts from 0, whose runs have no parents. */
  readonly number: number;
  readonly parents: readonly ScoredRun[];
  /** How many runs of this generation have completed. */
  readonly completed: number;
}

export interface GenerationRules {
  /** The sampler that wrote `generation` in the reasons of its runs. */
  readonly sampler: string;
  readonly directions: readonly Direction[];
  /** Completed runs that make a generation; runs that fail are made up for. */
  readonly populationSize: number;
  /** Those of a generation and of its parents that become the parents of the next one. */
  readonly select: (runs: readonly ScoredRun[], generation: number) => readonly ScoredRun[];
}

/**
 * Reads from the history alone which generation the next run belongs to. Runs that another
 * sampler or a person proposed count for generation 0, so that they become parents too.
 * A run that completes late still joins its generation.
 */
export function dueGeneration(
  history: readonly Observation[],
  { sampler, directions, populationSize, select }: GenerationRules,
): Generation {
  const generations: ScoredRun[][] = [];
  for (const scored of scoredRuns(history, directions)) {
    const number = generationOf(scored.run, sampler);
    for (let missing = generations.length; missing <= number; missing++) generations.push([]);
    generations[number]?.push(scored);
  }
  const completed = generations.at(-1)?.length ?? 0;
  const full = completed >= populationSize;
  const due = full ? generations.length : Math.max(0, generations.length - 1);
  let parents: readonly ScoredRun[] = [];
  for (let number = 1; number <= due; number++)
    parents = select([...(generations[number - 1] ?? []), ...parents], number);
  return { number: due, parents, completed: full ? 0 : completed };
}

/** No sweep has more generations than this; a larger number was not written by a sampler. */
const MOST_GENERATIONS = 1_000_000;

function generationOf({ reason }: Observation, sampler: string): number {
  const generation = reason?.sampler === sampler ? reason.generation : 0;
  return typeof generation === "number" &&
    Number.isInteger(generation) &&
    generation >= 0 &&
    generation < MOST_GENERATIONS
    ? generation
    : 0;
}
