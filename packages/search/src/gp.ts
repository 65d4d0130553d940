import type { GpSamplerConfig } from "@sweepyard/contract";
import { conditionOn, toInputs } from "./conditionedProcess.js";
import { isFeasible } from "./feasibility.js";
import type { GaussianProcess } from "./gaussianProcess.js";
import {
  type GpRun,
  gpRuns,
  limitRuns,
  pendingPoints,
  type Standardised,
  scalarise,
  standardise,
} from "./gpData.js";
import { createGpSpace, type GpSpace } from "./gpSpace.js";
import { logExpectedImprovement, logProbabilityAbove, type Utility } from "./logImprovement.js";
import { type Acquisition, maximizeAcquisition } from "./maximizeAcquisition.js";
import { directionsOf } from "./objectives.js";
import { drawIndex, type Observation } from "./observation.js";
import { randomSampler } from "./random.js";
import type { SampleReason } from "./sampleReason.js";
import type { Goal, Sampler } from "./sampler.js";
import { createUniform, hash3 } from "./uniform.js";

export type GpOptions = Omit<GpSamplerConfig, "name">;

/** Keeps the improvement's deviation off zero where a run is. */
const STABILIZING_VARIANCE = 1e-12;

/**
 * Bayesian optimisation with a Gaussian process, with Optuna 5.0's defaults: Matérn 5/2, a length
 * scale for each dimension, the most probable kernel, the largest log expected improvement. Each
 * constraint has a process of its own, and its probability of holding counts as a factor.
 * Runs that are still going are believed to end at their expected value, so that parallel workers
 * spread out. Several objectives are weighted at random into one for each run (ParEGO).
 * All dimensions are learned together, conditional ones too: where one is inactive, it makes no
 * difference. Pruned runs teach nothing; diverged ones and infinite values count as the worst.
 * @see Jones, Schonlau & Welch, "Efficient global optimization of expensive black-box functions",
 *   J. Global Optim. 13 (1998); Gardner et al., "Bayesian optimization with inequality
 *   constraints", ICML 2014; Ginsbourger, Le Riche & Carraro, "Kriging is well-suited to
 *   parallelize optimization" (2010)
 */
export function createGpSampler(options: GpOptions, goal: Goal): Sampler {
  const signs = directionsOf(goal).map((direction) => (direction === "minimize" ? 1 : -1));
  return {
    learns: true,
    ask(space, history, seed) {
      const gpSpace = createGpSpace(space);
      const all = gpRuns(history, gpSpace, signs);
      const finite = all.filter(({ losses }) => losses.every((loss) => loss !== null)).length;
      if (finite < options.n_startup_trials || gpSpace.axes.length === 0) {
        const random = randomSampler.ask(space, history, seed);
        return random && { ...random, reason: { sampler: "gp", startup: true, observed: finite } };
      }
      const draw = drawIndex(history);
      const nextUnit = createUniform(seed, draw);
      const { runs, losses } = chooseRuns(all, signs.length, nextUnit);
      const beliefs = believe(gpSpace, { runs, losses, history, options });
      const { point, value } = maximizeAcquisition(gpSpace, {
        acquisition: toAcquisition(beliefs),
        inverseSquaredLengthscales: beliefs.objective.kernel.inverseSquaredLengthscales,
        starts: beliefs.bestPoint === null ? [] : [beliefs.bestPoint],
        seed: hash3(seed, draw, 0x6b),
        nextUnit,
      });
      const reason = {
        sampler: "gp",
        observed: runs.length,
        pending: beliefs.pending,
        log_acquisition: value,
        ...(signs.length === 1 ? expectation(beliefs, losses, gpSpace.project(point), signs) : {}),
      };
      return { params: gpSpace.decode(point), reason: withoutInfinities(reason) };
    },
  };
}

function chooseRuns(all: readonly GpRun[], objectives: number, nextUnit: () => number) {
  const losses = standardise(scalarise(all, objectives, nextUnit));
  const kept = limitRuns(losses.values);
  return {
    runs: kept.flatMap((index) => all[index] ?? []),
    losses: { ...losses, values: Float64Array.from(kept, (index) => losses.values[index] ?? 0) },
  };
}

/** All processes of one ask, conditioned on finished and pending runs. Larger is better. */
interface Beliefs {
  readonly objective: GaussianProcess;
  /** The score to improve on; null while no run is feasible. */
  readonly best: number | null;
  readonly bestPoint: Float64Array | null;
  readonly constraints: readonly {
    readonly process: GaussianProcess;
    readonly threshold: number;
  }[];
  readonly pending: number;
}

interface BelieveTask {
  readonly runs: readonly GpRun[];
  readonly losses: Standardised;
  readonly history: readonly Observation[];
  readonly options: GpOptions;
}

function believe(space: GpSpace, { runs, losses, history, options }: BelieveTask): Beliefs {
  const inputs = toInputs(
    space,
    runs.map(({ point }) => point),
  );
  const pending = pendingPoints(history, space);
  const fit = (values: Float64Array) =>
    conditionOn(space, { inputs, values, pending, deterministic: options.deterministic_objective });
  const scores = losses.values.map((loss) => -loss);
  const objective = fit(scores);
  const constraints = constraintColumns(runs).map((column) => {
    const violations = standardise(column);
    const { process } = fit(violations.values.map((violation) => -violation));
    return { process, threshold: -violations.toStandard(0) };
  });
  let best: { score: number; point: Float64Array } | null = null;
  for (const [index, { run, point, losses }] of runs.entries()) {
    const score = scores[index] ?? 0;
    if (losses.includes(null) || !isFeasible(run) || (best !== null && score <= best.score))
      continue;
    best = { score, point };
  }
  const believed = constraints.length === 0 ? objective.believed : [];
  return {
    objective: objective.process,
    best: best && Math.max(best.score, ...believed),
    bestPoint: best?.point ?? null,
    constraints,
    pending: pending.length,
  };
}

/** [constraint][run]; a run that lacks some counts as the worst. */
function constraintColumns(runs: readonly GpRun[]): (number | null)[][] {
  const count = runs.reduce((most, { run }) => Math.max(most, run.constraints?.length ?? 0), 0);
  return Array.from({ length: count }, (_, constraint) =>
    runs.map(({ run }) => run.constraints?.[constraint] ?? null),
  );
}

function toAcquisition({ objective, best, constraints }: Beliefs): Acquisition {
  const terms: {
    process: GaussianProcess;
    utility: (mean: number, deviation: number) => Utility;
  }[] = constraints.map(({ process, threshold }) => ({
    process,
    utility: (mean, deviation) => logProbabilityAbove(mean, deviation, threshold),
  }));
  // Until a run is feasible, all that counts is to find one.
  if (best !== null)
    terms.push({
      process: objective,
      utility: (mean, deviation) => logExpectedImprovement(mean, deviation, best),
    });
  const size = objective.kernel.inverseSquaredLengthscales.length;
  const slopes = { mean: new Float64Array(size), variance: new Float64Array(size) };
  return {
    at(point, gradient) {
      gradient?.fill(0);
      let total = 0;
      for (const { process, utility } of terms) {
        const { mean, variance } = process.posterior(point, gradient && slopes);
        const deviation = Math.sqrt(variance + STABILIZING_VARIANCE);
        const { value, byMean, byDeviation } = utility(mean, deviation);
        total += value;
        if (gradient)
          for (let d = 0; d < size; d++)
            gradient[d] =
              (gradient[d] ?? 0) +
              byMean * (slopes.mean[d] ?? 0) +
              (byDeviation * (slopes.variance[d] ?? 0)) / (2 * deviation);
      }
      return total;
    },
    atAll(points) {
      const totals = points.map(() => 0);
      for (const { process, utility } of terms)
        for (const [index, { mean, variance }] of process.posteriors(points).entries()) {
          const { value } = utility(mean, Math.sqrt(variance + STABILIZING_VARIANCE));
          totals[index] = (totals[index] ?? 0) + value;
        }
      return totals;
    },
  };
}

/** What is expected of the proposal and what it has to beat, in the objective's unit. */
function expectation(
  { objective, best }: Beliefs,
  losses: Standardised,
  point: Float64Array,
  [sign = 1]: readonly number[],
) {
  const { mean, variance } = objective.posterior(point);
  const expected = losses.toOriginal(-mean);
  return {
    expected: sign * expected,
    deviation: losses.toOriginal(Math.sqrt(variance) - mean) - expected,
    best: best === null ? null : sign * losses.toOriginal(-best),
  };
}

const withoutInfinities = (reason: SampleReason): SampleReason => ({
  ...reason,
  ...Object.fromEntries(
    Object.entries(reason).map(([key, value]) => [
      key,
      typeof value === "number" && !Number.isFinite(value) ? null : value,
    ]),
  ),
});
