import { formatDuration } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import styles from "./LiveBadge.module.css";
import { useLiveStatus } from "./useLive.js";

/** Whether what is on the screen is live, and if not, how old it is. */
export function LiveBadge() {
  const { state, asOf } = useLiveStatus();
  const now = useNow(1000, state !== "live");
  const seconds = Math.floor((now - asOf) / 1000);
  const age = seconds < 1 ? "" : `, data ${formatDuration(seconds * 1000)} old`;
  const text = {
    live: "live",
    connecting: "connecting",
    reconnecting: `reconnecting${age}`,
    ended: `not live${age}`,
  }[state];
  return (
    <span className={styles.badge} data-state={state} role="status">
      <span className={styles.dot} aria-hidden />
      {text}
    </span>
  );
}
