import type { RunState, RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { runMetricsQuery, runQuery, runReportQuery, sweepQuery } from "../api/queries.js";
import { ExportsPanel } from "../exports/ExportsPanel.js";
import { Answer } from "../shell/Answer.js";
import { NoSuch } from "../shell/NoSuch.js";
import { Panel } from "../shell/Panel.js";
import { useTitle } from "../shell/useTitle.js";
import { ArtifactsPanel } from "./ArtifactsPanel.js";
import { AttemptsPanel } from "./AttemptsPanel.js";
import { LoadPanel } from "./LoadPanel.js";
import { LogPanel } from "./LogPanel.js";
import { ModelPanel } from "./ModelPanel.js";
import { NotePanel } from "./NotePanel.js";
import { ParamsPanel } from "./ParamsPanel.js";
import { ReportPanels } from "./ReportPanels.js";
import { RunFacts } from "./RunFacts.js";
import { RunHeader } from "./RunHeader.js";
import styles from "./RunPage.module.css";
import { TrainingPanel } from "./TrainingPanel.js";

const WHY_NO_EPOCH: Record<RunState, string> = {
  queued: "It waits for a free slot. The first points appear after its first epoch.",
  running: "Its first epoch is under way.",
  paused: "It was paused before its first epoch ended.",
  completed: "No epoch was reported.",
  pruned: "No epoch was reported.",
  diverged: "It diverged before its first epoch ended.",
  failed: "It failed before its first epoch ended.",
  cancelled: "It was cancelled before its first epoch ended.",
};

const TITLES = { accuracy: "Accuracy", mean_absolute_error: "Mean absolute error" } as const;
const SMALL = { height: 170 };
const SMALL_CURVES = [
  ["learning_rate", "Learning rate"],
  ["samples_per_second", "Rows trained in a second"],
] as const;

const route = getRouteApi("/runs/$runId");

/** One run in one page: curves on top, then how well it tells classes apart, then its story. */
export function RunPage() {
  const { runId } = route.useParams();
  const query = useQuery(runQuery(runId));
  useTitle(query.data?.name);
  return (
    <Answer query={query} height={600} missing={<NoSuch what="run" />}>
      {(run) => <RunDetails key={run.id} run={run} />}
    </Answer>
  );
}

function RunDetails({ run }: { readonly run: RunView }) {
  const sweep = useQuery({ ...sweepQuery(run.sweepId ?? ""), enabled: run.sweepId !== null });
  const metrics = useQuery(runMetricsQuery(run.id));
  const report = useQuery({ ...runReportQuery(run.id), enabled: run.state === "completed" });
  const curves = { run, query: metrics };
  const isRegression = metrics.data?.rows[0]?.values.mean_absolute_error !== undefined;
  const quality = isRegression ? "mean_absolute_error" : "accuracy";
  // Trainers of others need not tell them; nothing empty takes room.
  const isMeasured = (metric: string) =>
    metrics.data?.rows.some(({ values }) => metric in values) ?? true;
  return (
    <div className={styles.page}>
      <RunHeader run={run} sweep={sweep.data ?? null} />
      <RunFacts
        run={run}
        sweep={sweep.data ?? null}
        report={report.data ?? null}
        rows={metrics.data?.rows ?? []}
      />
      {metrics.data?.rows.length === 0 ? (
        <Panel title="Accuracy and loss">
          <p className={styles.none}>{WHY_NO_EPOCH[run.state]}</p>
        </Panel>
      ) : (
        <>
          <div className={styles.halves}>
            <TrainingPanel {...curves} metric={quality} title={TITLES[quality]} />
            <TrainingPanel {...curves} metric="loss" title="Loss" />
          </div>
          <div className={styles.halves}>
            {SMALL_CURVES.filter(([metric]) => isMeasured(metric)).map(([metric, title]) => (
              <TrainingPanel key={metric} {...curves} {...SMALL} metric={metric} title={title} />
            ))}
          </div>
        </>
      )}
      {run.state === "completed" ? (
        <Answer query={report} height={460}>
          {(found) => <ReportPanels report={found} data={run.plan?.data ?? null} />}
        </Answer>
      ) : null}
      <LoadPanel run={run} />
      <div className={styles.thirds}>
        <div className={styles.stack}>
          <ParamsPanel run={run} sweep={sweep.data ?? null} />
          <ModelPanel run={run} />
          {run.state === "completed" && run.plan !== null ? (
            <ExportsPanel runId={run.id} path={`/runs/${run.id}`} />
          ) : null}
        </div>
        <div className={styles.stack}>
          <AttemptsPanel run={run} />
          <LogPanel run={run} />
          <ArtifactsPanel run={run} />
          <NotePanel run={run} />
        </div>
      </div>
    </div>
  );
}
