import type { GateResult } from "@sweepyard/contract";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import styles from "./GateList.module.css";

/** What each gate of a promotion found, with its figure and what was needed. */
export function GateList(props: {
  readonly gates: readonly GateResult[];
  /** Gates that were passed over. */
  readonly forced?: readonly string[];
}) {
  const { gates, forced = [] } = props;
  return (
    <ul className={styles.gates} aria-label="what the gates found">
      {gates.map(({ gate, of, passed, detail }) => {
        const Icon = passed ? IconCircleCheck : IconCircleX;
        const verdict = passed ? "passed" : forced.includes(gate) ? "passed over" : "not passed";
        return (
          <li key={`${gate} ${of}`} data-passed={passed}>
            <Icon size={14} aria-hidden />
            <span>
              {detail} <span className="dimmed">({verdict})</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
