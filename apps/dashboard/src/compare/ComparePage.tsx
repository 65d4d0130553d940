import { NativeSelect, Switch, Title } from "@mantine/core";
import type { RunComparison } from "@sweepyard/contract";
import { IconGitCompare, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { compareQuery } from "../api/queries.js";
import { ChartData } from "../charts/ChartData.js";
import { LearningCurves } from "../charts/LearningCurves.js";
import { prepareLearningCurves } from "../charts/prepareLearningCurves.js";
import { formatCounted } from "../format/formatNumber.js";
import { runLabels } from "../runs/runLabel.js";
import { Answer } from "../shell/Answer.js";
import { EmptyState } from "../shell/EmptyState.js";
import { ExcludedTag } from "../shell/ExcludedTag.js";
import { Panel } from "../shell/Panel.js";
import { StateTag } from "../shell/StateTag.js";
import { ComparedConfusions } from "./ComparedConfusions.js";
import { ComparedMetrics, ComparedSettings } from "./ComparedTables.js";
import styles from "./ComparePage.module.css";
import { McNemarPanel } from "./McNemarPanel.js";
import { runColour } from "./runColour.js";
import { toCurveRuns } from "./toCurveRuns.js";

const route = getRouteApi("/compare");

/** Chosen runs side by side; which ones is in the address. */
export function ComparePage() {
  const { ids } = route.useSearch();
  const query = useQuery(compareQuery(ids));
  if (ids.length === 0)
    return (
      <EmptyState
        isPage
        icon={<IconGitCompare size={36} stroke={1.4} />}
        title="Nothing to compare yet"
      >
        Tick runs in a <Link to="/sweeps">sweep's</Link> table, or in the table of{" "}
        <Link to="/runs">all runs</Link>, and choose “Compare”. They may come from several sweeps.
      </EmptyState>
    );
  return (
    <Answer query={query} height={500}>
      {(comparison) => <Comparison comparison={comparison} />}
    </Answer>
  );
}

function Comparison({ comparison }: { readonly comparison: RunComparison }) {
  const { runs } = comparison;
  const labels = runLabels(runs);
  const [first] = runs;
  const sweeps = new Set(runs.map((run) => run.sweepId));
  return (
    <div className={styles.page}>
      {first?.sweepId && sweeps.size === 1 ? (
        <Link
          to="/sweeps/$sweepId"
          params={{ sweepId: first.sweepId }}
          search={{ selected: runs.map((run) => run.id) }}
          className="dimmed plain clip"
        >
          ← {first.sweepName}
        </Link>
      ) : null}
      <Title order={1} className="clip">
        Compare {formatCounted(runs.length, "run")}
        {sweeps.size === 1 && first?.sweepName ? ` of ${first.sweepName}` : ""}
      </Title>
      <ul className={styles.runs}>
        {runs.map((run, index) => (
          <li key={run.id}>
            <span className={styles.swatch} style={{ background: runColour(index) }} aria-hidden />
            <Link
              to="/runs/$runId"
              params={{ runId: run.id }}
              className="link clip"
              title={run.name}
            >
              {labels[index]}
            </Link>
            <StateTag state={run.state} iconOnly />
            {run.excluded === null ? null : <ExcludedTag excluded={run.excluded} />}
            <Link
              to="/compare"
              search={{ ids: runs.filter((other) => other.id !== run.id).map(({ id }) => id) }}
              aria-label={`take ${run.name} out`}
              title="take out"
              className={styles.remove}
            >
              <IconX size={13} />
            </Link>
          </li>
        ))}
      </ul>
      <div className={styles.halves}>
        <ComparedCurves comparison={comparison} />
        <ComparedMetrics runs={runs} />
      </div>
      <ComparedSettings comparison={comparison} />
      <McNemarPanel comparison={comparison} />
      <ComparedConfusions comparison={comparison} />
    </div>
  );
}

function ComparedCurves({ comparison }: { readonly comparison: RunComparison }) {
  const { runs, curves } = comparison;
  const navigate = useNavigate();
  const metrics = useMemo(() => [...new Set(curves.map((curve) => curve.metric))].sort(), [curves]);
  const [chosen, setChosen] = useState<string | null>(null);
  const [log, setLog] = useState(false);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const metric = chosen ?? (metrics.includes("val_accuracy") ? "val_accuracy" : (metrics[0] ?? ""));
  const labels = useMemo(() => runLabels(runs), [runs]);
  const chart = useMemo(
    () =>
      prepareLearningCurves({
        curves: curves.filter((curve) => curve.metric === metric),
        runs: new Map(
          toCurveRuns(runs).map((run, index) => [
            run.id,
            { ...run, name: labels[index] ?? run.name },
          ]),
        ),
        metric,
        maximize: true,
        bestRunId: null,
        log,
        fullRange: true,
        epochs: Math.max(1, ...runs.map((run) => run.epochs)),
        total: runs.length,
      }),
    [curves, runs, labels, metric, log],
  );
  const colours = useMemo(
    () => new Map(runs.map((run, index) => [run.id, runColour(index)])),
    [runs],
  );
  return (
    <Panel
      title="Learning curves"
      actions={
        <>
          <Switch
            size="xs"
            label="log y"
            checked={log}
            onChange={(event) => setLog(event.currentTarget.checked)}
          />
          <NativeSelect
            size="xs"
            aria-label="metric"
            data={metrics}
            value={metric}
            onChange={(event) => setChosen(event.currentTarget.value)}
          />
          {chart === null ? null : <ChartData table={chart.table} />}
        </>
      }
    >
      {chart === null ? (
        <p className="dimmed">None of these runs has reported a metric that can be drawn.</p>
      ) : (
        <LearningCurves
          chart={chart}
          height={390}
          colours={colours}
          highlighted={highlighted}
          onHighlight={setHighlighted}
          onOpen={(runId) => navigate({ to: "/runs/$runId", params: { runId } })}
        />
      )}
    </Panel>
  );
}
