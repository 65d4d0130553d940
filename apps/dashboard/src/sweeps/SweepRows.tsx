import type { BestSoFar, RouteAnswer, SweepView } from "@sweepyard/contract";
import { useQueries } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { bestSoFarQueries } from "../api/queries.js";
import { prepareSparkline } from "../charts/prepareSparkline.js";
import { Sparkline } from "../charts/Sparkline.js";
import { formatCount, formatMetric, MISSING } from "../format/formatNumber.js";
import { formatAge, formatDuration, formatInstant } from "../format/formatTime.js";
import { paramsText } from "../runs/paramsText.js";
import { StateTag } from "../shell/StateTag.js";
import { useLiveNow } from "../shell/useLive.js";
import { StateBar } from "../sweep/StateBar.js";
import { sweepProgress } from "../sweep/sweepProgress.js";
import styles from "./SweepsPage.module.css";

/** Sweeps as rows, each with what tells it from the others. */
export function SweepRows({ sweeps }: { readonly sweeps: readonly SweepView[] }) {
  const now = useLiveNow(5000);
  const histories = useQueries({
    queries: bestSoFarQueries(sweeps.map(({ id }) => id)),
    combine: bySweep,
  });
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
            <th scope="col">best so far</th>
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
            <SweepRow key={sweep.id} sweep={sweep} history={histories.get(sweep.id)} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const bySweep = (answers: readonly { data: RouteAnswer<"sweeps.bestSoFar"> | undefined }[]) =>
  new Map(answers.flatMap(({ data }) => data?.items ?? []).map((each) => [each.sweepId, each]));

function SweepRow(props: {
  readonly sweep: SweepView;
  readonly history: BestSoFar | undefined;
  readonly now: number;
}) {
  const { sweep, history, now } = props;
  const progress = sweepProgress(sweep, now);
  const line = prepareSparkline(sweep, history);
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
      <td className={line === null ? styles.extra : styles.line}>
        {line === null ? MISSING : <Sparkline line={line} />}
      </td>
      <td className={`number ${styles.extra}`}>{formatMetric(best?.test?.accuracy)}</td>
      <td className={`${styles.params} ${styles.extra}`}>
        {best === null ? (
          MISSING
        ) : (
          <div title={paramsText(best.params)}>{paramsText(best.params)}</div>
        )}
      </td>
      <td className={`${styles.time} ${styles.extra}`}>
        {formatDuration(progress.elapsedMs)}
        {progress.leftMs === null ? null : (
          <div className="dimmed">{formatDuration(progress.leftMs)} left</div>
        )}
      </td>
      <td title={formatInstant(sweep.createdAt)} className={`${styles.time} ${styles.extra}`}>
        {formatAge(sweep.createdAt, now)}
        <div className="dimmed clip" title={`submitted with the API key “${sweep.createdBy}”`}>
          key {sweep.createdBy}
        </div>
      </td>
      <td title={formatInstant(sweep.updatedAt)} className={`${styles.time} ${styles.extra}`}>
        {formatAge(sweep.updatedAt, now)}
      </td>
    </tr>
  );
}
