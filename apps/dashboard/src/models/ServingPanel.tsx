import type { DriftVerdict, DriftView, ServedTraffic } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { servingQuery } from "../api/queries.js";
import { formatCount, formatMetric, formatPercent, MISSING } from "../format/formatNumber.js";
import { Answer } from "../shell/Answer.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import styles from "./ModelsPage.module.css";

const VERDICTS: Readonly<Record<DriftVerdict, string>> = {
  too_few: "too few rows to tell",
  stable: "like the training rows",
  moderate: "moderate",
  large: "large",
};

/** What a model's versions have answered within a day, by role, and whether its data drifts. */
export function ServingPanel(props: { readonly model: string }) {
  const query = useQuery(servingQuery(props.model));
  const challenger = query.data?.challenger;
  const trial =
    challenger === undefined || challenger === null
      ? "last 24 hours"
      : `last 24 hours; ${challenger.alias} shadows ${formatPercent(challenger.shadow, 0)} and answers ${formatPercent(challenger.canary, 0)}`;
  return (
    <Panel title="Predictions" scope={trial} flush>
      <Answer query={query} height={90}>
        {({ traffic, drift }) =>
          traffic.length === 0 ? (
            <p className={styles.nothing}>Nobody has asked this model lately.</p>
          ) : (
            <Scroll label="predictions by version">
              <table className={`data ${styles.exports}`}>
                <thead>
                  <tr>
                    <th scope="col">version</th>
                    <th scope="col" className="number">
                      requests
                    </th>
                    <th scope="col" className="number">
                      rows
                    </th>
                    <th scope="col" className="number">
                      errors
                    </th>
                    <th scope="col" className="number">
                      agrees
                    </th>
                    <th scope="col" className="number">
                      p50 ms
                    </th>
                    <th scope="col" className="number">
                      p99 ms
                    </th>
                    <th scope="col">drift</th>
                  </tr>
                </thead>
                <tbody>
                  {traffic.map((one) => (
                    <TrafficRow
                      key={`${one.version} ${one.role} ${one.against}`}
                      traffic={one}
                      drift={drift.find(({ version }) => version === one.version)}
                    />
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

function TrafficRow(props: {
  readonly traffic: ServedTraffic;
  readonly drift: DriftView | undefined;
}) {
  const { version, role, against, requests, rows, errors, agreement, latencyMs } = props.traffic;
  const beside = against === null ? "" : ` ${role === "shadow" ? "beside" : "for"} ${against}`;
  return (
    <tr>
      <td>
        {version} {role}
        {beside}
      </td>
      <td className="number">{formatCount(requests)}</td>
      <td className="number">{formatCount(rows)}</td>
      <td className="number">{formatCount(errors)}</td>
      <td className="number">{formatPercent(agreement)}</td>
      <td className="number">{formatMetric(latencyMs?.p50)}</td>
      <td className="number">{formatMetric(latencyMs?.p99)}</td>
      <td>{role === "shadow" ? MISSING : driftText(props.drift)}</td>
    </tr>
  );
}

/** The verdict, with the input or the classes that have moved most. */
function driftText(drift: DriftView | undefined): string {
  if (drift === undefined) return MISSING;
  const { verdict, inputs, classes } = drift;
  if (verdict === "too_few" || verdict === "stable") return VERDICTS[verdict];
  const figures = [...inputs, ...(classes === null ? [] : [classes])];
  const [most] = figures.toSorted((a, b) => b.psi - a.psi);
  return most === undefined
    ? VERDICTS[verdict]
    : `${VERDICTS[verdict]}: ${most.name}, PSI ${formatMetric(most.psi)}`;
}
