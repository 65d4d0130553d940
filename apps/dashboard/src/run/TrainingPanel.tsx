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

/** Training against validation, by epoch. */
export function TrainingPanel(props: {
  readonly run: RunView;
  readonly query: UseQueryResult<{ rows: MetricRow[] }>;
  readonly metric: "accuracy" | "loss";
}) {
  const { run, query, metric } = props;
  const [log, setLog] = useState(false);
  const rows = query.data?.rows;
  const chart = useMemo(
    () => (rows === undefined ? null : prepareTrainingCurves(rows, metric, run.epochs, log)),
    [rows, metric, run.epochs, log],
  );
  return (
    <Panel
      title={metric === "accuracy" ? "Accuracy" : "Loss"}
      scope={
        chart?.bestStep === null || chart === null
          ? undefined
          : `validation best at epoch ${chart.bestStep}`
      }
      actions={
        <>
          <TrainingLegend hasValidation={(run.plan?.validation_split ?? 0) > 0} />
          {metric === "loss" ? (
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
      <Answer query={query} height={HEIGHT}>
        {() =>
          chart === null ? (
            <p className={styles.none} style={{ height: HEIGHT }}>
              None of its epochs has a finite {metric}
              {log ? " above zero, and a log axis has no place for others" : ""}.
            </p>
          ) : (
            <TrainingCurves chart={chart} height={HEIGHT} />
          )
        }
      </Answer>
    </Panel>
  );
}
