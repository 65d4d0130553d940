import type { ClassificationReport } from "@sweepyard/contract";
import { useMemo } from "react";
import { ChartData } from "../charts/ChartData.js";
import { fewMarkers, manyLines } from "../charts/manySeries.js";
import { Plot } from "../charts/Plot.js";
import { prepareCalibration } from "../charts/prepareCalibration.js";
import { Panel } from "../shell/Panel.js";
import { usePalette } from "../usePalette.js";

/** Whether the model is right as often as it says. */
export function CalibrationPanel({ report }: { readonly report: ClassificationReport }) {
  const palette = usePalette();
  const chart = useMemo(() => prepareCalibration(report.calibration), [report.calibration]);
  const series = useMemo(
    () => [
      manyLines([2, 0, 0, 1, 1], { color: palette.dimmed, width: 1, type: "dashed" }),
      fewMarkers(
        (chart?.points ?? []).map(({ at, size }) => ({
          at,
          size,
          color: palette.bar,
          opacity: 0.85,
        })),
      ),
    ],
    [chart, palette],
  );
  if (chart === null) return null;
  return (
    <Panel
      title="Calibration"
      scope="on the dashes it is right as often as it says; a point's area is its share of the rows"
      actions={<ChartData table={chart.table} />}
    >
      <Plot x={chart.x} y={chart.y} series={series} height={280} summary={chart.summary} />
    </Panel>
  );
}
