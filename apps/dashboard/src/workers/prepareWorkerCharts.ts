import type { WorkerLoad } from "@sweepyard/contract";
import {
  prepareTimeSeries,
  type SeriesInput,
  type TimeSeries,
} from "../charts/prepareTimeSeries.js";
import { clockAxis } from "../charts/timeAxis.js";
import { formatCounted, formatMetric } from "../format/formatNumber.js";
import { formatInstant } from "../format/formatTime.js";

const GIB = 1024 ** 3;

export interface WorkerCharts {
  readonly utilisation: TimeSeries | null;
  readonly memory: TimeSeries | null;
  readonly formatAt: (ms: number) => string;
}

/** How much of its machine and of its slots a worker used. */
export function prepareWorkerCharts(load: WorkerLoad, spanMs: number): WorkerCharts {
  const { at, slots, machineCores, machineMemoryBytes } = load;
  const origin = Date.parse(load.origin);
  const x = clockAxis(origin, spanMs);
  const formatAt = (ms: number) => formatInstant(new Date(origin + ms).toISOString());
  const gib = (bytes: number) => bytes / GIB;
  const line = (
    label: string,
    colour: SeriesInput["colour"],
    values: readonly number[],
  ): SeriesInput => ({ label, colour, at, values });
  return {
    formatAt,
    utilisation: prepareTimeSeries(
      [line("cores in use", "running", load.cpuCores), line("slots busy", "completed", load.busy)],
      {
        name: `cores and slots of ${load.workerName} in use`,
        x,
        title:
          machineCores === null
            ? "cores, slots"
            : `of ${formatCounted(machineCores, "core")}, ${formatCounted(slots, "slot")}`,
        atLeast: Math.max(machineCores ?? 1, slots),
        formatAt,
        formatValue: formatMetric,
      },
    ),
    memory: prepareTimeSeries([line("resident", "pruned", load.memoryBytes.map(gib))], {
      name: `memory of ${load.workerName} and its trainers`,
      x,
      title:
        machineMemoryBytes === null ? "GiB" : `GiB, of ${formatMetric(gib(machineMemoryBytes))}`,
      formatAt,
      formatValue: (value) => `${formatMetric(value)} GiB`,
    }),
  };
}
