import { formatCount } from "../format/formatNumber.js";
import styles from "./StateBar.module.css";
import type { SweepProgress } from "./sweepProgress.js";

/** Order in the bar: what has ended well, what has ended otherwise, what goes on, what waits. */
const ORDER = [
  "completed",
  "pruned",
  "diverged",
  "failed",
  "cancelled",
  "running",
  "paused",
  "queued",
] as const;

/** A sweep's runs by state, as parts of all that are planned. */
export function StateBar(props: { readonly progress: SweepProgress }) {
  const { counts, created, planned, done, isCancelled } = props.progress;
  const head = isCancelled ? `${created} runs` : `${done} of ${planned ?? created} runs done`;
  const whole = Math.max(planned ?? 0, created, 1);
  const parts = ORDER.flatMap((state) => counts.filter((count) => count.state === state));
  const text = parts.map(({ state, count }) => `${formatCount(count)} ${state}`).join(", ");
  return (
    <div
      className={styles.bar}
      role="img"
      aria-label={`${head}: ${text === "" ? "none yet" : text}`}
      title={text === "" ? "no runs yet" : text}
    >
      {parts.map(({ state, count }) => (
        <span
          key={state}
          data-state={state}
          style={{ width: `${(count / whole) * 100}%`, backgroundColor: `var(--state-${state})` }}
        />
      ))}
    </div>
  );
}
