import type { DehbSamplerConfig } from "@sweepyard/contract";
import { differentialChild, drawThree } from "./differential.js";
import { drawIndex, type Observation } from "./observation.js";
import { randomSampler } from "./random.js";
import { type RungLosses, rungLosses } from "./rungLosses.js";
import type { Goal, Sampler } from "./sampler.js";
import { dueSlot, toSlots } from "./slots.js";
import { createUniform } from "./uniform.js";
import { untried } from "./untried.js";

export type DehbOptions = Omit<DehbSamplerConfig, "name">;

/** Donors are three runs other than the target. */
const FEWEST_DONORS = 4;

/**
 * DEHB: differential evolution that learns from runs stopped early. Rungs are at `min_resource`
 * steps, `reduction_factor` times as many, and so on. The donors of a child are the best of the
 * highest rung that enough runs have reached: one in `reduction_factor` of them, and a population
 * at least; it challenges the slots in turn. How far a run is trained is for a pruner to say (ASHA, Hyperband), so the rungs'
 * populations are those runs that got there, where the paper promotes whole brackets. Of several
 * objectives the first one counts.
 * @see Awad, Mallik & Hutter, "DEHB: evolutionary Hyperband for scalable, robust and efficient
 *   hyperparameter optimization", IJCAI 2021
 */
export function createDehbSampler(options: DehbOptions, { direction }: Goal): Sampler {
  return {
    learns: true,
    ask(space, history, seed) {
      const slots = toSlots(history, { sampler: "dehb", size: options.population_size });
      const slot = dueSlot(slots);
      const results = new Map(
        slots.flatMap(({ runs }) => runs.map((run) => [run, rungLosses(run, options, direction)])),
      );
      const { rung, pool } = donorsOf(results, options);
      const target = bestInSlot(slot.runs, results) ?? slot.runs[0];
      const reason = { sampler: "dehb", slot: slot.index, generation: slot.runs.length };
      const nextUnit = createUniform(seed, drawIndex(history));
      if (target === undefined || pool.length < FEWEST_DONORS) {
        const random = randomSampler.ask(space, history, seed);
        return random && { ...random, reason: { ...reason, random: true } };
      }
      const others = pool.filter((run) => run !== target);
      return untried(history, () => {
        const [a, b, c] = drawThree(others, nextUnit) ?? [target, target, target];
        const parents = { target: target.params, donors: [a.params, b.params, c.params] } as const;
        return {
          params: differentialChild(space, parents, options, nextUnit),
          reason: {
            ...reason,
            rung,
            rung_steps: options.min_resource * options.reduction_factor ** rung,
            target: target.number,
            parents: [a, b, c].map(({ number }) => number).join(", "),
          },
        };
      });
    },
  };
}

/** The highest rung that has enough runs, and the best of those. */
function donorsOf(results: ReadonlyMap<Observation, RungLosses>, options: DehbOptions) {
  const highest = [...results.values()].reduce((most, { length }) => Math.max(most, length), 0);
  for (let rung = highest - 1; rung >= 0; rung--) {
    const reached = [...results]
      .flatMap(([run, losses]) => {
        const loss = losses[rung];
        return loss === undefined || loss === Number.POSITIVE_INFINITY ? [] : [{ run, loss }];
      })
      .sort((a, b) => a.loss - b.loss || a.run.number - b.run.number);
    if (reached.length < FEWEST_DONORS) continue;
    const share = Math.ceil(reached.length / options.reduction_factor);
    // Fewer than a population would soon be all alike, and their differences nothing.
    const count = Math.max(options.population_size, share);
    return { rung, pool: reached.slice(0, count).map(({ run }) => run) };
  }
  return { rung: 0, pool: [] };
}

/** Who got furthest, and of those the best; of equals the latest. */
function bestInSlot(
  runs: readonly Observation[],
  results: ReadonlyMap<Observation, RungLosses>,
): Observation | undefined {
  let best: { run: Observation; rungs: number; loss: number } | undefined;
  for (const run of runs) {
    const losses = results.get(run) ?? [];
    const [rungs, loss] = [losses.length, losses.at(-1) ?? Number.POSITIVE_INFINITY];
    if (loss === Number.POSITIVE_INFINITY) continue;
    if (!best || rungs > best.rungs || (rungs === best.rungs && loss <= best.loss))
      best = { run, rungs, loss };
  }
  return best?.run;
}
