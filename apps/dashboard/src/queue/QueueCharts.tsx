import { SegmentedControl } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { queueHistoryQuery } from "../api/queries.js";
import { ChartData } from "../charts/ChartData.js";
import type { TimeSeries } from "../charts/prepareTimeSeries.js";
import { TimeChart } from "../charts/TimeChart.js";
import { formatMetric } from "../format/formatNumber.js";
import { formatDuration } from "../format/formatTime.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { prepareQueueCharts } from "./prepareQueueCharts.js";
import styles from "./QueuePage.module.css";

const HEIGHT = 200;
const SPANS = [
  { value: "15", label: "15 min" },
  { value: "60", label: "1 h" },
  { value: "360", label: "6 h" },
  { value: "1440", label: "1 day" },
  { value: "10080", label: "7 days" },
];

/** How the queue went: its depth, its rates and its waits. */
export function QueueCharts() {
  const [minutes, setMinutes] = useState("60");
  const query = useQuery(queueHistoryQuery(Number(minutes)));
  const charts = useMemo(
    () => (query.data === undefined ? null : prepareQueueCharts(query.data)),
    [query.data],
  );
  return (
    <>
      <div className={styles.head}>
        <h2 className={styles.subtitle}>Over time</h2>
        <SegmentedControl
          size="xs"
          aria-label="time shown"
          data={SPANS}
          value={minutes}
          onChange={setMinutes}
        />
      </div>
      <Answer query={query} height={HEIGHT + 60}>
        {() =>
          charts === null ? null : (
            <div className={styles.charts}>
              <QueueChart
                title="Waiting and running"
                name="queue-depth"
                chart={charts.depth}
                none="Nothing has been noted in this time: the API notes it while it runs."
                formatAt={charts.formatAt}
                formatValue={String}
              />
              <QueueChart
                title="Attempts in a minute"
                name="queue-rates"
                chart={charts.rates}
                none="No attempt began or ended in this time."
                formatAt={charts.formatAt}
                formatValue={formatMetric}
              />
              <QueueChart
                title="Wait for the first attempt"
                name="queue-waits"
                chart={charts.waits}
                none="No run began in this time."
                formatAt={charts.formatAt}
                formatValue={(value) => formatDuration(value * 1000)}
              />
            </div>
          )
        }
      </Answer>
    </>
  );
}

const QueueChart = (props: {
  readonly title: string;
  readonly name: string;
  readonly chart: TimeSeries | null;
  readonly none: string;
  readonly formatAt: (ms: number) => string;
  readonly formatValue: (value: number) => string;
}) => (
  <Panel
    title={props.title}
    actions={props.chart === null ? null : <ChartData table={props.chart.table} />}
  >
    {props.chart === null ? (
      <p className="dimmed">{props.none}</p>
    ) : (
      <TimeChart
        chart={props.chart}
        height={HEIGHT}
        name={props.name}
        formatAt={props.formatAt}
        formatValue={props.formatValue}
      />
    )}
  </Panel>
);
