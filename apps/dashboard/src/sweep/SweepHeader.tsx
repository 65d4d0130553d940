import { Button, Group, Title } from "@mantine/core";
import type { SweepView } from "@sweepyard/contract";
import {
  IconBan,
  IconCopy,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { type SweepAction, useSweepAction } from "../api/actions.js";
import { formatCount } from "../format/formatNumber.js";
import { Confirm } from "../shell/Confirm.js";
import { StateTag } from "../shell/StateTag.js";
import { EditSweep } from "./EditSweep.js";
import styles from "./SweepPage.module.css";

/** What the sweep is, its state and why, and what can be done with it. */
export function SweepHeader({ sweep }: { readonly sweep: SweepView }) {
  const setup = [
    `${sweep.sampler.name} sampler`,
    sweep.pruner.name === "none" ? "no pruner" : `${sweep.pruner.name} pruner`,
    sweep.parallelism === null ? null : `at most ${sweep.parallelism} at a time`,
    sweep.version === 1
      ? null
      : `settings changed ${sweep.version === 2 ? "once" : `${sweep.version - 1} times`}`,
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
  const [isEditing, setIsEditing] = useState(false);
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
      {sweep.state === "cancelled" ? null : (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPencil size={14} />}
          onClick={() => setIsEditing(true)}
        >
          {sweep.state === "completed" ? "Extend" : "Edit"}
        </Button>
      )}
      {isEditing ? <EditSweep sweep={sweep} onClose={() => setIsEditing(false)} /> : null}
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
            : `Its ${formatCount(unfinished)} unfinished runs end as cancelled, and no further ones are started. What has been measured is kept; cancelled runs can be retried one by one.`}
        </Confirm>
      ) : null}
    </Group>
  );
}
