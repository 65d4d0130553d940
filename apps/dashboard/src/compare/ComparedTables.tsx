import { Switch } from "@mantine/core";
import type { RunComparison, RunView } from "@sweepyard/contract";
import { IconStarFilled } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import {
  formatMetricIn,
  formatParamIn,
  metricNotation,
  paramNotation,
} from "../format/columnNotation.js";
import { formatCount } from "../format/formatNumber.js";
import { runLabels } from "../runs/runLabel.js";
import { Panel } from "../shell/Panel.js";
import styles from "./ComparePage.module.css";
import { compareMetrics, compareSettings } from "./prepareComparison.js";
import { runColour } from "./runColour.js";

/** Params and plans side by side: at first only what differs. */
export function ComparedSettings({ comparison }: { readonly comparison: RunComparison }) {
  const [all, setAll] = useState(false);
  const rows = useMemo(() => compareSettings(comparison), [comparison]);
  const differing = rows.filter((row) => row.differs);
  const shown = all ? rows : differing;
  return (
    <Panel
      title="Params and plan"
      scope={
        differing.length === 0
          ? "nothing differs"
          : `${formatCount(differing.length)} of ${formatCount(rows.length)} differ`
      }
      actions={
        <Switch
          size="xs"
          label="show what is the same too"
          checked={all}
          onChange={(event) => setAll(event.currentTarget.checked)}
        />
      }
      flush
    >
      <div className={styles.scroll}>
        <table className="data">
          <RunHeads runs={comparison.runs} first="setting" />
          <tbody>
            {shown.map((row) => (
              <tr key={row.name} className={row.differs ? styles.differs : styles.same}>
                <th scope="row">{row.name}</th>
                {row.values.map((value, index) => (
                  <td key={comparison.runs[index]?.id} className="number" title={String(value)}>
                    {formatParamIn(paramNotation(row.values), value)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** The last value of each metric, the best of each row marked. */
export function ComparedMetrics({ runs }: { readonly runs: readonly RunView[] }) {
  const rows = useMemo(() => compareMetrics(runs), [runs]);
  return (
    <Panel title="Metrics" scope="last values" flush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and nothing in it takes the focus */}
      <section className={styles.scroll} aria-label="metrics of the runs" tabIndex={0}>
        <table className="data">
          <RunHeads runs={runs} first="metric" />
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                {row.values.map((value, index) => (
                  <td
                    key={runs[index]?.id}
                    className={row.best === index ? `number ${styles.best}` : "number"}
                    title={value === null ? undefined : String(value)}
                  >
                    <span className={styles.value}>
                      {row.best === index ? <IconStarFilled size={10} aria-label="best" /> : null}
                      {formatMetricIn(metricNotation(row.values), value)}
                      {row.shares === null ? null : (
                        <Bar share={row.shares[index] ?? null} colour={runColour(index)} />
                      )}
                    </span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Panel>
  );
}

/** A bar in its track; where there is no value yet only its room. */
const Bar = ({ share, colour }: { readonly share: number | null; readonly colour: string }) => (
  <span
    className={styles.track}
    style={share === null ? { visibility: "hidden" } : undefined}
    aria-hidden
  >
    <span style={{ width: `${(share ?? 0) * 100}%`, background: colour }} />
  </span>
);

function RunHeads(props: { readonly runs: readonly RunView[]; readonly first: string }) {
  const labels = runLabels(props.runs);
  return (
    <thead>
      <tr>
        <th scope="col">{props.first}</th>
        {props.runs.map((run, index) => (
          <th key={run.id} scope="col" className="number">
            <span className={styles.head}>
              <span
                className={styles.swatch}
                style={{ background: runColour(index) }}
                aria-hidden
              />
              <span className="clip" title={run.name}>
                {labels[index]}
              </span>
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}
