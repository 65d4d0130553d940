import { Button, NativeSelect, Switch } from "@mantine/core";
import type { RunView, SweepView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { curvesQuery } from "../api/queries.js";
import { ChartData } from "../charts/ChartData.js";
import { LearningCurves } from "../charts/LearningCurves.js";
import { MarkLegend } from "../charts/MarkLegend.js";
import { prepareLearningCurves } from "../charts/prepareLearningCurves.js";
import { QualityLegend } from "../charts/QualityLegend.js";
import { hasEndMark } from "../charts/stateMarks.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { epochMetrics } from "./epochMetrics.js";
import { CHART_HEIGHT, NoChart } from "./NoChart.js";
import { runsInAll } from "./runsInAll.js";
import { toCurveRuns } from "./useSweepRuns.js";

const route = getRouteApi("/sweeps/$sweepId");

/** One metric of all runs over each other, by epoch. */
export function CurvesPanel(props: {
  readonly sweep: SweepView;
  readonly runs: readonly RunView[];
  readonly total: number;
  /** Whether `runs` are the best of more that have not been fetched. */
  readonly isBestOnly: boolean;
  readonly highlighted: string | null;
  readonly onHighlight: (runId: string | null) => void;
}) {
  const { sweep, runs } = props;
  const total = runsInAll(sweep, props.total);
  const search = route.useSearch();
  const setSearch = route.useNavigate();
  const navigate = useNavigate();
  const metrics = useMemo(() => epochMetrics(runs, sweep.objective.metric), [runs, sweep]);
  const metric = search.metric ?? sweep.objective.metric;
  const log = search.log === true;
  const fullRange = search.full === true;
  const query = useQuery(curvesQuery(sweep.id, metric));
  const curves = query.data?.curves;
  const chart = useMemo(() => {
    const curveRuns = toCurveRuns(runs);
    const known = new Map(curveRuns.map((run) => [run.id, run]));
    return prepareLearningCurves({
      curves: curves?.filter((curve) => known.has(curve.runId)) ?? [],
      runs: known,
      metric,
      maximize: sweep.objective.direction === "maximize",
      bestRunId: sweep.best?.runId ?? null,
      log,
      fullRange,
      epochs: Math.max(1, ...runs.map((run) => run.epochs)),
      total,
    });
  }, [curves, runs, metric, sweep.objective.direction, sweep.best?.runId, log, fullRange, total]);

  return (
    <Panel
      title="Learning curves"
      scope={chart === null ? undefined : `${props.isBestOnly ? "best " : ""}${chart.scope}`}
      actions={
        <>
          {chart === null ? null : <QualityLegend metric={sweep.objective.metric} />}
          <MarkLegend
            states={(chart?.curves ?? []).map((curve) => curve.state).filter(hasEndMark)}
          />
          {chart !== null && (chart.outside > 0 || fullRange) ? (
            <Button
              size="compact-xs"
              variant="default"
              title="The axis is fitted to the middle and the best"
              onClick={() =>
                setSearch({
                  search: (old) => ({ ...old, full: fullRange ? undefined : true }),
                  replace: true,
                })
              }
            >
              {fullRange ? "Fit to the best" : "Full range"}
            </Button>
          ) : null}
          <Switch
            size="xs"
            label="log y"
            checked={log}
            onChange={(event) => {
              const on = event.currentTarget.checked;
              void setSearch({
                search: (old) => ({ ...old, log: on ? true : undefined }),
                replace: true,
              });
            }}
          />
          <NativeSelect
            size="xs"
            aria-label="metric"
            data={metrics}
            value={metric}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              void setSearch({ search: (old) => ({ ...old, metric: chosen }), replace: true });
            }}
          />
          {chart === null ? null : <ChartData table={chart.table} />}
        </>
      }
    >
      <Answer query={query} height={CHART_HEIGHT}>
        {() =>
          chart === null ? (
            <NoChart>
              {log
                ? `No value of ${metric} above zero, and a log axis has no place for others.`
                : `No run has reported ${metric} yet.`}
            </NoChart>
          ) : (
            <LearningCurves
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
