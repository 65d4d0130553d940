import { NativeSelect } from "@mantine/core";
import type { RegressionReport } from "@sweepyard/contract";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { fewMarkers, manyLines, toCoords } from "../charts/manySeries.js";
import { Plot } from "../charts/Plot.js";
import {
  prepareFarthest,
  prepareResiduals,
  type ResidualPlot,
} from "../charts/prepareResiduals.js";
import { Panel } from "../shell/Panel.js";
import { usePalette } from "../usePalette.js";
import styles from "./ReportPanels.module.css";

const HEIGHT = 260;

/** How far off a target's outputs are: the spread of all residuals, and the rows with the largest. */
export function ResidualsPanel({ report }: { readonly report: RegressionReport }) {
  const [target, setTarget] = useState(0);
  const palette = usePalette();
  const spread = useMemo(() => prepareResiduals(report, target), [report, target]);
  const farthest = useMemo(() => prepareFarthest(report, target), [report, target]);
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
  const farthestSeries = useMemo(
    () =>
      farthest === null
        ? []
        : [
            diagonal(farthest, palette.dimmed),
            fewMarkers(
              farthest.points.map((at) => ({ at, size: 7, color: palette.bar, opacity: 0.8 })),
            ),
          ],
    [farthest, palette],
  );
  if (spread === null && farthest === null) return null;
  return (
    <Panel
      title="Residuals"
      scope="target minus output; right: the rows that are farthest off"
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
          { plot: farthest, series: farthestSeries },
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
