import { Button, Group, Title } from "@mantine/core";
import type { SweepView } from "@sweepyard/contract";
import { IconBan, IconCopy, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState } from "react";
import { type SweepAction, useSweepAction } from "../api/actions.js";
import { sweepQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { Confirm } from "../shell/Confirm.js";
import { NoSuch } from "../shell/NoSuch.js";
import { StateTag } from "../shell/StateTag.js";
import { useTitle } from "../shell/useTitle.js";
import { BestRunCard } from "./BestRunCard.js";
import { CurvesPanel } from "./CurvesPanel.js";
import { HistoryPanel } from "./HistoryPanel.js";
import { ProgressCard } from "./ProgressCard.js";
import { RunsPanel } from "./RunsPanel.js";
import styles from "./SweepPage.module.css";
import { useSweepRuns } from "./useSweepRuns.js";

const route = getRouteApi("/sweeps/$sweepId");

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
  const { query, runs, total, sort } = useSweepRuns(sweep);
  const [highlighted, setHighlighted] = useState<string | null>(null);
  const shared = { sweep, runs, total, highlighted, onHighlight: setHighlighted };
  return (
    <div className={styles.page}>
      <SweepHeader sweep={sweep} />
      <div className={styles.summary}>
        <BestRunCard sweep={sweep} />
        <ProgressCard sweep={sweep} />
      </div>
      <div className={styles.charts}>
        <HistoryPanel {...shared} query={query} />
        <CurvesPanel {...shared} isBestOnly={query.hasNextPage} />
      </div>
      <RunsPanel {...shared} query={query} bestSort={sort} />
    </div>
  );
}

function SweepHeader({ sweep }: { readonly sweep: SweepView }) {
  const setup = [
    `${sweep.sampler.name} sampler`,
    sweep.pruner.name === "none" ? "no pruner" : `${sweep.pruner.name} pruner`,
    sweep.parallelism === null ? null : `at most ${sweep.parallelism} at a time`,
    `submitted with the key “${sweep.createdBy}”`,
  ];
  return (
    <header className={styles.header}>
      <Link to="/sweeps" className="dimmed plain">
        Sweeps
      </Link>
      <span className="dimmed" aria-hidden>
        /
      </span>
      <Title order={1} className={styles.title} title={sweep.name}>
        {sweep.name}
      </Title>
      <StateTag state={sweep.state} reason={sweep.stateReason} />
      <span className={`dimmed ${styles.setup}`} title={sweep.description}>
        {setup.filter((part) => part !== null).join(" · ")}
      </span>
      <SweepActions sweep={sweep} />
    </header>
  );
}

function SweepActions({ sweep }: { readonly sweep: SweepView }) {
  const act = useSweepAction(sweep.id);
  const button = (action: SweepAction) => ({
    size: "xs",
    variant: "default",
    loading: act.isPending && act.variables === action,
    onClick: () => act.mutate(action),
  });
  const unfinished = sweep.counts.queued + sweep.counts.running + sweep.counts.paused;
  const isOpen = sweep.state === "running" || sweep.state === "paused";
  return (
    <Group gap={6} ml="auto">
      <Button
        size="xs"
        variant="default"
        leftSection={<IconCopy size={14} />}
        renderRoot={(rest) => <Link to="/sweeps/new" search={{ from: sweep.id }} {...rest} />}
      >
        Clone
      </Button>
      {sweep.state === "running" ? (
        <Button {...button("pause")} leftSection={<IconPlayerPause size={14} />}>
          Pause
        </Button>
      ) : null}
      {sweep.state === "paused" ? (
        <Button {...button("resume")} leftSection={<IconPlayerPlay size={14} />}>
          Resume
        </Button>
      ) : null}
      {isOpen ? (
        <Confirm
          title={`Cancel the sweep “${sweep.name}”?`}
          confirm="Cancel the sweep"
          dismiss="Keep it"
          onConfirm={() => act.mutate("cancel")}
          target={(open) => (
            <Button
              {...button("cancel")}
              onClick={open}
              color="red"
              leftSection={<IconBan size={14} />}
            >
              Cancel
            </Button>
          )}
        >
          {unfinished === 0
            ? "No further runs will be started."
            : `Its ${unfinished} unfinished runs end as cancelled, and no further ones are started. What has been measured is kept; cancelled runs can be retried one by one.`}
        </Confirm>
      ) : null}
    </Group>
  );
}
