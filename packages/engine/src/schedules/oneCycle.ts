import type { Schedule, ScheduleConfig } from "./schedule.js";

/**
 * Rises from max / div_factor to max over the first `pct_start` of the steps, then falls to
 * max / (div_factor · final_div_factor) at the last one and stays there. Without `total_steps` it
 * takes all steps of the run. Figures are those of PyTorch's OneCycleLR with its cosine.
 * @see Smith & Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large
 *   Learning Rates (2018)
 */
export const oneCycle = (config: ScheduleConfig<"OneCycle">, totalSteps: number): Schedule => {
  const { max_learning_rate: top, pct_start, div_factor, final_div_factor } = config;
  const { total_steps = Math.max(2, totalSteps) } = config;
  const start = top / div_factor;
  const end = start / final_div_factor;
  const peak = pct_start * total_steps - 1; // the step of the highest rate, not always a whole one
  const last = total_steps - 1;
  return (step) =>
    step < peak
      ? between(start, top, step / peak)
      : between(top, end, Math.min((step - peak) / (last - peak), 1));
};

/** From one rate to another along half a cosine. */
const between = (from: number, to: number, share: number): number =>
  to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
