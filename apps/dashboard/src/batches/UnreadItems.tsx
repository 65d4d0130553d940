import type { BatchView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { unreadItemsQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import styles from "./BatchesPage.module.css";

/** Items that could not be read, and why; the first of them. */
export function UnreadItems({ batch }: { readonly batch: BatchView }) {
  const query = useQuery(unreadItemsQuery(batch.id, batch.failed));
  return (
    <Answer query={query} height={60}>
      {(items) => (
        <ul className={styles.unread}>
          {items.map(({ index, item, error }) => (
            <li key={index}>
              <span className="mono">{item}</span>: {error}
            </li>
          ))}
          {items.length < batch.failed ? (
            <li className="dimmed">
              and {formatCount(batch.failed - items.length)} more, which{" "}
              <code>sweepyard batch results {batch.id} --failed</code> names
            </li>
          ) : null}
        </ul>
      )}
    </Answer>
  );
}
