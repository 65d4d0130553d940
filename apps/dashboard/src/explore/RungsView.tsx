import { useMemo, useRef } from "react";
import { rungsOf } from "../board/rungsOf.js";
import type { Board } from "../board/useBoard.js";
import { manyLines, toCoords } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { prepareSurvival } from "../charts/prepareSurvival.js";
import { formatCount } from "../format/formatNumber.js";
import { NoChart } from "../sweep/NoChart.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";
import styles from "./ExplorePanel.module.css";

/** Where the pruner let runs go: how many got how far, and what became of them at each rung. */
export function RungsView(props: { readonly board: Board; readonly epochs: number }) {
  const { board, epochs } = props;
  const { set, mask, sweep } = board;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const rungs = useMemo(() => rungsOf(sweep.pruner, epochs), [sweep.pruner, epochs]);
  const chart = useMemo(
    () => prepareSurvival(set, mask, { rungs, epochs }),
    [set, mask, rungs, epochs],
  );
  const series = useMemo(() => {
    if (chart === null) return [];
    return [
      ...chart.rungs.map(({ epoch }) =>
        manyLines([2, epoch, chart.y.min, epoch, chart.y.max], {
          color: palette.dimmed,
          width: 1,
          type: "dotted",
        }),
      ),
      manyLines(toCoords([chart.line]), { color: palette.bar, width: 2 }),
    ];
  }, [chart, palette]);
  if (chart === null) return <NoChart>No selected run has finished an epoch yet.</NoChart>;
  return (
    <ExploreFrame board={board} scope={chart.scope} table={chart.table} plot={plot} legend={null}>
      <div className={styles.pair}>
        <Plot
          name="rungs"
          x={chart.x}
          y={chart.y}
          series={series}
          height={300}
          summary={chart.summary}
          handle={plot}
        />
        {chart.rungs.length === 0 ? (
          <p className="dimmed">The {sweep.pruner.name} pruner has no fixed rungs.</p>
        ) : (
          <table className="data" style={{ alignSelf: "start" }}>
            <thead>
              <tr>
                <th scope="col">rung</th>
                <th scope="col" className="number">
                  epoch
                </th>
                <th scope="col" className="number">
                  reached it
                </th>
                <th scope="col" className="number">
                  stopped there
                </th>
                <th scope="col" className="number">
                  went on
                </th>
              </tr>
            </thead>
            <tbody>
              {chart.rungs.map((rung) => (
                <tr key={rung.index}>
                  <th scope="row">{rung.index}</th>
                  <td className="number">{rung.epoch}</td>
                  <td className="number">{formatCount(rung.reached)}</td>
                  <td className="number">{formatCount(rung.stopped)}</td>
                  <td className="number">{formatCount(rung.wentOn)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </ExploreFrame>
  );
}
