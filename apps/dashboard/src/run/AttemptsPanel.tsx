import type { RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { runAttemptsQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { formatDuration, formatInstant, formatShortInstant } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import styles from "./RunPage.module.css";

/** Each try at the run: where, from which epoch, and how it ended. */
export function AttemptsPanel({ run }: { readonly run: RunView }) {
  const query = useQuery(runAttemptsQuery(run.id, run.state === "running"));
  return (
    <Panel
      title="Attempts"
      scope={query.data === undefined ? undefined : formatCount(query.data.items.length)}
      flush
    >
      <Answer query={query} height={60}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none} style={{ padding: "0 12px 8px" }}>
              No worker has taken it yet.
            </p>
          ) : (
            <Scroll label="table of attempts">
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col" className="number">
                      #
                    </th>
                    <th scope="col">worker</th>
                    <th scope="col">device</th>
                    <th scope="col">began</th>
                    <th scope="col" className="number">
                      lasted
                    </th>
                    <th scope="col">from</th>
                    <th scope="col">end</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((attempt) => (
                    <tr key={attempt.number}>
                      <td className="number">{attempt.number}</td>
                      <td>
                        {attempt.workerName}, slot {attempt.slot}
                      </td>
                      <td>{attempt.device}</td>
                      <td title={formatInstant(attempt.startedAt)}>
                        {formatShortInstant(attempt.startedAt)}
                      </td>
                      <td className="number">
                        {attempt.endedAt === null
                          ? "goes on"
                          : formatDuration(
                              Date.parse(attempt.endedAt) - Date.parse(attempt.startedAt),
                            )}
                      </td>
                      <td>
                        {attempt.fromEpoch === 0 ? "the start" : `epoch ${attempt.fromEpoch}`}
                      </td>
                      <td>
                        {attempt.outcome ?? "–"}
                        {attempt.error === null ? null : (
                          <div style={{ color: "var(--state-failed)" }}>
                            {attempt.error.code}: {attempt.error.message}
                          </div>
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
    </Panel>
  );
}
