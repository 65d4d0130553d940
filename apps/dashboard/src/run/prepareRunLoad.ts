import type { AttemptLoad } from "@sweepyard/contract";
import { prepareTimeSeries, type TimeSeries } from "../charts/prepareTimeSeries.js";
import { elapsedAxis } from "../charts/timeAxis.js";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";

const MIB = 1024 ** 2;

export interface RunLoad {
  readonly cpu: TimeSeries | null;
  readonly memory: TimeSeries | null;
}

/** What an attempt's trainer took of its machine since it began. */
export function prepareRunLoad({ attempt, at, cpuCores, memoryBytes }: AttemptLoad): RunLoad {
  const x = elapsedAxis(`since attempt ${attempt} began`, at.at(-1) ?? 0);
  const common = { x, formatAt: formatDuration };
  return {
    cpu: prepareTimeSeries([{ label: "cores in use", colour: "running", at, values: cpuCores }], {
      ...common,
      name: `cores in use by attempt ${attempt}`,
      title: "cores",
      atLeast: 1,
      formatValue: formatMetric,
    }),
    memory: prepareTimeSeries(
      [{ label: "resident", colour: "pruned", at, values: memoryBytes.map((n) => n / MIB) }],
      {
        ...common,
        name: `memory of attempt ${attempt}`,
        title: "MiB",
        formatValue: (value) => `${formatMetric(value)} MiB`,
      },
    ),
  };
}
