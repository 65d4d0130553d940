import { halfCosine } from "./cosineDecay.js";
import type { Schedule, ScheduleConfig } from "./schedule.js";

const { fround } = Math;

/**
 * Half cosines one after the other: each `t_mul` times as long as the one before and `m_mul` times
 * as high. Which one a step is in is computed in float32, as Keras does, since a step at a border
 * may round into either.
 * @see Loshchilov & Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017)
 */
export const cosineDecayRestarts = (config: ScheduleConfig<"CosineDecayRestarts">): Schedule => {
  const { initial_learning_rate, first_decay_steps, m_mul, alpha } = config;
  const growth = fround(config.t_mul);
  return (step) => {
    const passed = fround(step / fround(first_decay_steps));
    const { restarts, share } =
      growth === 1
        ? { restarts: Math.floor(passed), share: passed - Math.floor(passed) }
        : geometricRestarts(passed, growth);
    return initial_learning_rate * halfCosine(share, alpha, m_mul ** restarts);
  };
};

/** After n restarts (1 − growthⁿ) / (1 − growth) first lengths have passed. */
function geometricRestarts(passed: number, growth: number) {
  const power = fround(1 - fround(passed * fround(1 - growth)));
  const restarts = Math.floor(fround(fround(Math.log(power)) / fround(Math.log(growth))));
  const scale = fround(growth ** restarts);
  const before = fround(fround(1 - scale) / fround(1 - growth));
  return { restarts, share: fround(fround(passed - before) / scale) };
}
