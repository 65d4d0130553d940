import { Title } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { overviewRunsQuery, queueQuery, sweepListQuery, workersQuery } from "../api/queries.js";
import { formatCount, formatCounted, formatMetric } from "../format/formatNumber.js";
import { formatAge, formatDuration, formatInstant } from "../format/formatTime.js";
import { QueueCharts } from "../queue/QueueCharts.js";
import { EpochBar } from "../runs/EpochBar.js";
import { paramsText } from "../runs/paramsText.js";
import { runLabel } from "../runs/runLabel.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { StateTag } from "../shell/StateTag.js";
import { useLiveNow } from "../shell/useLive.js";
import { useTitle } from "../shell/useTitle.js";
import { NewSweepButton } from "../sweeps/NewSweepButton.js";
import { SweepRows } from "../sweeps/SweepRows.js";
import { FirstSweep } from "./FirstSweep.js";
import styles from "./OverviewPage.module.css";
import { gpusInUse, prepareThroughput, shownSweeps } from "./prepareOverview.js";

const ENDED_LIMIT = 100;
const SHOWN = 5;
const RUNNING_SHOWN = 12;

/** What goes on now, on one screen. */
export function OverviewPage() {
  useTitle("Overview");
  const sweeps = useInfiniteQuery(sweepListQuery());
  const items = sweeps.data?.pages.flatMap((page) => page.items) ?? [];
  const { isActive, items: shown } = shownSweeps(items, SHOWN);
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <Title order={1}>Overview</Title>
        <NewSweepButton />
      </div>
      <Now />
      <Answer query={sweeps} height={160}>
        {() =>
          items.length === 0 ? (
            <FirstSweep />
          ) : (
            <Panel
              title={isActive ? "Active sweeps" : "Latest sweeps"}
              scope={isActive ? undefined : "none is active"}
              actions={
                <Link to="/sweeps" className="link">
                  all sweeps
                </Link>
              }
              flush
            >
              <SweepRows sweeps={shown} />
            </Panel>
          )
        }
      </Answer>
      <div className={styles.halves}>
        <Running />
        <Failures />
      </div>
      {items.length === 0 ? null : <QueueCharts />}
    </div>
  );
}

/** Runs, slots, waiting and pace in one line of figures. */
function Now() {
  const queue = useQuery(queueQuery());
  const running = useQuery(overviewRunsQuery("running", "-startedAt", RUNNING_SHOWN));
  const ended = useQuery(overviewRunsQuery("ended", "-endedAt", ENDED_LIMIT));
  const workers = useQuery(workersQuery());
  const gpus = gpusInUse(workers.data?.items ?? []);
  const now = useLiveNow(10_000);
  const pace = prepareThroughput(
    running.data?.items ?? [],
    ended.data?.items ?? [],
    ENDED_LIMIT,
    now,
  );
  return (
    <Answer query={queue} height={72}>
      {({ runs, slots, longestWaitMs, waitReason }) => (
        <dl className={styles.figures}>
          <Figure label="running" value={formatCount(runs.running)}>
            {pace.rowsPerSecond === null
              ? ""
              : `${formatCount(Math.round(pace.rowsPerSecond))} rows/s`}
          </Figure>
          <Figure label="slots in use" value={`${slots.busy} of ${slots.total}`}>
            <Link to="/workers" className="link">
              {gpus === 0 ? "no GPU in use" : `${formatCounted(gpus, "GPU")} among them`}
            </Link>
          </Figure>
          <Figure label="waiting" value={formatCount(runs.queued)}>
            <span title={waitReason ?? undefined}>
              {longestWaitMs === null ? "none waits" : `longest ${formatDuration(longestWaitMs)}`}
            </span>
          </Figure>
          <Figure
            label="ended in the last hour"
            value={`${formatCount(pace.endedLastHour)}${pace.isAtLeast ? " or more" : ""}`}
          >
            {waitReason ?? ""}
          </Figure>
          <Figure label="completed" value={formatCount(runs.completed)}>
            {formatCount(runs.pruned)} pruned
          </Figure>
          <Figure label="failed or diverged" value={formatCount(runs.failed + runs.diverged)}>
            {runs.failed + runs.diverged === 0 ? (
              "none"
            ) : (
              <Link to="/runs" search={{ filter: FAILED }} className="link">
                look at them
              </Link>
            )}
          </Figure>
        </dl>
      )}
    </Answer>
  );
}

const FAILED = "state in (failed, diverged)";

const Figure = (props: {
  readonly label: string;
  readonly value: string;
  readonly children?: ReactNode;
}) => (
  <div>
    <dt>{props.label}</dt>
    <dd>{props.value}</dd>
    <dd className={styles.beside}>{props.children}</dd>
  </div>
);

function Running() {
  const query = useQuery(overviewRunsQuery("running", "-startedAt", RUNNING_SHOWN));
  return (
    <Panel title="Running now" scope={shownOf(query.data)} flush>
      <Answer query={query} height={80}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>No run is being trained.</p>
          ) : (
            <RunRows label="table of running runs" runs={items} last="slot" />
          )
        }
      </Answer>
    </Panel>
  );
}

function Failures() {
  const query = useQuery(overviewRunsQuery("failed", "-endedAt", SHOWN));
  return (
    <Panel title="Last failures" scope={shownOf(query.data)} flush>
      <Answer query={query} height={80}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>Nothing has failed.</p>
          ) : (
            <RunRows label="table of last failures" runs={items} last="reason" />
          )
        }
      </Answer>
    </Panel>
  );
}

const shownOf = (page: { items: readonly unknown[]; total: number } | undefined) =>
  page === undefined || page.items.length === page.total
    ? undefined
    : `${page.items.length} of ${formatCounted(page.total, "run")}`;

function RunRows(props: {
  readonly label: string;
  readonly runs: readonly RunView[];
  readonly last: "slot" | "reason";
}) {
  const { label, runs, last } = props;
  const now = useLiveNow(5000);
  return (
    <Scroll label={label}>
      <table className="data">
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <th scope="row" className={styles.run}>
                <Link
                  to="/runs/$runId"
                  params={{ runId: run.id }}
                  className="link"
                  title={run.name}
                >
                  {runLabel(run)}
                </Link>
                <div className="dimmed clip" title={paramsText(run.params)}>
                  {run.sweepName ?? paramsText(run.params)}
                </div>
              </th>
              <td>
                <StateTag state={run.state} reason={run.stateReason} />
              </td>
              <td>
                <EpochBar done={run.epoch} planned={run.epochs} state={run.state} />
              </td>
              {last === "slot" ? (
                <>
                  <td className="number">{formatMetric(run.objective)}</td>
                  <td className={`dimmed ${styles.short}`}>
                    {run.workerName}, slot {run.slot}
                  </td>
                </>
              ) : (
                <>
                  <td className={styles.reason} title={run.error?.message ?? run.stateReason ?? ""}>
                    {run.error?.message ?? run.stateReason}
                  </td>
                  <td
                    className={`number dimmed ${styles.short}`}
                    title={formatInstant(run.endedAt ?? run.createdAt)}
                  >
                    {formatAge(run.endedAt ?? run.createdAt, now)}
                  </td>
                </>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
