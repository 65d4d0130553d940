import type { NsgaiiiSamplerConfig } from "@sweepyard/contract";
import { createGeneticSampler } from "./nsgaii.js";
import { directionsOf, type ScoredRun } from "./objectives.js";
import { selectByFront } from "./rankPopulation.js";
import { associate, normaliseObjectives, referenceDirections } from "./referenceDirections.js";
import type { Goal, Sampler } from "./sampler.js";
import { createUniform } from "./uniform.js";

export type NsgaiiiOptions = Omit<NsgaiiiSamplerConfig, "name">;

/**
 * NSGA-III, for three objectives and more, with Optuna 5.0's defaults: as NSGA-II, but of the
 * front that does not fit whole those survive whose reference direction has fewest survivors.
 * @see Deb & Jain, "An evolutionary many-objective optimization algorithm using reference-point
 *   based nondominated sorting approach, part I", IEEE Trans. Evol. Comput. 18 (2014)
 */
export function createNsgaiiiSampler(options: NsgaiiiOptions, goal: Goal): Sampler {
  const goals = directionsOf(goal);
  const directions = referenceDirections(goals.length, options.dividing_parameter);
  return createGeneticSampler({
    name: "nsgaiii",
    options,
    directions: goals,
    select: (runs, count, generation, seed) => {
      // The same draws at every ask of a generation: its parents must not change.
      const nextUnit = createUniform(seed, generation);
      return selectByFront(runs, count, (front, room, chosen) =>
        fillNiches({ front, chosen, directions, room, nextUnit }),
      );
    },
  });
}

interface NicheTask {
  readonly front: readonly ScoredRun[];
  readonly chosen: readonly ScoredRun[];
  readonly directions: readonly Float64Array[];
  readonly room: number;
  readonly nextUnit: () => number;
}

/** `room` of the front's runs, always from a direction with fewest chosen ones. */
function fillNiches({ front, chosen, directions, room, nextUnit }: NicheTask): ScoredRun[] {
  const normalised = normaliseObjectives([...chosen, ...front].map(({ losses }) => losses));
  const niches = normalised.map((point) => associate(point, directions));
  const survivors = new Uint32Array(directions.length);
  for (const { direction } of niches.slice(0, chosen.length))
    survivors[direction] = (survivors[direction] ?? 0) + 1;
  let waiting = front.map((run, index) => {
    const { direction, distance } = niches[chosen.length + index] ?? { direction: 0, distance: 0 };
    return { run, direction, distance };
  });

  const picked: ScoredRun[] = [];
  while (picked.length < room && waiting.length > 0) {
    const fewest = Math.min(...waiting.map(({ direction }) => survivors[direction] ?? 0));
    const emptiest = new Set(
      waiting.map(({ direction }) => direction).filter((d) => survivors[d] === fewest),
    );
    const direction = anyOf([...emptiest], nextUnit);
    const members = waiting.filter((candidate) => candidate.direction === direction);
    const nearest = members.toSorted((a, b) => a.distance - b.distance)[0];
    const next = fewest === 0 ? nearest : anyOf(members, nextUnit);
    if (next === undefined || direction === undefined) break;
    picked.push(next.run);
    survivors[direction] = fewest + 1;
    waiting = waiting.filter((candidate) => candidate !== next);
  }
  return picked;
}

const anyOf = <Item>(items: readonly Item[], nextUnit: () => number): Item | undefined =>
  items[Math.floor(nextUnit() * items.length)];
