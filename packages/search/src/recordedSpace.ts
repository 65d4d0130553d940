import { type ParamValue, Space } from "@sweepyard/contract";

/** A param as Optuna's distributions are recorded (fixtures/README.md). */
export interface RecordedDistribution {
  readonly type: string;
  readonly low?: number;
  readonly high?: number;
  readonly log?: boolean;
  readonly step?: number | null;
  readonly choices?: readonly ParamValue[];
}

/** The space of recorded distributions, by name. */
export function toSpace(
  recorded: Readonly<Record<string, RecordedDistribution | undefined>>,
): Space {
  const entries = Object.entries(recorded).flatMap(([name, distribution]) => {
    if (distribution === undefined) return [];
    const { step, ...rest } = distribution;
    return [[name, step === null || step === undefined ? rest : { ...rest, step }]];
  });
  return Space.parse(Object.fromEntries(entries));
}
