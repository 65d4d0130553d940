import type { Schedule, ScheduleConfig } from "./schedule.js";

/**
 * From the initial rate to `end_learning_rate` in `decay_steps`, along (1 − share)^power. With
 * `cycle` the way is stretched to the next multiple of `decay_steps` each time its end is passed.
 */
export const polynomialDecay = (
  config: ScheduleConfig<"PolynomialDecay">,
  totalSteps: number,
): Schedule => {
  const { initial_learning_rate: start, end_learning_rate: end, power, cycle } = config;
  const { decay_steps = totalSteps } = config;
  return (step) => {
    const stretched = cycle ? Math.max(1, Math.ceil(Math.fround(step / decay_steps))) : 1;
    // In float32 as Keras: near the end of a long cycle little but rounding is left of 1 − share.
    const share = Math.fround(Math.min(step / (decay_steps * stretched), 1));
    return (start - end) * Math.fround(1 - share) ** power + end;
  };
};
