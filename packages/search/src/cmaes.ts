import type { CmaesSamplerConfig, Direction, Params, Space } from "@sweepyard/contract";
import { cmaConstants, defaultPopsize } from "./cmaConstants.js";
import {
  type CmaState,
  cmaStopReason,
  createCmaState,
  drawCma,
  type Solution,
  tellCma,
} from "./cmaState.js";
import { levelCount } from "./levels.js";
import { mapSpace } from "./mapSpace.js";
import { createMemo } from "./memo.js";
import { drawIndex, type Observation } from "./observation.js";
import { randomSampler } from "./random.js";
import type { Goal, Sampler } from "./sampler.js";
import { createUniform, hash3, u01 } from "./uniform.js";
import { fromUnit, toUnit } from "./unit.js";

/** Streams of the seed that runs draw from, apart from those of other samplers. */
const NORMAL_STREAM = 0xc3ae5;
const RESTART_STREAM = 0x2e57a27;

/**
 * CMA-ES in the unit cube of all dimensions that always exist and have an order; the others are
 * random. The search state is what the history adds up to: its completed runs, in order of their
 * numbers, are told in generations of `popsize`. Diverged runs and values that are not finite
 * count as the worst; runs that another sampler or a person proposed are left out. With
 * `restart_strategy` a search that has converged begins anew elsewhere, with twice the population
 * ("ipop"), or in turn with a large one and with small ones ("bipop").
 * @see Hansen, "The CMA evolution strategy: a tutorial" (2016); Auger & Hansen, "A restart CMA
 *   evolution strategy with increasing population size", CEC 2005; Hansen, "Benchmarking a
 *   BI-population CMA-ES on the BBOB-2009 function testbed", GECCO 2009
 */
export function createCmaesSampler(config: CmaesSamplerConfig, { direction }: Goal): Sampler {
  return {
    learns: true,
    ask(space, history, seed) {
      const names = searchedNames(space);
      const told =
        names.length === 0 ? null : toSolutions(space, names, history, config, direction);
      if (told === null) {
        const random = randomSampler.ask(space, history, seed);
        return random && { ...random, reason: { sampler: "cmaes", startup: true } };
      }
      const search = replay({ space, names, config, seed }, told);
      const draw = drawIndex(history);
      const units = drawInside(search.state, seed, draw);
      const nextUnit = createUniform(seed, draw);
      const params = mapSpace(space, (dimension, name) => {
        const position = names.indexOf(name);
        const whole = space[name] ?? dimension;
        return position < 0
          ? fromUnit(dimension, nextUnit())
          : fromUnit(whole, units[position] ?? 0.5);
      });
      const { generation, sigma, constants } = search.state;
      const reason = {
        sampler: "cmaes",
        generation,
        sigma,
        popsize: constants.popsize,
        ...(config.restart_strategy === null ? {} : { restart: search.restart }),
      };
      return { params, reason };
    },
  };
}

const searchedNames = (space: Space): string[] =>
  Object.entries(space)
    .filter(
      ([, dimension]) =>
        dimension.when === undefined &&
        dimension.type !== "categorical" &&
        levelCount(dimension) > 1,
    )
    .map(([name]) => name);

/** What is to be told, oldest first; null while runs are random to start with. */
function toSolutions(
  space: Space,
  names: readonly string[],
  history: readonly Observation[],
  config: CmaesSamplerConfig,
  direction: Direction,
): Solution[] | null {
  const sign = direction === "minimize" ? 1 : -1;
  const solutions: Solution[] = [];
  let startup = 0;
  for (const run of history.toSorted((a, b) => a.number - b.number)) {
    const loss = lossOf(run, sign, config);
    if (loss === null) continue;
    // Without reasons in the history the first ones are those to start with.
    const isRandom =
      run.reason === undefined
        ? startup < config.n_startup_trials
        : run.reason.sampler !== "cmaes" || run.reason.startup === true;
    if (startup < config.n_startup_trials || isRandom) startup++;
    if (isRandom) continue;
    const x = Float64Array.from(names, (name) => unitOf(space, run.params, name));
    if (x.every(Number.isFinite)) solutions.push({ x, loss });
  }
  return startup < config.n_startup_trials ? null : solutions;
}

function unitOf(space: Space, params: Params, name: string): number {
  const dimension = space[name];
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  return dimension === undefined || value === undefined ? Number.NaN : toUnit(dimension, value);
}

function lossOf(
  { state, value, excluded, points = [] }: Observation,
  sign: number,
  { consider_pruned_trials }: CmaesSamplerConfig,
): number | null {
  if (excluded) return null;
  const toLoss = (each: number | null | undefined) =>
    typeof each === "number" && Number.isFinite(each) ? sign * each : Number.POSITIVE_INFINITY;
  if (state === "completed") return toLoss(value);
  if (state === "diverged") return Number.POSITIVE_INFINITY;
  if (state === "pruned" && consider_pruned_trials) return toLoss(points.at(-1)?.value);
  return null;
}

interface Setting {
  readonly space: Space;
  readonly names: readonly string[];
  readonly config: CmaesSamplerConfig;
  readonly seed: number;
}

interface Search {
  readonly state: CmaState;
  readonly restart: number;
  /** Solutions told to searches with a large and with a small population ("bipop"). */
  readonly spentLarge: number;
  readonly spentSmall: number;
  readonly isLarge: boolean;
  /** Large populations so far. */
  readonly larger: number;
}

/** Long sweeps tell generation after generation to the same beginning. */
const memo = createMemo<Search, Solution>({
  size: 8,
  isSame: (a, b) => a.loss === b.loss && a.x.every((xi, i) => xi === b.x[i]),
});

/** The search after all full generations of `solutions`. */
function replay(setting: Setting, solutions: readonly Solution[]): Search {
  const { space, config, seed } = setting;
  const key = JSON.stringify([space, config, seed]);
  let { result: search, used } = memo.longest(key, solutions) ?? {
    result: firstSearch(setting),
    used: 0,
  };
  for (;;) {
    const { popsize } = search.state.constants;
    if (used + popsize > solutions.length) break;
    const state = tellCma(search.state, solutions.slice(used, used + popsize));
    used += popsize;
    search = {
      ...search,
      state,
      spentLarge: search.spentLarge + (search.isLarge ? popsize : 0),
      spentSmall: search.spentSmall + (search.isLarge ? 0 : popsize),
    };
    if (config.restart_strategy !== null && cmaStopReason(state) !== null)
      search = restarted(setting, search);
  }
  memo.keep(key, solutions.slice(0, used), search);
  return search;
}

function firstSearch({ space, names, config }: Setting): Search {
  const mean = Float64Array.from(names, (name) => {
    const unit = unitOf(space, config.x0 ?? {}, name);
    return Number.isNaN(unit) ? 0.5 : unit;
  });
  const constants = cmaConstants(names.length, config.popsize ?? undefined);
  const state = createCmaState(constants, mean, config.sigma0);
  return { state, restart: 0, spentLarge: 0, spentSmall: 0, isLarge: true, larger: 0 };
}

/** The next search, from a random mean. */
function restarted({ names, config, seed }: Setting, before: Search): Search {
  const restart = before.restart + 1;
  const unit = (index: number) => u01(hash3(seed, RESTART_STREAM, restart), index, 0);
  const mean = Float64Array.from(names, (_, index) => unit(index));
  const first = config.popsize ?? defaultPopsize(names.length);
  const isLarge = config.restart_strategy === "ipop" || before.spentLarge <= before.spentSmall;
  const larger = before.larger + (isLarge ? 1 : 0);
  const largest = first * config.inc_popsize ** larger;
  // A small population is drawn between the first size and half of the largest.
  const share = unit(names.length) ** 2;
  const popsize = isLarge ? largest : Math.floor(first * (largest / first / 2) ** share);
  const sigma = isLarge ? config.sigma0 : config.sigma0 * 10 ** (-2 * unit(names.length + 1));
  const constants = cmaConstants(names.length, Math.max(4, popsize));
  return { ...before, state: createCmaState(constants, mean, sigma), restart, isLarge, larger };
}

/** Draws again what falls outside the cube, ten times for each dimension, then moves it inside. */
function drawInside(state: CmaState, seed: number, draw: number): Float64Array {
  const nextUnit = createUniform(hash3(seed, NORMAL_STREAM, 0), draw);
  const { dims } = state.constants;
  const normals = new Float64Array(dims);
  for (let attempt = 0; ; attempt++) {
    for (let i = 0; i < dims; i++) normals[i] = standardNormal(nextUnit);
    const x = drawCma(state, normals);
    if (x.every((xi) => xi >= 0 && xi <= 1)) return x;
    if (attempt === 10 * dims) return x.map((xi) => Math.min(1, Math.max(0, xi)) || 0);
  }
}

/** Box & Muller, "A note on the generation of random normal deviates" (1958) */
const standardNormal = (nextUnit: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - nextUnit())) * Math.cos(2 * Math.PI * nextUnit());
