import { Button, Title } from "@mantine/core";
import type { SweepView } from "@sweepyard/contract";
import { IconChartDots3 } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { sweepListQuery } from "../api/queries.js";
import { formatCount, formatMetric, MISSING } from "../format/formatNumber.js";
import { formatAge, formatDuration, formatInstant } from "../format/formatTime.js";
import { paramsText } from "../runs/paramsText.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import { StateTag } from "../shell/StateTag.js";
import { useLiveNow } from "../shell/useLive.js";
import { StateBar } from "../sweep/StateBar.js";
import { sweepProgress } from "../sweep/sweepProgress.js";
import { NewSweepButton } from "./NewSweepButton.js";
import styles from "./SweepsPage.module.css";

/** All sweeps of the project, each with what tells it from the others. */
export function SweepsPage() {
  const query = useInfiniteQuery(sweepListQuery());
  const sweeps = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages.at(-1)?.total ?? 0;
  return (
    <>
      <div className={styles.head}>
        <Title order={1}>Sweeps</Title>
        <NewSweepButton />
      </div>
      <Answer query={query} height={300}>
        {() =>
          sweeps.length === 0 ? (
            <NoSweeps />
          ) : (
            <Panel
              title={total === 1 ? "1 sweep" : `${formatCount(total)} sweeps`}
              scope={
                sweeps.length < total ? `newest ${formatCount(sweeps.length)} listed` : undefined
              }
              flush
            >
              <SweepRows sweeps={sweeps} />
              {query.hasNextPage ? (
                <Button
                  variant="subtle"
                  fullWidth
                  loading={query.isFetchingNextPage}
                  onClick={() => query.fetchNextPage()}
                >
                  Older sweeps
                </Button>
              ) : null}
            </Panel>
          )
        }
      </Answer>
    </>
  );
}

function SweepRows({ sweeps }: { readonly sweeps: readonly SweepView[] }) {
  const now = useLiveNow(5000);
  return (
    <div className={styles.scroll}>
      <table className={`data ${styles.list}`}>
        <thead>
          <tr>
            <th scope="col">name</th>
            <th scope="col">state</th>
            <th scope="col">runs done</th>
            <th scope="col" className="number">
              best objective
            </th>
            <th scope="col" className="number">
              test accuracy
            </th>
            <th scope="col">best params</th>
            <th scope="col">time</th>
            <th scope="col">submitted</th>
            <th scope="col">last change</th>
          </tr>
        </thead>
        <tbody>
          {sweeps.map((sweep) => (
            <SweepRow key={sweep.id} sweep={sweep} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SweepRow({ sweep, now }: { readonly sweep: SweepView; readonly now: number }) {
  const progress = sweepProgress(sweep, now);
  const { best, objective } = sweep;
  return (
    <tr>
      <td className={styles.name}>
        <Link
          to="/sweeps/$sweepId"
          params={{ sweepId: sweep.id }}
          className="link"
          title={sweep.name}
        >
          {sweep.name}
        </Link>
        {sweep.description === "" ? null : (
          <div className="dimmed clip" title={sweep.description}>
            {sweep.description}
          </div>
        )}
      </td>
      <td>
        <StateTag state={sweep.state} reason={sweep.stateReason} />
      </td>
      <td className={styles.progress}>
        <StateBar progress={progress} />
        <span className="dimmed">
          {progress.isCancelled
            ? `${formatCount(sweep.counts.completed)} completed`
            : `${formatCount(progress.done)} of ${formatCount(progress.planned ?? progress.created)}`}
        </span>
      </td>
      <td className="number">
        {best === null ? MISSING : <strong>{formatMetric(best.value)}</strong>}
        <div className="dimmed">{objective.metric}</div>
      </td>
      <td className={`number ${styles.extra}`}>{formatMetric(best?.test?.accuracy)}</td>
      <td className={`${styles.params} ${styles.extra}`}>
        {best === null ? MISSING : paramsText(best.params)}
      </td>
      <td className={styles.extra}>
        {formatDuration(progress.elapsedMs)}
        {progress.leftMs === null ? null : (
          <div className="dimmed">{formatDuration(progress.leftMs)} left</div>
        )}
      </td>
      <td title={formatInstant(sweep.createdAt)} className={styles.extra}>
        {formatAge(sweep.createdAt, now)}
        <div className="dimmed" title="the API key it was submitted with">
          key {sweep.createdBy}
        </div>
      </td>
      <td title={formatInstant(sweep.updatedAt)} className={styles.extra}>
        {formatAge(sweep.updatedAt, now)}
      </td>
    </tr>
  );
}

function NoSweeps() {
  return (
    <Panel title="No sweeps yet">
      <EmptyState icon={<IconChartDots3 size={36} stroke={1.4} />} title="Submit the first one">
        A sweep trains one model with many choices, such as learning rates and depths, and shows
        here which did best. From the terminal:
        <pre className={styles.command}>
          npm run sweepyard -- sweep submit examples/fashion-mnist.sweep.yaml
        </pre>
        or post the same as JSON to <code>/api/v1/sweeps</code>, as the{" "}
        <a className="link" href="/docs" target="_blank" rel="noreferrer">
          API documentation
        </a>{" "}
        shows. It appears here at once.
      </EmptyState>
    </Panel>
  );
}
