import { Dimension, ParamValue, Space } from "@sweepyard/contract";
import { z } from "zod";

/** A param as Optuna's distributions are recorded (fixtures/README.md). */
export const RecordedDistribution = z.object({
  type: z.enum(["float", "int", "categorical"]),
  low: z.number().optional(),
  high: z.number().optional(),
  log: z.boolean().optional(),
  step: z.number().nullish(),
  choices: z.array(ParamValue).optional(),
  when: z.object({ param: z.string(), op: z.string(), value: ParamValue }).optional(),
});
type RecordedDistribution = z.infer<typeof RecordedDistribution>;

export const toDimension = ({ step, ...rest }: RecordedDistribution): Dimension =>
  Dimension.parse(step === null || step === undefined ? rest : { ...rest, step });

/** The space of recorded distributions, by name; names without one are left out. */
export const toSpace = (recorded: Readonly<Record<string, unknown>>): Space =>
  Space.parse(
    Object.fromEntries(
      Object.entries(recorded).flatMap(([name, distribution]) =>
        distribution === undefined
          ? []
          : [[name, toDimension(RecordedDistribution.parse(distribution))]],
      ),
    ),
  );
