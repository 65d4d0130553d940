import { SegmentedControl, Title } from "@mantine/core";
import type { WorkerView } from "@sweepyard/contract";
import { IconServer2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { workerLoadQuery, workersQuery } from "../api/queries.js";
import { formatCount, formatCounted } from "../format/formatNumber.js";
import { formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { useTitle } from "../shell/useTitle.js";
import { versionsOf } from "./versionsOf.js";
import { WorkerCard } from "./WorkerCard.js";
import styles from "./WorkersPage.module.css";

const SPANS = [
  { value: "15", label: "15 min" },
  { value: "60", label: "1 h" },
  { value: "360", label: "6 h" },
  { value: "1440", label: "1 day" },
];

/** Workers, those that are here first: what their slots do and what they take of their machines. */
export function WorkersPage() {
  useTitle("Workers");
  const query = useQuery({ ...workersQuery(), refetchInterval: 15_000 });
  const [minutes, setMinutes] = useState("60");
  return (
    <>
      <div className={styles.head}>
        <Title order={1}>Workers</Title>
        <SegmentedControl
          size="xs"
          aria-label="time shown"
          data={SPANS}
          value={minutes}
          onChange={setMinutes}
        />
      </div>
      <Answer query={query} height={300}>
        {({ items }) =>
          items.length === 0 ? <NoWorkers /> : <Workers workers={items} minutes={Number(minutes)} />
        }
      </Answer>
    </>
  );
}

const NoWorkers = () => (
  <EmptyState icon={<IconServer2 size={36} stroke={1.4} />} title="No worker has come yet">
    Runs wait until one does. Start one where there is CPU or a GPU, with the same{" "}
    <code>DATABASE_URL</code>, <code>REDIS_URL</code> and <code>ARTIFACTS_DIR</code>:
    <pre className={styles.command}>node apps/worker/dist/main.js</pre>
  </EmptyState>
);

function Workers(props: { readonly workers: readonly WorkerView[]; readonly minutes: number }) {
  const { workers, minutes } = props;
  const loads = useQuery(workerLoadQuery(minutes));
  const now = useNow(5000);
  const here = workers.filter(({ state }) => state === "active" || state === "draining");
  const gone = workers.filter((worker) => !here.includes(worker));
  const card = (worker: WorkerView) => (
    <WorkerCard
      key={worker.id}
      worker={worker}
      load={loads.data?.items.find(({ workerId }) => workerId === worker.id) ?? null}
      spanMs={minutes * 60_000}
      now={now}
    />
  );
  return (
    <div className={styles.list}>
      {here.length === 0 ? (
        <p role="alert" className={styles.alone}>
          No worker is here: runs wait until one comes back.
        </p>
      ) : null}
      {here.map(card)}
      <Versions workers={workers} />
      {gone.length === 0 ? null : (
        <details>
          <summary>{formatCounted(gone.length, "former worker")} of the last day</summary>
          <div className={styles.list}>{gone.map(card)}</div>
        </details>
      )}
    </div>
  );
}

const Versions = ({ workers }: { readonly workers: readonly WorkerView[] }) => (
  <Panel title="Versions" scope="of workers of the last day" flush>
    <Scroll label="versions of workers">
      <table className="data">
        <thead>
          <tr>
            <th scope="col">version</th>
            <th scope="col" className="number">
              workers here
            </th>
            <th scope="col" className="number">
              former
            </th>
            <th scope="col">first began</th>
            <th scope="col">last heard of</th>
          </tr>
        </thead>
        <tbody>
          {versionsOf(workers).map((row) => (
            <tr key={row.version}>
              <th scope="row">{row.version}</th>
              <td className="number">{formatCount(row.here)}</td>
              <td className="number">{formatCount(row.former)}</td>
              <td>{formatInstant(row.from)}</td>
              <td>{formatInstant(row.until)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </Panel>
);
