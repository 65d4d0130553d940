import {
  isTerminal,
  type MetricRow,
  type Report,
  type RunView,
  type SweepView,
} from "@sweepyard/contract";
import type { ReactNode } from "react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { formatDuration, formatInstant } from "../format/formatTime.js";
import { EpochBar } from "../runs/EpochBar.js";
import { trainingTime } from "../runs/orderRuns.js";
import { useLiveNow } from "../shell/useLive.js";
import { bestEpoch } from "./bestEpoch.js";
import { keptEpoch } from "./keptEpoch.js";
import styles from "./RunPage.module.css";

/** The figures one looks for first, in one line. */
export function RunFacts(props: {
  readonly run: RunView;
  readonly sweep: SweepView | null;
  readonly report: Report | null;
  readonly rows: readonly MetricRow[];
}) {
  const { run, sweep, report, rows } = props;
  const now = useLiveNow(1000, run.state === "running");
  return (
    <dl className={styles.facts}>
      <JudgedFact run={run} sweep={sweep} rows={rows} />
      {report === null ? null : (
        <>
          {report.task === "regression" ? (
            <Fact label="test R²" big>
              {formatMetric(report.r2)}
            </Fact>
          ) : (
            <>
              <Fact label="test accuracy" big>
                {formatMetric(report.accuracy)}
              </Fact>
              <Fact label="test F1, macro" big>
                {formatMetric(report.macro.f1)}
              </Fact>
            </>
          )}
          <Fact label="test loss" big>
            {formatMetric(report.loss)}
          </Fact>
        </>
      )}
      <Fact label="epochs">
        <EpochBar done={run.epoch} planned={run.epochs} state={run.state} />
      </Fact>
      <Fact label="time training">{formatDuration(trainingTime(run, now))}</Fact>
      {run.startedAt === null || run.queuedAt === null ? null : (
        <Fact label="waited">
          {formatDuration(Math.max(0, Date.parse(run.startedAt) - Date.parse(run.createdAt)))}
        </Fact>
      )}
      {run.workerName === null ? null : (
        <Fact label="worker, slot">
          {run.workerName}, {run.slot}
        </Fact>
      )}
      <Fact label="engine">{run.engine}</Fact>
      <Fact label="attempt">{formatCount(run.attempt)}</Fact>
      <Fact label="created">{formatInstant(run.createdAt)}</Fact>
      {run.error === null ? null : (
        <Fact label={`error: ${run.error.code}`}>
          <span style={{ color: "var(--state-failed)" }}>{run.error.message}</span>
        </Fact>
      )}
    </dl>
  );
}

/** What the run is judged by: its sweep's objective, or a single run's validation accuracy. */
function JudgedFact(props: {
  readonly run: RunView;
  readonly sweep: SweepView | null;
  readonly rows: readonly MetricRow[];
}) {
  const { run, sweep, rows } = props;
  const own = (run.plan?.validation_split ?? 0) > 0 ? "val_accuracy" : "accuracy";
  const metric = run.sweepId === null ? own : (sweep?.objective.metric ?? "objective");
  const value = run.sweepId === null ? run.metrics[metric] : run.objective;
  const best = bestEpoch(rows, metric, sweep?.objective.direction ?? "maximize");
  const kept = isTerminal(run.state) ? keptEpoch(run.plan, rows) : run.epoch;
  return (
    <Fact label={run.sweepId === null ? metric : `${metric}, the objective`} big>
      <span title={`The objective, the report and model.onnx are of epoch ${kept ?? 0}.`}>
        {formatMetric(value)}
        {best === null ? null : (
          <small className={styles.beside}>
            {epochText(kept, run.epoch)}
            {best.step === kept
              ? ", its best"
              : `, best ${formatMetric(best.value)} at epoch ${best.step}`}
          </small>
        )}
      </span>
    </Fact>
  );
}

/** Which epoch's weights a figure is of. */
const epochText = (kept: number | null, last: number): string =>
  kept === null || kept === last ? "last epoch" : `epoch ${kept}, which the model is of`;

const Fact = (props: {
  readonly label: string;
  readonly big?: boolean;
  readonly children: ReactNode;
}) => (
  <div className={props.big === true ? styles.big : undefined}>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);
