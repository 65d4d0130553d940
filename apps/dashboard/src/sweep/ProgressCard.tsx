import type { SweepView } from "@sweepyard/contract";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { Panel } from "../shell/Panel.js";
import { STATE_ICONS } from "../shell/StateTag.js";
import { useLiveNow } from "../shell/useLive.js";
import { StateBar } from "./StateBar.js";
import styles from "./SweepSummary.module.css";
import { endedText, type SweepProgress, sweepProgress } from "./sweepProgress.js";

/** How far the sweep is, by state, and how long it will take. */
export function ProgressCard({ sweep }: { readonly sweep: SweepView }) {
  const now = useLiveNow(1000, sweep.state === "running");
  const progress = sweepProgress(sweep, now);
  return (
    <Panel title="Progress" scope={timeText(sweep, progress)}>
      <p className={styles.done}>
        {progress.isCancelled ? (
          <strong>{endedText(progress)}</strong>
        ) : (
          <>
            <strong>
              {formatCount(progress.done)} of {formatCount(progress.planned ?? progress.created)}{" "}
              runs
            </strong>{" "}
            done
          </>
        )}
        <span className="dimmed">
          , {formatCount(sweep.epochsDone)}
          {progress.epochs === null ? "" : ` of ${formatCount(progress.epochs)}`} epochs
          {progress.isCancelled ? " done" : ""}
        </span>
        {progress.share === null ? null : (
          <span className={styles.share}>{formatPercent(progress.share, 0)}</span>
        )}
      </p>
      <StateBar progress={progress} />
      <ul className={styles.counts}>
        {progress.counts.map(({ state, count }) => {
          const Icon = STATE_ICONS[state];
          return (
            <li key={state} style={{ color: `var(--state-${state})` }}>
              <Icon size={14} aria-hidden /> {formatCount(count)} {state}
            </li>
          );
        })}
        {progress.counts.length === 0 ? <li className="dimmed">no runs yet</li> : null}
      </ul>
    </Panel>
  );
}

function timeText(sweep: SweepView, { elapsedMs, leftMs }: SweepProgress): string {
  if (elapsedMs === null) return "not started yet";
  const elapsed = formatDuration(elapsedMs);
  if (sweep.endedAt !== null) return `took ${elapsed}`;
  if (leftMs === null) return `${elapsed} so far`;
  // Seconds would flicker with every epoch.
  const rounded =
    leftMs < 60_000 ? Math.ceil(leftMs / 5000) * 5000 : Math.round(leftMs / 10_000) * 10_000;
  return `${elapsed} so far, about ${formatDuration(rounded)} left`;
}
