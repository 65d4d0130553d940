import type { SweepView } from "@sweepyard/contract";
import { Link } from "@tanstack/react-router";
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
