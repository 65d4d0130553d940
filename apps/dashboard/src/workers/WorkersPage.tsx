import { Title } from "@mantine/core";
import type { WorkerView } from "@sweepyard/contract";
import { IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { workersQuery } from "../api/queries.js";
import { formatCounted } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import styles from "./WorkersPage.module.css";

/** Workers, those that are here first, and what each of their slots does. */
export function WorkersPage() {
  const query = useQuery({ ...workersQuery(), refetchInterval: 15_000 });
  const now = useNow(5000);
  return (
    <>
      <Title order={1} mb={10}>
        Workers
      </Title>
      <Answer query={query} height={300}>
        {({ items }) => {
          const here = items.filter(
            (worker) => worker.state === "active" || worker.state === "draining",
          );
          const gone = items.filter((worker) => !here.includes(worker));
          return items.length === 0 ? (
            <EmptyState
              icon={<IconServer2 size={36} stroke={1.4} />}
              title="No worker has come yet"
            >
              Runs wait until one does. Start one where there is CPU or a GPU, with the same{" "}
              <code>DATABASE_URL</code>, <code>REDIS_URL</code> and <code>ARTIFACTS_DIR</code>:
              <pre className={styles.command}>node apps/worker/dist/main.js</pre>
            </EmptyState>
          ) : (
            <div className={styles.list}>
              {here.length === 0 ? (
                <p role="alert" className={styles.alone}>
                  No worker is here: runs wait until one comes back.
                </p>
              ) : null}
              {here.map((worker) => (
                <WorkerCard key={worker.id} worker={worker} now={now} />
              ))}
              {gone.length === 0 ? null : (
                <details>
                  <summary>{formatCounted(gone.length, "former worker")}</summary>
                  <div className={styles.list}>
                    {gone.map((worker) => (
                      <WorkerCard key={worker.id} worker={worker} now={now} />
                    ))}
                  </div>
                </details>
              )}
            </div>
          );
        }}
      </Answer>
    </>
  );
}

const COLOUR: Record<WorkerView["state"], string> = {
  active: "var(--state-completed)",
  draining: "var(--state-paused)",
  stopped: "var(--state-queued)",
  lost: "var(--state-failed)",
};

function WorkerCard({ worker, now }: { readonly worker: WorkerView; readonly now: number }) {
  const busy = worker.slots.filter((slot) => slot.runId !== null).length;
  return (
    <Panel
      title={
        <>
          <span className={styles.dot} style={{ background: COLOUR[worker.state] }} aria-hidden />
          {worker.name}
        </>
      }
      scope={`${worker.state}, ${busy} of ${formatCounted(worker.slots.length, "slot")} busy · host ${worker.host}, process ${worker.pid} · version ${worker.version}`}
      actions={
        <span className="dimmed" title={formatInstant(worker.startedAt)}>
          started {formatAge(worker.startedAt, now)}, seen {formatAge(worker.lastSeenAt, now)}
        </span>
      }
    >
      <ul className={styles.slots}>
        {worker.slots.map((slot) => (
          <li key={slot.slot} data-busy={slot.runId !== null || undefined}>
            <span className="dimmed">
              slot {slot.slot}, {slot.device}
            </span>
            {slot.runId === null ? (
              <span>idle</span>
            ) : (
              <Link to="/runs/$runId" params={{ runId: slot.runId }} className="link clip">
                {slot.runName}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
