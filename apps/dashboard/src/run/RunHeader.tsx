import { ActionIcon, Button, Title } from "@mantine/core";
import type { RunView, SweepView } from "@sweepyard/contract";
import {
  IconArrowLeft,
  IconArrowRight,
  IconBan,
  IconGitCompare,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefresh,
  IconStarFilled,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { type RunAction, useRunAction } from "../api/actions.js";
import { canApply } from "../runs/canApply.js";
import { useNeighbours } from "../runs/listOrder.js";
import { runLabel } from "../runs/runLabel.js";
import { Confirm } from "../shell/Confirm.js";
import { ExcludedTag, exclusionText } from "../shell/ExcludedTag.js";
import { StateTag } from "../shell/StateTag.js";
import { ForkRun } from "./ForkRun.js";
import { PromoteButton } from "./PromoteButton.js";
import styles from "./RunPage.module.css";

/** Where the run belongs, its state and why, and what can be done with it. */
export function RunHeader({
  run,
  sweep,
}: {
  readonly run: RunView;
  readonly sweep: SweepView | null;
}) {
  const isBest = sweep?.best?.runId === run.id;
  return (
    <header className={styles.header}>
      {run.sweepId === null ? (
        <Link to="/runs" className="dimmed plain">
          Runs
        </Link>
      ) : (
        <Link
          to="/sweeps/$sweepId"
          params={{ sweepId: run.sweepId }}
          className={`dimmed plain clip ${styles.sweep}`}
          title={run.sweepName ?? undefined}
        >
          {run.sweepName ?? "Sweep"}
        </Link>
      )}
      <span className="dimmed" aria-hidden>
        /
      </span>
      <Title order={1} className={styles.title} title={run.name}>
        {runLabel(run)}
      </Title>
      <StateTag state={run.state} />
      {run.excluded === null ? null : (
        <>
          <ExcludedTag excluded={run.excluded} />
          <span className="dimmed">{exclusionText(run.excluded)}</span>
        </>
      )}
      {isBest ? (
        <span style={{ display: "inline-flex", alignItems: "center", gap: 4 }}>
          <IconStarFilled size={13} style={{ color: "var(--best)" }} aria-hidden /> best of its
          sweep
        </span>
      ) : null}
      {run.tags.map((tag) => (
        <span key={tag} className={styles.tag}>
          {tag}
        </span>
      ))}
      {run.stateReason === null ? null : <span className="dimmed">{run.stateReason}</span>}
      <div className={styles.actions}>
        <Neighbours run={run} />
        {sweep?.best !== null && sweep?.best !== undefined && !isBest ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconGitCompare size={14} />}
            renderRoot={(rest) => (
              <Link to="/compare" search={{ ids: [sweep.best?.runId ?? "", run.id] }} {...rest} />
            )}
          >
            Compare with the best
          </Button>
        ) : null}
        <RunActions run={run} />
        <ForkRun run={run} />
        {run.state === "completed" ? <PromoteButton run={run} /> : null}
      </div>
    </header>
  );
}

function Neighbours({ run }: { readonly run: RunView }) {
  const { previous, next, place } = useNeighbours(run);
  const button = (id: string | null, label: string, Icon: typeof IconArrowLeft) => (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={label}
      title={label}
      disabled={id === null}
      renderRoot={(rest) =>
        id === null ? (
          <button type="button" {...rest} disabled />
        ) : (
          <Link to="/runs/$runId" params={{ runId: id }} {...rest} />
        )
      }
    >
      <Icon size={15} />
    </ActionIcon>
  );
  if (place === null) return null;
  return (
    <>
      {button(previous, "previous run of the list", IconArrowLeft)}
      <span className="dimmed figure" style={{ alignSelf: "center", fontSize: 12 }}>
        {place}
      </span>
      {button(next, "next run of the list", IconArrowRight)}
    </>
  );
}

function RunActions({ run }: { readonly run: RunView }) {
  const act = useRunAction(run.id);
  const button = (action: RunAction) => ({
    size: "xs",
    variant: "default",
    loading: act.isPending && act.variables === action,
    onClick: () => act.mutate(action),
  });
  const can = (action: RunAction) => canApply(action, run.state);
  return (
    <>
      {can("pause") ? (
        <Button {...button("pause")} leftSection={<IconPlayerPause size={14} />}>
          Pause
        </Button>
      ) : null}
      {can("resume") ? (
        <Button {...button("resume")} leftSection={<IconPlayerPlay size={14} />}>
          Resume
        </Button>
      ) : null}
      {can("retry") ? (
        <Button {...button("retry")} leftSection={<IconRefresh size={14} />}>
          Retry
        </Button>
      ) : null}
      {can("cancel") ? (
        <Confirm
          title={`Cancel ${run.name}?`}
          confirm="Cancel the run"
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
          Its {run.epoch} finished epochs are kept, and it can be retried from its last checkpoint.
        </Confirm>
      ) : null}
    </>
  );
}
