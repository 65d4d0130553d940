import type { ClassificationReport } from "@sweepyard/contract";
import { useMemo } from "react";
import { ChartData } from "../charts/ChartData.js";
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
      {
        type: "lines" as const,
        coordinateSystem: "cartesian2d" as const,
        polyline: true,
        silent: true,
        data: [
          {
            coords: [
              [0, 0],
              [1, 1],
            ],
            lineStyle: { color: palette.dimmed, width: 1, opacity: 1, type: "dashed" as const },
          },
        ],
      },
      {
        type: "scatter" as const,
        silent: true,
        data: (chart?.points ?? []).map(({ at, size }) => ({
          value: [...at],
          symbolSize: size,
          itemStyle: { color: palette.bar, opacity: 0.85 },
        })),
      },
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
