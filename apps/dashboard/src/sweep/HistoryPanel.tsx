import { Button } from "@mantine/core";
import type { RunView, SweepView } from "@sweepyard/contract";
import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { HistoryChart } from "../charts/HistoryChart.js";
import { MarkLegend } from "../charts/MarkLegend.js";
import { prepareHistory } from "../charts/prepareHistory.js";
import { formatCounted } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { CHART_HEIGHT, NoChart } from "./NoChart.js";
import { runsInAll } from "./runsInAll.js";
import { toCurveRuns, type useSweepRuns } from "./useSweepRuns.js";

/** Whether the search still improves: each run's objective, and the best so far. */
export function HistoryPanel(props: {
  readonly sweep: SweepView;
  readonly query: ReturnType<typeof useSweepRuns>["query"];
  readonly runs: readonly RunView[];
  readonly total: number;
  readonly highlighted: string | null;
  readonly onHighlight: (runId: string | null) => void;
}) {
  const { sweep, runs } = props;
  const total = runsInAll(sweep, props.total);
  const { metric, direction } = sweep.objective;
  const [fullRange, setFullRange] = useState(false);
  const navigate = useNavigate();
  const chart = useMemo(
    () =>
      prepareHistory({
        runs: toCurveRuns(runs),
        metric,
        maximize: direction === "maximize",
        fullRange,
        total,
      }),
    [runs, metric, direction, fullRange, total],
  );
  return (
    <Panel
      title={`Best ${metric} so far`}
      scope={chart === null ? undefined : `${props.query.hasNextPage ? "best " : ""}${chart.scope}`}
      actions={
        chart === null ? null : (
          <>
            <MarkLegend states={chart.points.map((point) => point.state)} />
            {chart.outside > 0 || fullRange ? (
              <Button size="compact-xs" variant="default" onClick={() => setFullRange(!fullRange)}>
                {fullRange
                  ? "Fit to the best"
                  : `${formatCounted(chart.outside, "run")} off the axis`}
              </Button>
            ) : null}
            <ChartData table={chart.table} />
          </>
        )
      }
    >
      <Answer query={props.query} height={CHART_HEIGHT}>
        {() =>
          chart === null ? (
            <NoChart>
              {runs.some((run) => run.epoch > 0)
                ? `No run has reported a finite ${metric}.`
                : "The first point appears when a run has finished its first epoch."}
            </NoChart>
          ) : (
            <HistoryChart
              chart={chart}
              height={CHART_HEIGHT}
              highlighted={props.highlighted}
              onHighlight={props.onHighlight}
              onOpen={(runId) => navigate({ to: "/runs/$runId", params: { runId } })}
            />
          )
        }
      </Answer>
    </Panel>
  );
}
