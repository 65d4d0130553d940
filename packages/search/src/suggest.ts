import type { Objective, Params, SweepSettings } from "@sweepyard/contract";
import { createSampler } from "./createSampler.js";
import { mapSpace } from "./mapSpace.js";
import { drawIndex } from "./observation.js";
import type { Goal, Sampler, Suggestion } from "./sampler.js";
import type { SweepHistory } from "./sweepHistory.js";
import { createUniform } from "./uniform.js";
import { fromUnit } from "./unit.js";

/** What of a sweep never changes and every ask needs. */
export interface SweepGoal {
  /** One or several; the first stands for the sweep where one must. */
  readonly objectives: readonly Objective[];
  readonly seed: number;
}

/** One for each version of a sweep's settings: some keep what they have worked out. */
const samplers = new WeakMap<SweepSettings, Sampler>();

export function samplerOf(
  { objectives }: Pick<SweepGoal, "objectives">,
  { settings }: SweepHistory,
): Sampler {
  const known = samplers.get(settings);
  if (known !== undefined) return known;
  const sampler = createSampler(settings.sampler, goalOf(objectives));
  samplers.set(settings, sampler);
  return sampler;
}

export function goalOf(objectives: readonly Objective[]): Goal {
  const directions = objectives.map(({ direction }) => direction);
  const [direction = "maximize"] = directions;
  return directions.length > 1 ? { direction, directions } : { direction };
}

/**
 * The next point of a sweep by its history alone, so that it can be made again later: what
 * somebody has enqueued, else what the sampler proposes. Null: nothing is left to try.
 */
export function suggest(
  { objectives, seed }: SweepGoal,
  history: SweepHistory,
): (Suggestion & { readonly by: "sampler" | "enqueued" }) | null {
  const { space } = history.settings;
  const ask = () => samplerOf({ objectives }, history).ask(space, history.observations, seed);
  const wanted = history.enqueued;
  if (wanted === undefined) {
    const suggestion = ask();
    return suggestion && { ...suggestion, by: "sampler" };
  }
  const isWhole = Object.keys(complete(wanted, {})).every((name) => Object.hasOwn(wanted, name));
  const chosen = isWhole ? {} : (ask()?.params ?? {});
  return { params: complete(wanted, chosen), reason: { sampler: "enqueued" }, by: "enqueued" };

  /** What is in neither, since a wanted value brought its dimension into being, is drawn at random. */
  function complete(fixed: Params, rest: Params): Params {
    const draw = createUniform(seed, drawIndex(history.observations));
    return mapSpace(space, (dimension, name) => {
      const unit = draw();
      for (const given of [fixed, rest]) if (Object.hasOwn(given, name)) return given[name] ?? null;
      return fromUnit(dimension, unit);
    });
  }
}
