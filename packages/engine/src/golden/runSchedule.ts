import { LearningRateSchedule } from "@sweepyard/contract";
import { createSchedule } from "../schedules/createSchedule.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase, KerasConfig } from "./goldenCase.js";

interface ScheduleCase extends GoldenCase {
  readonly schedule: KerasConfig;
  readonly steps: readonly number[];
  readonly expected: { readonly learning_rate: readonly number[] };
}

const TOLERANCE = { absolute: 1e-8, relative: 1e-5 };

/** Kind `schedule`: the learning rate of some steps. */
export function runSchedule(golden: ScheduleCase): GoldenResult {
  const { class_name, config } = golden.schedule;
  const fields = Object.entries(config).filter(([, value]) => value !== null);
  const schedule = createSchedule(
    LearningRateSchedule.parse({ class_name, ...Object.fromEntries(fields) }),
    Number.POSITIVE_INFINITY,
  );
  const compare = new Comparison(TOLERANCE);
  const rates = golden.steps.map((step) => schedule(step));
  compare.numbers("learning_rate", rates, golden.expected.learning_rate);
  return compare;
}
