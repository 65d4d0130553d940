import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { waitingRunsQuery } from "../api/queries.js";
import { formatCounted } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { runLabel } from "../runs/runLabel.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { useLiveNow } from "../shell/useLive.js";
import styles from "./QueuePage.module.css";

/** The runs that wait, most urgent first, each with its reason. */
export function WaitingRuns() {
  const query = useQuery(waitingRunsQuery());
  const now = useLiveNow(5_000);
  const page = query.data;
  const isCut = page !== undefined && page.items.length < page.total;
  return (
    <Panel
      title="Waiting runs"
      scope={
        isCut
          ? `${page.items.length} of ${formatCounted(page.total, "run")}, most urgent first`
          : undefined
      }
      flush
    >
      <Answer query={query} height={80}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>No run waits.</p>
          ) : (
            <Scroll label="table of waiting runs">
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col">run</th>
                    <th scope="col">sweep</th>
                    <th scope="col" className="number">
                      priority
                    </th>
                    <th scope="col" className="number">
                      waits for
                    </th>
                    <th scope="col">why</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((run) => (
                    <tr key={run.id}>
                      <td className={styles.name}>
                        <Link
                          to="/runs/$runId"
                          params={{ runId: run.id }}
                          className="link"
                          title={run.name}
                        >
                          {runLabel(run)}
                        </Link>
                      </td>
                      <td className={styles.name} title={run.sweepName ?? undefined}>
                        {run.sweepName ?? "–"}
                      </td>
                      <td className="number">{run.priority}</td>
                      <td className="number">
                        {formatDuration(now - Date.parse(run.queuedAt ?? run.createdAt))}
                      </td>
                      <td>{run.waitReason ?? "for a free slot"}</td>
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
