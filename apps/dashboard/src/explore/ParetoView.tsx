import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { paretoQuery } from "../api/queries.js";
import type { Board } from "../board/useBoard.js";
import { manyLines, toCoords } from "../charts/manySeries.js";
import { Plot, type PlotHandle } from "../charts/Plot.js";
import { preparePareto } from "../charts/preparePareto.js";
import { formatMetric } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { NoChart } from "../sweep/NoChart.js";
import { usePalette } from "../usePalette.js";
import { ExploreFrame } from "./ExploreFrame.js";
import styles from "./ExplorePanel.module.css";
import { PointsPlot } from "./PointsPlot.js";

const HEIGHT = 320;

/** What can't be had together: two objectives against each other, the front, and how it grew. */
export function ParetoView({ board }: { readonly board: Board }) {
  const query = useQuery(paretoQuery(board.sweep.id));
  const [second, setSecond] = useState(1);
  const { set, mask } = board;
  const palette = usePalette();
  const plot = useRef<PlotHandle>(null);
  const chart = useMemo(
    () => (query.data === undefined ? null : preparePareto(query.data, set, mask, [0, second])),
    [query.data, set, mask, second],
  );
  const colourOf = useCallback(() => palette.bar, [palette]);
  const growth = useMemo(
    () =>
      chart?.growth == null
        ? []
        : [manyLines(toCoords([chart.growth.line]), { color: palette.best, width: 2 })],
    [chart, palette],
  );
  const [first, ...others] = board.sweep.objectives;
  return (
    <Answer query={query} height={HEIGHT}>
      {(view) =>
        chart === null ? (
          <NoChart>No completed run has a finite value of both objectives.</NoChart>
        ) : (
          <ExploreFrame
            board={board}
            scope={`${chart.scope}; hypervolume ${formatMetric(view.hypervolume)}`}
            table={chart.table}
            plot={plot}
            legend={<span className="dimmed">line: no run is better in both</span>}
            controls={
              others.length < 2 ? null : (
                <NativeSelect
                  size="xs"
                  aria-label={`objective against ${first?.metric ?? ""}`}
                  data={others.map(({ metric }, index) => ({
                    value: String(index + 1),
                    label: metric,
                  }))}
                  value={String(second)}
                  onChange={(event) => setSecond(Number(event.currentTarget.value))}
                />
              )
            }
          >
            <div className={styles.pair}>
              <PointsPlot
                board={board}
                name="pareto"
                x={chart.x}
                y={chart.y}
                groups={chart.groups}
                colourOf={colourOf}
                line={chart.front}
                height={HEIGHT}
                summary={chart.summary}
                handle={plot}
              />
              {chart.growth === null ? null : (
                <Plot
                  name="hypervolume"
                  x={chart.growth.x}
                  y={chart.growth.y}
                  series={growth}
                  height={HEIGHT}
                  summary={`Hypervolume by run number; ${formatMetric(view.hypervolume)} now.`}
                />
              )}
            </div>
          </ExploreFrame>
        )
      }
    </Answer>
  );
}
