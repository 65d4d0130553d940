import { Switch } from "@mantine/core";
import type { MetricRow, RunView } from "@sweepyard/contract";
import type { UseQueryResult } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { ChartData } from "../charts/ChartData.js";
import { prepareTrainingCurves } from "../charts/prepareTrainingCurves.js";
import { TrainingCurves, TrainingLegend } from "../charts/TrainingCurves.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import styles from "./RunPage.module.css";

const HEIGHT = 250;

/** One metric by epoch, training against validation where rows validate. */
export function TrainingPanel(props: {
  readonly run: RunView;
  readonly query: UseQueryResult<{ rows: MetricRow[] }>;
  readonly metric: string;
  readonly title: string;
  readonly height?: number;
}) {
  const { run, query, metric, title, height = HEIGHT } = props;
  const [log, setLog] = useState(false);
  const rows = query.data?.rows;
  const chart = useMemo(
    () => (rows === undefined ? null : prepareTrainingCurves(rows, metric, run.epochs, log)),
    [rows, metric, run.epochs, log],
  );
  return (
    <Panel
      title={title}
      scope={
        chart?.bestStep === null || chart === null
          ? undefined
          : `validation best at epoch ${chart.bestStep}`
      }
      actions={
        <>
          {chart === null || chart.lines.length < 2 ? null : <TrainingLegend hasValidation />}
          {/loss|learning_rate/.test(metric) ? (
            <Switch
              size="xs"
              label="log y"
              checked={log}
              onChange={(event) => setLog(event.currentTarget.checked)}
            />
          ) : null}
          {chart === null ? null : <ChartData table={chart.table} />}
        </>
      }
    >
      <Answer query={query} height={height}>
        {() =>
          chart === null ? (
            <p
              className={styles.none}
              // Kept for a curve that is to come, and while the switch of the axis is tried.
              style={run.endedAt === null || log ? { height } : undefined}
            >
              None of its epochs has a finite {metric}
              {log ? " above zero, and a log axis has no place for others" : ""}.
            </p>
          ) : (
            <TrainingCurves chart={chart} height={height} />
          )
        }
      </Answer>
    </Panel>
  );
}
