import type { Schedule, ScheduleConfig } from "./schedule.js";

/**
 * Falls along half a cosine to `alpha` of where it began, after a straight rise to `warmup_target`
 * where there is one. Without `decay_steps` it takes what the warm-up leaves of the run.
 * @see Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017)
 */
export const cosineDecay = (
  config: ScheduleConfig<"CosineDecay">,
  totalSteps: number,
): Schedule => {
  const { initial_learning_rate: start, alpha, warmup_target } = config;
  const warmupSteps = warmup_target === undefined ? 0 : config.warmup_steps;
  const { decay_steps = Math.max(1, totalSteps - warmupSteps) } = config;
  const top = warmup_target ?? start;
  return (step) => {
    if (step < warmupSteps) return (top - start) * (step / warmupSteps) + start;
    const share = Math.min((step - warmupSteps) / decay_steps, 1);
    return top * halfCosine(share, alpha);
  };
};

/** From 1 at share 0 to `alpha` at share 1; `factor` scales the cosine's part. */
export const halfCosine = (share: number, alpha: number, factor = 1): number =>
  ((1 - alpha) * factor * (1 + Math.cos(Math.PI * share))) / 2 + alpha;
