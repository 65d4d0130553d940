import type { Schedule, ScheduleConfig } from "./schedule.js";

/** rate · decay_rate^(step / decay_steps), the base in float32 as Keras has it. */
export const exponentialDecay =
  (config: ScheduleConfig<"ExponentialDecay">): Schedule =>
  (step) =>
    config.initial_learning_rate * Math.fround(config.decay_rate) ** decays(step, config);

/** rate / (1 + decay_rate · step / decay_steps) */
export const inverseTimeDecay =
  (config: ScheduleConfig<"InverseTimeDecay">): Schedule =>
  (step) =>
    config.initial_learning_rate / (1 + config.decay_rate * decays(step, config));

/** How often `decay_steps` have passed; rounded to float32 first, as where Keras takes the floor. */
function decays(step: number, config: { decay_steps: number; staircase: boolean }): number {
  const passed = Math.fround(step / config.decay_steps);
  return config.staircase ? Math.floor(passed) : passed;
}
