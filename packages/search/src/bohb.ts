import type { BohbSamplerConfig, Direction, Space } from "@sweepyard/contract";
import { createBohbDensity } from "./bohbDensity.js";
import { createGpSpace, type GpSpace } from "./gpSpace.js";
import { drawIndex, type Observation } from "./observation.js";
import { randomSampler } from "./random.js";
import { rungLosses } from "./rungLosses.js";
import type { Goal, Sampler, Suggestion } from "./sampler.js";
import { createUniform } from "./uniform.js";

export type BohbOptions = Omit<BohbSamplerConfig, "name">;

/**
 * BOHB: TPE over the rungs of a pruner. It learns from the highest rung that enough runs have
 * reached, draws around the good ones there with kernels over all dimensions at once, and proposes
 * what is likely among the good and unlikely among the others; every third proposal is random.
 * Rungs are at `min_resource` steps, `reduction_factor` times as many, and so on; how far a run is
 * trained is for a pruner to say (Hyperband, ASHA). HpBandSter's names and defaults. A diverged run,
 * or one whose value is not finite, is the worst there is. Of several objectives the first counts.
 * @see Falkner, Klein & Hutter, "BOHB: robust and efficient hyperparameter optimization at scale",
 *   ICML 2018
 */
export function createBohbSampler(options: BohbOptions, { direction }: Goal): Sampler {
  const spaces = new WeakMap<Space, GpSpace>();
  return {
    learns: true,
    ask(space, history, seed): Suggestion | null {
      const model = spaces.get(space) ?? createGpSpace(space);
      spaces.set(space, model);
      // A stream of its own: the random sampler has this one for its params.
      const nextUnit = createUniform(seed ^ OWN_STREAM, drawIndex(history));
      const learnt = modelRung(history, model, { options, direction });
      const isRandom = nextUnit() < options.random_fraction;
      if (learnt === null || isRandom || model.axes.length === 0) {
        const random = randomSampler.ask(space, history, seed);
        const why = learnt === null ? "no rung has runs enough" : "a share of them is random";
        return random && { ...random, reason: { sampler: "bohb", random: true, why } };
      }
      const { good, bad, rung } = learnt;
      const [likely, unlikely] = [good, bad].map((points) =>
        createBohbDensity(model.axes, points, options.min_bandwidth),
      );
      let best = { point: good[0] ?? new Float64Array(), ratio: Number.NEGATIVE_INFINITY };
      for (let draw = 0; likely && unlikely && draw < options.num_samples; draw++) {
        const point = model.project(likely.sample(nextUnit, options.bandwidth_factor));
        const ratio = likely.logPdf(point) - unlikely.logPdf(point);
        if (ratio > best.ratio) best = { point, ratio };
      }
      return {
        params: model.decode(best.point),
        reason: {
          sampler: "bohb",
          rung,
          rung_steps: options.min_resource * options.reduction_factor ** rung,
          good: good.length,
          bad: bad.length,
          log_ratio: Number.isFinite(best.ratio) ? best.ratio : null,
        },
      };
    },
  };
}

const OWN_STREAM = 0x0b0b;

interface Learnt {
  readonly rung: number;
  readonly good: readonly Float64Array[];
  readonly bad: readonly Float64Array[];
}

/** The highest rung with enough runs, parted into good and bad; null: there is none. */
function modelRung(
  history: readonly Observation[],
  model: GpSpace,
  { options, direction }: { options: BohbOptions; direction: Direction },
): Learnt | null {
  const fewest = options.min_points_in_model ?? model.axes.length + 1;
  const runs = history
    .toSorted((a, b) => a.number - b.number)
    .flatMap((run) => {
      if (run.excluded || run.state === "failed" || run.state === "cancelled") return [];
      const point = model.encode(run.params);
      return point === null ? [] : [{ point, losses: rungLosses(run, options, direction) }];
    });
  const highest = runs.reduce((most, { losses }) => Math.max(most, losses.length), 0);
  for (let rung = highest - 1; rung >= 0; rung--) {
    const reached = runs
      .flatMap(({ point, losses }) => {
        const loss = losses[rung];
        return loss === undefined ? [] : [{ point, loss }];
      })
      .sort((a, b) => (a.loss < b.loss ? -1 : a.loss > b.loss ? 1 : 0));
    // Each part needs as many as there are dimensions to tell a width by.
    if (reached.length < fewest + 2) continue;
    const share = (percent: number) => Math.floor((percent * reached.length) / 100);
    const good = Math.max(fewest, share(options.top_n_percent));
    const bad = Math.max(fewest, share(100 - options.top_n_percent));
    const points = reached.map(({ point }) => point);
    return { rung, good: points.slice(0, good), bad: points.slice(-bad) };
  }
  return null;
}
