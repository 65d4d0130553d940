import { paramText, type SweepView, winnerPromotionText } from "@sweepyard/contract";
import { IconStarFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { lastFailureQuery } from "../api/queries.js";
import { formatMetric, formatParam } from "../format/formatNumber.js";
import { GateList } from "../promotion/GateList.js";
import { runLabel } from "../runs/runLabel.js";
import { Panel } from "../shell/Panel.js";
import styles from "./SweepSummary.module.css";

/** The answer a sweep was submitted for: its best run so far, with value and params. */
export function BestRunCard({ sweep }: { readonly sweep: SweepView }) {
  const { best, objective } = sweep;
  const word = objective.direction === "maximize" ? "highest" : "lowest";
  return (
    <Panel
      title={
        <span className={styles.bestTitle}>
          <IconStarFilled size={13} style={{ color: "var(--best)" }} aria-hidden /> Best run
        </span>
      }
      scope={`${word} ${objective.metric} of the completed runs`}
    >
      {best === null ? (
        <>
          <p className={styles.none}>{whyNone(sweep)}</p>
          {sweep.counts.completed === 0 ? <LastFailure sweep={sweep} /> : null}
        </>
      ) : (
        <div className={styles.best}>
          <Figure value={best.value} label={best.metric} strong />
          {best.test === null ? null : (
            <>
              <Figure value={best.test.accuracy} label="test accuracy" />
              <Figure value={best.test.f1Macro} label="test F1, macro" />
            </>
          )}
          <div className={styles.params}>
            <Link to="/runs/$runId" params={{ runId: best.runId }} className="link">
              <strong>run {best.number}</strong>
            </Link>
            <dl>
              {Object.entries(best.params).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd title={paramText(value)}>{formatParam(value)}</dd>
                </div>
              ))}
            </dl>
          </div>
        </div>
      )}
      <PromotionLine sweep={sweep} />
    </Panel>
  );
}

function whyNone({ counts, objective, endedAt }: SweepView): string {
  if (counts.completed > 0)
    return `None of the completed runs has a finite ${objective.metric}, or those that have are excluded.`;
  return endedAt === null
    ? "No run has completed yet; the first one that does is the best so far."
    : "No run has completed, so there is no best one.";
}

/** Where all may be failing, why the last one did. */
function LastFailure({ sweep }: { readonly sweep: SweepView }) {
  const hasFailures = sweep.counts.failed + sweep.counts.diverged > 0;
  const { data } = useQuery({
    ...lastFailureQuery(sweep.id, sweep.endedAt === null),
    enabled: hasFailures,
  });
  const [run] = data?.items ?? [];
  if (run === undefined) return null;
  return (
    <p className={styles.none}>
      The last one to fail was{" "}
      <Link to="/runs/$runId" params={{ runId: run.id }} className="link">
        {runLabel(run)}
      </Link>
      : {run.error?.message ?? run.stateReason ?? run.state}
    </p>
  );
}

/** What comes of a winner that is to be promoted, and what the gates found. */
function PromotionLine({ sweep }: { readonly sweep: SweepView }) {
  const text = winnerPromotionText(sweep);
  if (text === null) return null;
  const gates = sweep.promotion?.gates ?? [];
  return (
    <>
      <p className={styles.none}>Promotion: {text}</p>
      {gates.length === 0 ? null : <GateList gates={gates} />}
    </>
  );
}

function Figure(props: {
  readonly value: number | null;
  readonly label: string;
  readonly strong?: boolean;
}) {
  return (
    <div className={props.strong === true ? styles.bigFigure : styles.figure}>
      <span title={String(props.value)}>{formatMetric(props.value)}</span>
      <small>{props.label}</small>
    </div>
  );
}
