import type { DifferentialEvolutionSamplerConfig } from "@sweepyard/contract";
import { differentialChild, drawThree } from "./differential.js";
import { compareLosses } from "./dominance.js";
import { beats, directionsOf, type ScoredRun, scoredRuns } from "./objectives.js";
import { drawIndex } from "./observation.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";
import { dueSlot, toSlots } from "./slots.js";
import { createUniform } from "./uniform.js";
import { untried } from "./untried.js";

export type DifferentialEvolutionOptions = Omit<DifferentialEvolutionSamplerConfig, "name">;

/**
 * Differential evolution, DE/rand/1/bin, one run at a time: each slot of the population holds the
 * best run asked for it so far, and a child of three other slots challenges the slots in turn. A
 * child replaces what its slot holds if it is no worse, whenever it completes; nobody waits for
 * a generation. Constraints: Deb's rules; with several objectives a child must dominate. Pruned
 * runs lose.
 * @see Storn & Price, "Differential evolution – a simple and efficient heuristic for global
 *   optimization over continuous spaces", J. Global Optim. 11 (1997)
 */
export function createDifferentialEvolutionSampler(
  options: DifferentialEvolutionOptions,
  goal: Goal,
): Sampler {
  const directions = directionsOf(goal);
  return {
    learns: true,
    ask(space, history, seed) {
      const slots = toSlots(history, { sampler: "de", size: options.population_size });
      const slot = dueSlot(slots);
      const reason = { sampler: "de", slot: slot.index, generation: slot.runs.length };
      const scored = new Map(scoredRuns(history, directions).map((each) => [each.run, each]));
      const holders = slots.map(({ runs }) =>
        holderOf(runs.flatMap((run) => scored.get(run) ?? [])),
      );
      // The one to challenge may still be running: its params are known.
      const target = holders[slot.index]?.run ?? slot.runs[0];
      const others = holders.flatMap((holder) =>
        holder === null || holder.run === target ? [] : [holder.run],
      );
      const nextUnit = createUniform(seed, drawIndex(history));
      if (target === undefined || others.length < 3) {
        const random = randomSampler.ask(space, history, seed);
        return random && { ...random, reason: { ...reason, random: true } };
      }
      return untried(history, () => {
        const [a, b, c] = drawThree(others, nextUnit) ?? [target, target, target];
        const parents = { target: target.params, donors: [a.params, b.params, c.params] } as const;
        return {
          params: differentialChild(space, parents, options, nextUnit),
          reason: {
            ...reason,
            target: target.number,
            parents: [a, b, c].map(({ number }) => number).join(", "),
          },
        };
      });
    },
  };
}

/** The last one that was no worse than the one before it. */
function holderOf(runs: readonly ScoredRun[]): ScoredRun | null {
  let holder: ScoredRun | null = null;
  for (const run of runs)
    if (holder === null || beats(run, holder) || isEqual(run, holder)) holder = run;
  return holder;
}

const isEqual = (a: ScoredRun, b: ScoredRun) =>
  a.violation === b.violation && compareLosses(a.losses, b.losses) === 0;
