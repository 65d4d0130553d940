import type { RunState, RunView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { runMetricsQuery, runQuery, runReportQuery, sweepQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { NoSuch } from "../shell/NoSuch.js";
import { Panel } from "../shell/Panel.js";
import { useTitle } from "../shell/useTitle.js";
import { ArtifactsPanel } from "./ArtifactsPanel.js";
import { AttemptsPanel } from "./AttemptsPanel.js";
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
        <div className={styles.halves}>
          <TrainingPanel run={run} query={metrics} metric="accuracy" />
          <TrainingPanel run={run} query={metrics} metric="loss" />
        </div>
      )}
      {run.state === "completed" ? (
        <Answer query={report} height={460}>
          {(found) => <ReportPanels report={found} />}
        </Answer>
      ) : null}
      <div className={styles.thirds}>
        <ParamsPanel run={run} sweep={sweep.data ?? null} />
        <div className={styles.stack}>
          <AttemptsPanel run={run} />
          <ArtifactsPanel run={run} />
          <NotePanel run={run} />
        </div>
      </div>
    </div>
  );
}
