import { Title } from "@mantine/core";
import { type QueueView, RunState } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { queueQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { StateTag } from "../shell/StateTag.js";
import { useTitle } from "../shell/useTitle.js";
import { BullBoard } from "./BullBoard.js";
import { DeadRuns } from "./DeadRuns.js";
import { QueueCharts } from "./QueueCharts.js";
import styles from "./QueuePage.module.css";
import { WaitingRuns } from "./WaitingRuns.js";

/** What waits, what runs, and why: Postgres' view of runs, Redis' of jobs. */
export function QueuePage() {
  useTitle("Queue");
  const query = useQuery(queueQuery());
  return (
    <div className={styles.page}>
      <Title order={1}>Queue</Title>
      <Answer query={query} height={300}>
        {(queue) => (
          <>
            <Summary queue={queue} />
            <QueueCharts />
            <WaitingRuns />
            <DeadRuns />
            <div className={styles.halves}>
              <RunsByState queue={queue} />
              <Jobs queue={queue} />
            </div>
          </>
        )}
      </Answer>
      <BullBoard />
    </div>
  );
}

function Summary({ queue }: { readonly queue: QueueView }) {
  const waiting = queue.runs.queued;
  return (
    <div className={styles.summary}>
      <Figure label="runs waiting" value={formatCount(waiting)}>
        {queue.longestWaitMs === null
          ? "none has to wait"
          : `the first of them for ${formatDuration(queue.longestWaitMs)}`}
      </Figure>
      <Figure label="slots busy" value={`${queue.slots.busy} of ${queue.slots.total}`}>
        <Link to="/workers" className="link">
          workers
        </Link>
      </Figure>
      <Figure label="why runs wait" value={queue.waitReason ?? "–"} text>
        {queue.waitReason === null ? "no run waits" : null}
      </Figure>
    </div>
  );
}

const Figure = (props: {
  readonly label: string;
  readonly value: string;
  readonly text?: boolean;
  readonly children?: ReactNode;
}) => (
  <Panel title={props.label}>
    <div className={props.text === true ? styles.words : styles.value}>{props.value}</div>
    <div className="dimmed">{props.children}</div>
  </Panel>
);

const RunsByState = ({ queue }: { readonly queue: QueueView }) => (
  <Panel title="Runs by state" scope="all sweeps" flush>
    <table className="data">
      <tbody>
        {RunState.options.map((state) => (
          <tr key={state}>
            <td>
              <StateTag state={state} />
            </td>
            <td className="number">
              {queue.runs[state] === 0 ? (
                <span className="dimmed">0</span>
              ) : (
                <Link to="/runs" search={{ filter: `state = ${state}` }} className="link">
                  {formatCount(queue.runs[state])}
                </Link>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Panel>
);

function Jobs({ queue }: { readonly queue: QueueView }) {
  return (
    <Panel title="Jobs in Redis" scope="delivery only: losing them loses no run" flush>
      {queue.jobs === null ? (
        <p className={styles.down} role="alert">
          Redis does not answer. Runs are safe in Postgres and are enqueued again when it is back.
        </p>
      ) : (
        <Scroll label="jobs by queue">
          <table className="data">
            <thead>
              <tr>
                <th scope="col">queue</th>
                {["waiting", "prioritized", "active", "delayed", "failed"].map((column) => (
                  <th key={column} scope="col" className="number">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {queue.jobs.map((job) => (
                <tr key={job.queue}>
                  <td className="mono">{job.queue}</td>
                  {[job.waiting, job.prioritized, job.active, job.delayed].map((count, index) => (
                    <td key={index} className="number">
                      {formatCount(count)}
                    </td>
                  ))}
                  <td
                    className="number"
                    style={job.failed > 0 ? { color: "var(--state-failed)" } : undefined}
                  >
                    {formatCount(job.failed)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}
