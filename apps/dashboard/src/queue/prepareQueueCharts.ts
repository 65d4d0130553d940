import type { QueueHistory } from "@sweepyard/contract";
import { prepareTimeSeries, type TimeSeries } from "../charts/prepareTimeSeries.js";
import { clockAxis } from "../charts/timeAxis.js";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration, formatInstant } from "../format/formatTime.js";

const MINUTE = 60_000;

export interface QueueCharts {
  readonly depth: TimeSeries | null;
  readonly rates: TimeSeries | null;
  readonly waits: TimeSeries | null;
  readonly formatAt: (ms: number) => string;
}

/** What waited and ran, what began and ended in a minute, and how long runs had waited. */
export function prepareQueueCharts(history: QueueHistory): QueueCharts {
  const { spanMs, buckets, depth } = history;
  const origin = Date.parse(history.origin);
  const x = clockAxis(origin, spanMs);
  const formatAt = (ms: number) => formatInstant(new Date(origin + ms).toISOString());
  const bucketMs = spanMs / buckets;
  // A bucket's figure stands in its middle.
  const at = Array.from({ length: buckets }, (_, index) => (index + 0.5) * bucketMs);
  const perMinute = (counts: readonly number[]) =>
    counts.map((count) => (count * MINUTE) / bucketMs);
  const hasCounts = [history.started, history.finished, history.failed].some((counts) =>
    counts.some((count) => count > 0),
  );
  const steps = { at: depth.at, holdsUntil: spanMs };
  return {
    formatAt,
    depth: prepareTimeSeries(
      [
        { label: "waiting", colour: "queued", values: depth.queued, ...steps },
        { label: "running", colour: "running", values: depth.running, ...steps },
        { label: "slots", colour: "best", values: depth.slots, ...steps },
      ],
      {
        name: "runs waiting and running",
        x,
        title: "runs",
        atLeast: 4,
        formatAt,
        formatValue: String,
      },
    ),
    rates: hasCounts
      ? prepareTimeSeries(
          [
            { label: "begun", colour: "running", at, values: perMinute(history.started) },
            { label: "ended well", colour: "completed", at, values: perMinute(history.finished) },
            { label: "failed or lost", colour: "failed", at, values: perMinute(history.failed) },
          ],
          {
            name: "attempts begun and ended in a minute",
            x,
            title: "a minute",
            formatAt,
            formatValue: formatMetric,
          },
        )
      : null,
    waits: prepareTimeSeries(
      [
        { label: "median", colour: "running", at, values: seconds(history.waitMedianMs) },
        { label: "90 % wait no longer", colour: "pruned", at, values: seconds(history.waitP90Ms) },
      ],
      {
        name: "how long runs waited for their first attempt",
        x,
        title: "seconds",
        formatAt,
        formatValue: (value) => formatDuration(value * 1000),
      },
    ),
  };
}

const seconds = (waits: readonly (number | null)[]) =>
  waits.map((wait) => (wait === null ? null : wait / 1000));
