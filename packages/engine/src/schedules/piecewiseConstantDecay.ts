import type { Schedule, ScheduleConfig } from "./schedule.js";

/** `values[i]` up to and with step `boundaries[i]`, then the next one. */
export const piecewiseConstantDecay =
  ({ boundaries, values }: ScheduleConfig<"PiecewiseConstantDecay">): Schedule =>
  (step) =>
    values[boundaries.filter((boundary) => step > boundary).length] as number;
