import { NativeSelect } from "@mantine/core";
import type { RegressionReport } from "@sweepyard/contract";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { fewMarkers, manyLines, manyPoints, toCoords } from "../charts/manySeries.js";
import { Plot } from "../charts/Plot.js";
import { prepareOutputs, prepareResiduals, type ResidualPlot } from "../charts/prepareResiduals.js";
import { Panel } from "../shell/Panel.js";
import { usePalette } from "../usePalette.js";
import styles from "./ReportPanels.module.css";

const HEIGHT = 260;

/** How far off a target's outputs are: the spread of all residuals, and outputs against targets. */
export function ResidualsPanel({ report }: { readonly report: RegressionReport }) {
  const [target, setTarget] = useState(0);
  const palette = usePalette();
  const spread = useMemo(() => prepareResiduals(report, target), [report, target]);
  const outputs = useMemo(() => prepareOutputs(report, target), [report, target]);
  const spreadSeries = useMemo(
    () =>
      spread === null
        ? []
        : [
            manyLines([2, 0, 0, 0, 1], { color: palette.dimmed, width: 1, type: "dashed" }),
            manyLines(toCoords([spread.points]), { color: palette.bar, width: 2 }),
          ],
    [spread, palette],
  );
  const outputSeries = useMemo(
    () =>
      outputs === null
        ? []
        : [
            diagonal(outputs, palette.dimmed),
            manyPoints(Float64Array.from(outputs.points.flat()), {
              color: palette.bar,
              size: 4,
              opacity: 0.5,
            }),
            fewMarkers(outputs.farthest.map((at) => ({ at, size: 7, color: palette.bar }))),
          ],
    [outputs, palette],
  );
  if (spread === null && outputs === null) return null;
  return (
    <Panel
      title="Residuals"
      scope="target minus output; right: outputs against targets, the farthest off large"
      actions={
        report.perTarget.length < 2 ? null : (
          <NativeSelect
            size="xs"
            aria-label="target"
            data={report.perTarget.map(({ name }, index) => ({
              value: String(index),
              label: name,
            }))}
            value={String(target)}
            onChange={(event) => setTarget(Number(event.currentTarget.value))}
          />
        )
      }
    >
      <div className={styles.plots}>
        {[
          { plot: spread, series: spreadSeries },
          { plot: outputs, series: outputSeries },
        ].map(({ plot, series }) =>
          plot === null ? null : (
            <figure key={plot.table.name} className={styles.plot}>
              <ChartData table={plot.table} />
              <Plot x={plot.x} y={plot.y} series={series} height={HEIGHT} summary={plot.summary} />
            </figure>
          ),
        )}
      </div>
    </Panel>
  );
}

const diagonal = ({ x, y }: ResidualPlot, color: string) =>
  manyLines([2, x.min, y.min, x.max, y.max], { color, width: 1, type: "dashed" });
