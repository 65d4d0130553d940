import type { Estimate, PredictAnswer, Prediction } from "@sweepyard/contract";
import { formatMetric, formatPercent } from "../format/formatNumber.js";
import styles from "./ModelsPage.module.css";

const SHOWN_CLASSES = 5;

/** What a model says of one row: its best classes, each label's probability, or each target's value. */
export function Outputs(props: {
  readonly task: PredictAnswer["task"];
  readonly outputs: readonly (Prediction | Estimate)[];
}) {
  const { task, outputs } = props;
  const shown = task === "classification" ? outputs.slice(0, SHOWN_CLASSES) : outputs;
  return (
    <ol className={styles.outputs}>
      {shown.map((output) => (
        <li key={output.label}>
          <div>
            <span className="clip" title={output.name}>
              {output.name}
            </span>
            <span>
              {"value" in output ? formatMetric(output.value) : formatPercent(output.probability)}
            </span>
          </div>
          {"value" in output ? null : (
            <div className={styles.track} aria-hidden>
              <span style={{ width: `${output.probability * 100}%` }} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
