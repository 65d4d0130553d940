import type { RunComparison, RunView } from "@sweepyard/contract";
import { useQueries } from "@tanstack/react-query";
import { mcnemarQuery } from "../api/queries.js";
import { formatCount, MISSING } from "../format/formatNumber.js";
import { runLabels } from "../runs/runLabel.js";
import { Panel } from "../shell/Panel.js";
import { pValueText, verdictOf } from "./mcnemarText.js";

/** Runs that are tested; each is run over the whole test split once. */
const MOST = 8;

/** Whether the first run really differs from each other one, on the same test rows. */
export function McNemarPanel({ comparison }: { readonly comparison: RunComparison }) {
  const judged = comparison.runs.filter(
    ({ id }) => comparison.reports[id]?.task === "classification",
  );
  const [first, ...others] = judged;
  if (first === undefined || others.length === 0) return null;
  return <Tests comparison={comparison} first={first} others={others.slice(0, MOST)} />;
}

function Tests(props: {
  readonly comparison: RunComparison;
  readonly first: RunView;
  readonly others: readonly RunView[];
}) {
  const { comparison, first, others } = props;
  const labels = runLabels(comparison.runs);
  const labelOf = (run: RunView) => labels[comparison.runs.indexOf(run)] ?? run.name;
  const tests = useQueries({ queries: others.map(({ id }) => mcnemarQuery(first.id, id)) });
  return (
    <Panel
      title="McNemar's test"
      scope={`${labelOf(first)} against each other run, on the same test rows; exact`}
      flush
    >
      <div style={{ overflowX: "auto" }}>
        <table className="data">
          <thead>
            <tr>
              <th scope="col">against</th>
              <th scope="col" className="number">
                both right
              </th>
              <th scope="col" className="number">
                only {labelOf(first)} right
              </th>
              <th scope="col" className="number">
                only the other right
              </th>
              <th scope="col" className="number">
                both wrong
              </th>
              <th scope="col" className="number">
                p
              </th>
              <th scope="col">says</th>
            </tr>
          </thead>
          <tbody>
            {others.map((run, index) => {
              const { data: test, error } = tests[index] ?? {};
              const count = (value: number | undefined) =>
                value === undefined ? MISSING : formatCount(value);
              return (
                <tr key={run.id}>
                  <th scope="row">{labelOf(run)}</th>
                  <td className="number">{count(test?.bothRight)}</td>
                  <td className="number">{count(test?.onlyA)}</td>
                  <td className="number">{count(test?.onlyB)}</td>
                  <td className="number">{count(test?.bothWrong)}</td>
                  <td
                    className="number"
                    title={test === undefined ? undefined : String(test.pValue)}
                  >
                    {test === undefined ? MISSING : pValueText(test.pValue)}
                  </td>
                  <td>
                    {test === undefined
                      ? (error?.message ?? "both are run over the test split…")
                      : verdictOf(test, labelOf(first), labelOf(run))}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
