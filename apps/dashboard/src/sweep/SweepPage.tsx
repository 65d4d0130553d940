import type { SweepView } from "@sweepyard/contract";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useMemo } from "react";
import { importanceQuery, sweepQuery } from "../api/queries.js";
import { useBoard } from "../board/useBoard.js";
import { useStages } from "../board/useStages.js";
import { Answer } from "../shell/Answer.js";
import { NoSuch } from "../shell/NoSuch.js";
import { useTitle } from "../shell/useTitle.js";
import { BestRunCard } from "./BestRunCard.js";
import { CurvesPanel } from "./CurvesPanel.js";
import { epochMetrics } from "./epochMetrics.js";
import { HistoryPanel } from "./HistoryPanel.js";
import { ImportancePanel } from "./ImportancePanel.js";
import { ProgressCard } from "./ProgressCard.js";
import { RunsPanel } from "./RunsPanel.js";
import { SweepHeader } from "./SweepHeader.js";
import styles from "./SweepPage.module.css";
import { useSweepRuns } from "./useSweepRuns.js";
import { useTicked } from "./useTicked.js";

const route = getRouteApi("/sweeps/$sweepId");
const NO_IDS: readonly string[] = [];
/** Charts, table, other views. */
const STAGES = 3;

/** The other views of all runs; below what a sweep is opened for, so fetched after it. */
const ExplorePanel = lazy(() =>
  import("../explore/ExplorePanel.js").then(({ ExplorePanel }) => ({ default: ExplorePanel })),
);

/** One sweep: the answer first, then how it came about, then every run. */
export function SweepPage() {
  const { sweepId } = route.useParams();
  const query = useQuery(sweepQuery(sweepId));
  useTitle(query.data?.name);
  return (
    <Answer query={query} height={600} missing={<NoSuch what="sweep" />}>
      {(sweep) => <SweepDetails key={sweep.id} sweep={sweep} />}
    </Answer>
  );
}

function SweepDetails({ sweep }: { readonly sweep: SweepView }) {
  const { query, board } = useBoard(sweep);
  const stage = useStages(board === null ? 1 : STAGES);
  const runs = useSweepRuns(sweep);
  const importance = useQuery({
    ...importanceQuery(sweep.id, sweep.state === "running"),
    // The heaviest question last: the server answers what the page is opened for first.
    enabled: board !== null,
  });
  const { selected = NO_IDS } = route.useSearch();
  const tickedRuns = useTicked(selected, runs.runs);
  const ticked = useMemo(() => tickedRuns.map(({ number }) => number), [tickedRuns]);
  const metrics = useMemo(
    () => epochMetrics(runs.runs, sweep.objective.metric),
    [runs.runs, sweep.objective.metric],
  );
  const longest = Math.max(1, ...runs.runs.map((run) => run.epochs));
  const order = useMemo(
    () => importance.data?.params.map(({ name }) => name) ?? [],
    [importance.data],
  );
  const update = board?.update;
  const showSlice = useCallback(
    (param: string) => {
      update?.({ view: "slice" });
      requestAnimationFrame(() =>
        document.getElementById(`slice-${param}`)?.scrollIntoView({ block: "center" }),
      );
    },
    [update],
  );
  return (
    <div className={styles.page}>
      <SweepHeader sweep={sweep} />
      <div className={styles.summary}>
        <BestRunCard sweep={sweep} />
        <ProgressCard sweep={sweep} />
      </div>
      <Answer query={{ ...query, data: board ?? undefined }} height={640}>
        {(board) => (
          <>
            <div className={styles.charts}>
              <HistoryPanel board={board} />
              <CurvesPanel board={board} metrics={metrics} epochs={longest} ticked={ticked} />
              <ImportancePanel query={importance} onSlice={showSlice} />
            </div>
            {stage < 2 ? null : <RunsPanel board={board} runs={runs} metrics={metrics} />}
            {stage < STAGES ? null : (
              <Suspense fallback={<div style={{ height: 420 }} />}>
                <ExplorePanel board={board} epochs={longest} order={order} />
              </Suspense>
            )}
          </>
        )}
      </Answer>
    </div>
  );
}
