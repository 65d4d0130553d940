import type { Report, RunView, SweepView } from "@sweepyard/contract";
import type { ReactNode } from "react";
import { formatCount, formatMetric } from "../format/formatNumber.js";
import { formatDuration, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { EpochBar } from "../runs/EpochBar.js";
import { trainingTime } from "../runs/orderRuns.js";
import styles from "./RunPage.module.css";

/** The figures one looks for first, in one line. */
export function RunFacts(props: {
  readonly run: RunView;
  readonly sweep: SweepView | null;
  readonly report: Report | null;
}) {
  const { run, sweep, report } = props;
  const now = useNow(1000, run.state === "running");
  return (
    <dl className={styles.facts}>
      <Fact label={sweep?.objective.metric ?? "objective"} big>
        {formatMetric(run.objective)}
      </Fact>
      {report === null ? null : (
        <>
          <Fact label="test accuracy" big>
            {formatMetric(report.accuracy)}
          </Fact>
          <Fact label="test F1, macro" big>
            {formatMetric(report.macro.f1)}
          </Fact>
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
