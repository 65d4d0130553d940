import { Alert } from "@mantine/core";
import type { WorkerLoad, WorkerView } from "@sweepyard/contract";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useMemo } from "react";
import { ChartData } from "../charts/ChartData.js";
import type { TimeSeries } from "../charts/prepareTimeSeries.js";
import { TimeChart } from "../charts/TimeChart.js";
import { formatBytes, formatCounted, formatMetric } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { Panel } from "../shell/Panel.js";
import { DrainWorker } from "./DrainWorker.js";
import { prepareWorkerCharts } from "./prepareWorkerCharts.js";
import styles from "./WorkersPage.module.css";

const COLOUR: Record<WorkerView["state"], string> = {
  active: "var(--state-completed)",
  draining: "var(--state-paused)",
  stopped: "var(--state-queued)",
  lost: "var(--state-failed)",
};
const HEIGHT = 150;

const busySlots = ({ slots }: WorkerView) => slots.filter(({ runId }) => runId !== null).length;

/** One word for what a worker is at. */
function stateText(worker: WorkerView): string {
  if (worker.drain === null || worker.state !== "draining") return worker.state;
  return busySlots(worker) === 0 ? "drained" : "draining";
}

/** A worker: what each slot does, what it takes of its machine, and what is wrong with it. */
export function WorkerCard(props: {
  readonly worker: WorkerView;
  /** Null where nothing has been measured in the time shown. */
  readonly load: WorkerLoad | null;
  readonly spanMs: number;
  readonly now: number;
}) {
  const { worker, load, now } = props;
  return (
    <Panel
      title={
        <>
          <span className={styles.dot} style={{ background: COLOUR[worker.state] }} aria-hidden />
          {worker.name}
        </>
      }
      scope={`${stateText(worker)}, ${busySlots(worker)} of ${formatCounted(worker.slots.length, "slot")} busy · host ${worker.host}, process ${worker.pid} · version ${worker.version}${worker.commands ? " · runs programs" : ""}${machineText(load)}`}
      actions={
        <>
          <span className="dimmed" title={formatInstant(worker.startedAt)}>
            started {formatAge(worker.startedAt, now)}, seen {formatAge(worker.lastSeenAt, now)}
          </span>
          <DrainWorker worker={worker} />
        </>
      }
    >
      {worker.trouble === null ? null : (
        <Alert color="red" icon={<IconAlertTriangle size={16} />} title="In trouble" mb={8}>
          It is alive, but {worker.trouble}.
        </Alert>
      )}
      {worker.drain === null ? null : <DrainNote worker={worker} />}
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
      {load === null ? null : <LoadCharts load={load} spanMs={props.spanMs} />}
    </Panel>
  );
}

function machineText(load: WorkerLoad | null): string {
  const cpu = load?.cpuCores.at(-1);
  const memory = load?.memoryBytes.at(-1);
  if (cpu === undefined || memory === undefined) return "";
  return ` · ${cpu.toFixed(2)} cores and ${formatBytes(memory)} in use`;
}

function DrainNote({ worker }: { readonly worker: WorkerView }) {
  const { drain } = worker;
  if (drain === null) return null;
  const runs = drain.runs === "finish" ? "finishes its runs" : "hands its runs back";
  return (
    <p className={styles.drain}>
      Drained by {drain.by}, {formatInstant(drain.at)}: it takes no more runs and {runs}.
      {busySlots(worker) === 0 ? " None of your runs is on it any more: it can be stopped." : ""}
    </p>
  );
}

function LoadCharts({ load, spanMs }: { readonly load: WorkerLoad; readonly spanMs: number }) {
  const { utilisation, memory, formatAt } = useMemo(
    () => prepareWorkerCharts(load, spanMs),
    [load, spanMs],
  );
  const chart = (name: string, series: TimeSeries | null, format: (value: number) => string) =>
    series === null ? null : (
      <div className={styles.chart}>
        <ChartData table={series.table} />
        <TimeChart
          chart={series}
          height={HEIGHT}
          name={name}
          formatAt={formatAt}
          formatValue={format}
        />
      </div>
    );
  return (
    <div className={styles.charts}>
      {chart("worker-utilisation", utilisation, formatMetric)}
      {chart("worker-memory", memory, (value) => `${formatMetric(value)} GiB`)}
    </div>
  );
}
