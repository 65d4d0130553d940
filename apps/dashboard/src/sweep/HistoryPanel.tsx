import { Button } from "@mantine/core";
import { memo, useMemo, useRef, useState } from "react";
import type { Board } from "../board/useBoard.js";
import { ChartData } from "../charts/ChartData.js";
import { HistoryChart } from "../charts/HistoryChart.js";
import { MarkLegend } from "../charts/MarkLegend.js";
import type { PlotHandle } from "../charts/Plot.js";
import { prepareHistory } from "../charts/prepareHistory.js";
import { formatCounted } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { CHART_HEIGHT, NoChart } from "./NoChart.js";
import { runsInAll } from "./runsInAll.js";

/** Whether the search still improves: each run's objective, and the best so far. */
export const HistoryPanel = memo(function HistoryPanel({ board }: { readonly board: Board }) {
  const { sweep, set, mask, maximize } = board;
  const { metric } = sweep.objective;
  const [fullRange, setFullRange] = useState(false);
  const plot = useRef<PlotHandle>(null);
  const total = runsInAll(sweep, set.total);
  const chart = useMemo(
    () => prepareHistory({ set, mask, metric, maximize, fullRange, total }),
    [set, mask, metric, maximize, fullRange, total],
  );
  return (
    <Panel
      title={`Best ${metric} so far`}
      scope={chart?.scope}
      actions={
        chart === null ? null : (
          <>
            <MarkLegend states={chart.groups.flatMap(({ state }) => state ?? [])} />
            {chart.outside > 0 || fullRange ? (
              <Button size="compact-xs" variant="default" onClick={() => setFullRange(!fullRange)}>
                {fullRange
                  ? "Fit to the best"
                  : `${formatCounted(chart.outside, "run")} off the axis`}
              </Button>
            ) : null}
            <ChartData table={chart.table} plot={plot} />
          </>
        )
      }
    >
      {chart === null ? (
        <NoChart>
          {set.epochs.some((epoch) => epoch > 0)
            ? `No run has reported a finite ${metric}.`
            : "The first point appears when a run has finished its first epoch."}
        </NoChart>
      ) : (
        <HistoryChart
          chart={chart}
          set={set}
          height={CHART_HEIGHT}
          handle={plot}
          highlighted={board.highlighted}
          onHighlight={board.highlight}
          onOpen={board.open}
        />
      )}
    </Panel>
  );
});
