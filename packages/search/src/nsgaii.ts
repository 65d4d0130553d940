import type { Direction } from "@sweepyard/contract";
import { type BreedOptions, breed } from "./breed.js";
import { crowdingDistances } from "./crowdingDistance.js";
import { dueGeneration } from "./generations.js";
import { directionsOf, type ScoredRun } from "./objectives.js";
import { drawIndex } from "./observation.js";
import { randomSampler } from "./random.js";
import { rankPopulation, selectByFront } from "./rankPopulation.js";
import type { Goal, Sampler } from "./sampler.js";
import { createUniform } from "./uniform.js";
import { untried } from "./untried.js";

/** What tells one genetic sampler from another: which of a crowded front survive. */
interface GeneticRules {
  readonly name: string;
  readonly options: BreedOptions;
  readonly directions: readonly Direction[];
  /** `count` of the runs. */
  select(runs: readonly ScoredRun[], count: number, generation: number, seed: number): ScoredRun[];
}

/**
 * NSGA-II, for one objective or several, with Optuna 5.0's defaults: a random generation, then
 * generations of children whose parents are the best of the last generation and its parents, by
 * front and, within the front that does not fit whole, by loneliness.
 * Constraints: Deb's rules. A generation is full once `population_size` of its runs completed.
 * @see Deb et al., "A fast and elitist multiobjective genetic algorithm: NSGA-II", IEEE Trans.
 *   Evol. Comput. 6 (2002)
 */
export function createNsgaiiSampler(options: BreedOptions, goal: Goal): Sampler {
  return createGeneticSampler({
    name: "nsgaii",
    options,
    directions: directionsOf(goal),
    select: (runs, count) => selectByFront(runs, count, loneliest),
  });
}

export function createGeneticSampler({ name, options, directions, select }: GeneticRules): Sampler {
  return {
    learns: true,
    ask(space, history, seed) {
      const size = options.population_size;
      const generation = dueGeneration(history, {
        sampler: name,
        directions,
        populationSize: size,
        select: (runs, number) => select(runs, size, number, seed),
      });
      const reason = { sampler: name, generation: generation.number, of: size };
      const nextUnit = createUniform(seed, drawIndex(history));
      const { parents } = generation;
      if (parents.length === 0) {
        const random = randomSampler.ask(space, history, seed);
        return random && { ...random, reason };
      }
      const child = untried(history, () => breed(space, parents, options, nextUnit));
      const fronts = rankPopulation(parents);
      const rankOf = (run: ScoredRun) => fronts.findIndex((front) => front.includes(run));
      return {
        params: child.params,
        reason: {
          ...reason,
          parents: child.parents.map(({ run }) => run.number).join(", "),
          parent_ranks: child.parents.map(rankOf).join(", "),
        },
      };
    },
  };
}

function loneliest(front: readonly ScoredRun[], room: number): ScoredRun[] {
  const distances = crowdingDistances(front.map(({ losses }) => losses));
  const order = front.map((_, index) => index);
  order.sort((a, b) => compare(distances[b] ?? 0, distances[a] ?? 0) || a - b);
  return order.slice(0, room).flatMap((index) => front[index] ?? []);
}

/** Of infinite distances too, whose difference would be NaN. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);
