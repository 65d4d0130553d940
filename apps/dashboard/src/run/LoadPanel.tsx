import { NativeSelect } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { runLoadQuery } from "../api/queries.js";
import { ChartData } from "../charts/ChartData.js";
import { TimeChart } from "../charts/TimeChart.js";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { Panel } from "../shell/Panel.js";
import { prepareRunLoad } from "./prepareRunLoad.js";
import styles from "./RunPage.module.css";

const HEIGHT = 170;

/** CPU and memory of an attempt's trainer; takes no room where nothing was measured. */
export function LoadPanel({ run }: { readonly run: RunView }) {
  const query = useQuery(runLoadQuery(run.id, run.state === "running"));
  const [chosen, setChosen] = useState<number | null>(null);
  const loads = query.data?.items ?? [];
  const load = loads.find(({ attempt }) => attempt === chosen) ?? loads.at(-1);
  const charts = useMemo(() => (load === undefined ? null : prepareRunLoad(load)), [load]);
  if (charts === null) return null;
  const choice =
    loads.length < 2 ? null : (
      <NativeSelect
        size="xs"
        aria-label="attempt whose load is shown"
        data={loads.map(({ attempt }) => ({ value: String(attempt), label: `attempt ${attempt}` }))}
        value={String(load?.attempt)}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
      />
    );
  return (
    <div className={styles.halves}>
      {charts.cpu === null ? null : (
        <Panel
          title="CPU"
          scope="of its trainer and program"
          actions={
            <>
              {choice}
              <ChartData table={charts.cpu.table} />
            </>
          }
        >
          <TimeChart
            chart={charts.cpu}
            height={HEIGHT}
            name="run-cpu"
            formatAt={formatDuration}
            formatValue={formatMetric}
          />
        </Panel>
      )}
      {charts.memory === null ? null : (
        <Panel title="Memory" actions={<ChartData table={charts.memory.table} />}>
          <TimeChart
            chart={charts.memory}
            height={HEIGHT}
            name="run-memory"
            formatAt={formatDuration}
            formatValue={(value) => `${formatMetric(value)} MiB`}
          />
        </Panel>
      )}
    </div>
  );
}
