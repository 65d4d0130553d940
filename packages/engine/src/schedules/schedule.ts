import type { LearningRateSchedule } from "@sweepyard/contract";

/** The learning rate of an update; updates of a run are counted from 0. */
export type Schedule = (step: number) => number;

export type ScheduleConfig<Name extends LearningRateSchedule["class_name"]> = Extract<
  LearningRateSchedule,
  { class_name: Name }
>;
