import { type AutoSamplerConfig, SamplerConfig, type Space } from "@sweepyard/contract";
import { cellCount, levelCount } from "./levels.js";
import { constraintsOf } from "./narrow.js";
import { directionsOf } from "./objectives.js";
import type { Goal, Sampler } from "./sampler.js";

/** A choice with its reason in words. */
export interface AutoChoice {
  readonly config: SamplerConfig;
  readonly why: string;
}

/** A Gaussian process takes O(runs³) and asks one after the other. */
const GP_RUNS_MAX = 250;
const GP_DIMENSIONS_MAX = 20;
const GP_PARALLELISM_MAX = 16;
/** From so many runs on a covariance has time to settle, and TPE's gain falls behind. */
const CMAES_RUNS_MIN = 1_000;
/** From so many runs on generations pay. */
const GENETIC_RUNS_MIN = 500;

/** Each is a process of its own, fitted at each ask. */
const GP_CONSTRAINTS_MAX = 4;

/**
 * The sampler for a space, a number of runs, how many of them train at a time, what stops them early
 * and how many constraints they are measured by; the same for the whole of a sweep. A budget or a
 * parallelism that is not known counts as 100 runs, one at a time.
 */
export function chooseSampler(
  space: Space,
  { runs = 100, parallelism = 1, pruner = "none", constraints = 0 }: AutoOptions,
  goal: Goal,
): AutoChoice {
  const choose = (name: SamplerConfig["name"], why: string, more: object = {}): AutoChoice => ({
    config: SamplerConfig.parse({ name, ...more }),
    why,
  });
  const dimensions = Object.values(space).filter((dimension) => levelCount(dimension) > 1);
  const cells = cellCount(space);
  const conditional = dimensions.filter(({ when }) => when !== undefined).length;
  const choices = dimensions.filter(({ type }) => type === "categorical").length;
  const objectives = directionsOf(goal).length;
  if (cells <= runs && Number.isFinite(cells))
    return choose("grid", `the space has ${cells} cells, and ${runs} runs try each of them`);
  if (parallelism >= runs)
    return choose("sobol", `all ${runs} runs train at once: none could learn from another`);
  if (objectives > 3)
    return choose("nsgaiii", `with ${objectives} objectives nearly every run is on the front`);
  if (objectives > 1)
    return runs >= GENETIC_RUNS_MIN
      ? choose("nsgaii", `${runs} runs are generations enough for ${objectives} objectives`)
      : choose("tpe", `${runs} runs are too few for generations of ${objectives} objectives`);
  if (pruner !== "none")
    return choose("tpe", `the ${pruner} pruner stops runs early, and TPE learns from those too`);
  if (conditional > 0)
    return choose("tpe", `${conditional} of ${dimensions.length} dimensions are conditional`);
  if (constraintsOf(space).length > 0)
    return choose("tpe", "params are bound to each other by constraints");
  if (choices > 0 && choices >= dimensions.length / 2)
    return choose("tpe", `${choices} of ${dimensions.length} dimensions are choices without order`);
  if (runs >= CMAES_RUNS_MIN && choices === 0 && dimensions.length > 1 && constraints === 0)
    return choose(
      "cmaes",
      `${dimensions.length} numeric dimensions, and ${runs} runs to learn their shape from`,
      { restart_strategy: "bipop" },
    );
  if (runs > GP_RUNS_MAX)
    return choose("tpe", `${runs} runs are more than a Gaussian process bears`);
  if (dimensions.length > GP_DIMENSIONS_MAX)
    return choose("tpe", `${dimensions.length} dimensions are more than a Gaussian process bears`);
  if (constraints > GP_CONSTRAINTS_MAX)
    return choose(
      "tpe",
      `${constraints} constraints are more than Gaussian processes are fitted for`,
    );
  if (parallelism > GP_PARALLELISM_MAX)
    return choose(
      "tpe",
      `${parallelism} runs at a time are more than a Gaussian process spreads well`,
    );
  const within = constraints === 0 ? "" : `, and ${constraints} more keep to the constraints`;
  return choose(
    "gp",
    `${dimensions.length} dimensions, nearly all in order, and ${runs} runs: a Gaussian process needs the fewest${within}`,
  );
}

type AutoOptions = Omit<AutoSamplerConfig, "name">;

/** Leaves each ask to the sampler chosen for the space; the reason tells which and why. */
export function createAutoSampler(
  options: AutoOptions,
  goal: Goal,
  create: (config: SamplerConfig, goal: Goal) => Sampler,
): Sampler {
  const chosen = new WeakMap<Space, { sampler: Sampler; auto: string }>();
  return {
    learns: true,
    ask(space, history, seed) {
      let choice = chosen.get(space);
      if (choice === undefined) {
        const { config, why } = chooseSampler(space, options, goal);
        choice = { sampler: create(config, goal), auto: `${config.name}: ${why}` };
        chosen.set(space, choice);
      }
      const suggestion = choice.sampler.ask(space, history, seed);
      return suggestion && { ...suggestion, reason: { ...suggestion.reason, auto: choice.auto } };
    },
  };
}
