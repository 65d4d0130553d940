import type { ClassificationReport } from "@sweepyard/contract";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { type Axis, linearAxis } from "./axis.js";
import type { ChartTable } from "./chartTable.js";
import type { Point } from "./curveSegments.js";

export interface Calibration {
  /** Confidence against accuracy, one for each bin that has rows. */
  readonly points: readonly { readonly at: Point; readonly size: number; readonly text: string }[];
  readonly x: Axis;
  readonly y: Axis;
  readonly summary: string;
  readonly table: ChartTable;
}

const SMALLEST = 4;
const LARGEST = 22;

/**
 * How often the model is right where it is so sure: on the diagonal it is right just as often as
 * it says. A point's area is its share of the rows. Null for a report without calibration.
 */
export function prepareCalibration(
  calibration: ClassificationReport["calibration"],
): Calibration | null {
  if (calibration === null) return null;
  const filled = calibration.bins.filter((bin) => bin.confidence !== null && bin.accuracy !== null);
  if (filled.length === 0) return null;
  const most = Math.max(...filled.map(({ rows }) => rows));
  const error = formatMetric(calibration.expectedError);
  return {
    points: filled.map(({ confidence, accuracy, rows }) => ({
      at: [confidence ?? 0, accuracy ?? 0],
      size: Math.max(SMALLEST, LARGEST * Math.sqrt(rows / most)),
      text: `${formatCount(rows)} rows: confidence ${formatMetric(confidence)}, accuracy ${formatMetric(accuracy)}`,
    })),
    x: linearAxis("confidence", 0, 1),
    y: linearAxis("accuracy", 0, 1),
    summary: `Calibration in ${filled.length} bins: the mean distance of accuracy from confidence is ${error}.`,
    table: {
      name: "calibration",
      columns: ["from", "to", "rows", "confidence", "accuracy"],
      rows: calibration.bins.map((bin) => [
        bin.from,
        bin.to,
        bin.rows,
        bin.confidence,
        bin.accuracy,
      ]),
    },
  };
}
