import { Button, Group } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { Link } from "@tanstack/react-router";
import { type RunAction, useRunsAction } from "../api/actions.js";
import { formatCounted } from "../format/formatNumber.js";
import { Confirm } from "../shell/Confirm.js";
import { canApply } from "./canApply.js";
import { ExcludeRuns } from "./ExcludeRuns.js";
import styles from "./SelectionBar.module.css";

const MOST_COMPARED = 100;

/** What can be done with the runs ticked. It keeps its height, so that a tick moves no row. */
export function SelectionBar(props: {
  readonly runs: readonly RunView[];
  readonly selected: ReadonlySet<string>;
  readonly onClear: () => void;
}) {
  const { selected } = props;
  const act = useRunsAction();
  if (selected.size === 0)
    return <div className={styles.hint}>Tick runs to compare, pause, retry or cancel them.</div>;
  const chosen = props.runs.filter((run) => selected.has(run.id));
  const idsFor = (action: RunAction) =>
    chosen.filter((run) => canApply(action, run.state)).map((run) => run.id);
  const button = (action: RunAction, label: string) => {
    const ids = idsFor(action);
    if (ids.length === 0) return null;
    return (
      <Button
        key={action}
        size="compact-xs"
        variant="default"
        loading={act.isPending && act.variables.action === action}
        onClick={() => act.mutate({ ids, action })}
      >
        {label} {ids.length}
      </Button>
    );
  };
  const cancellable = idsFor("cancel");
  return (
    <Group className={styles.bar} gap={8}>
      <strong>{formatCounted(selected.size, "run")} selected</strong>
      {selected.size > MOST_COMPARED ? (
        <span className="dimmed">At most {MOST_COMPARED} can be compared at once.</span>
      ) : (
        <Button
          size="compact-xs"
          renderRoot={(rest) => <Link to="/compare" search={{ ids: [...selected] }} {...rest} />}
        >
          Compare
        </Button>
      )}
      {button("pause", "Pause")}
      {button("resume", "Resume")}
      {button("retry", "Retry")}
      {cancellable.length === 0 ? null : (
        <Confirm
          title={`Cancel ${formatCounted(cancellable.length, "run")}?`}
          confirm="Cancel them"
          dismiss="Keep them"
          onConfirm={() => act.mutate({ ids: cancellable, action: "cancel" })}
          target={(open) => (
            <Button size="compact-xs" variant="default" color="red" onClick={open}>
              Cancel {cancellable.length}
            </Button>
          )}
        >
          What they have measured is kept, and each can be retried from its last checkpoint.
        </Confirm>
      )}
      <ExcludeRuns runs={chosen.filter((run) => run.excluded === null)} />
      <Button size="compact-xs" variant="subtle" onClick={props.onClear}>
        Clear
      </Button>
    </Group>
  );
}
