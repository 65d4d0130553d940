import { Button, Checkbox } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { RunView } from "@sweepyard/contract";
import { IconRefresh } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { deadRunsQuery } from "../api/queries.js";
import { formatCount, formatCounted } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { runLabel } from "../runs/runLabel.js";
import { Answer } from "../shell/Answer.js";
import { Confirm } from "../shell/Confirm.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { useLiveNow } from "../shell/useLive.js";
import styles from "./QueuePage.module.css";

/** Runs whose attempts are used up, with what went wrong last: queued again one by one or together. */
export function DeadRuns() {
  const query = useQuery(deadRunsQuery());
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const retry = useRetry(() => setTicked(new Set()));
  const page = query.data;
  const chosen = (page?.items ?? []).filter(({ id }) => ticked.has(id));
  const isCut = page !== undefined && page.items.length < page.total;
  return (
    <Panel
      title="Dead runs"
      scope={
        isCut
          ? `the last ${page.items.length} of ${formatCount(page.total)} that have failed`
          : "their attempts are used up"
      }
      actions={
        page === undefined || page.total === 0 ? null : (
          <>
            <Button
              size="compact-xs"
              variant="default"
              disabled={chosen.length === 0}
              loading={retry.isPending}
              onClick={() => retry.mutate(chosen.map(({ id }) => id))}
            >
              Retry {chosen.length === 0 ? "those ticked" : formatCount(chosen.length)}
            </Button>
            <Confirm
              title={`Retry ${formatCounted(page.total, "failed run")}?`}
              confirm="Retry them"
              dismiss="Leave them"
              onConfirm={() => retry.mutate(undefined)}
              target={(open) => (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={retry.isPending}
                  onClick={open}
                >
                  Retry all
                </Button>
              )}
            >
              Each goes on from its last checkpoint, with all its attempts to use again.
            </Confirm>
          </>
        )
      }
      flush
    >
      <Answer query={query} height={80}>
        {({ items }) =>
          items.length === 0 ? (
            <p className={styles.none}>No run has failed for good.</p>
          ) : (
            <Scroll label="table of dead runs">
              <table className="data">
                <thead>
                  <tr>
                    <th scope="col" className={styles.tick}>
                      <Checkbox
                        size="xs"
                        aria-label="tick all that are shown"
                        checked={chosen.length === items.length}
                        indeterminate={chosen.length > 0 && chosen.length < items.length}
                        onChange={(event) =>
                          setTicked(
                            new Set(event.currentTarget.checked ? items.map(({ id }) => id) : []),
                          )
                        }
                      />
                    </th>
                    <th scope="col">run</th>
                    <th scope="col" className="number">
                      attempts
                    </th>
                    <th scope="col">last error</th>
                    <th scope="col" className="number">
                      failed
                    </th>
                    <th scope="col" className="number">
                      action
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((run) => (
                    <DeadRow
                      key={run.id}
                      run={run}
                      isTicked={ticked.has(run.id)}
                      isBusy={retry.isPending}
                      onTick={(isTicked) =>
                        setTicked((old) => {
                          const next = new Set(old);
                          if (isTicked) next.add(run.id);
                          else next.delete(run.id);
                          return next;
                        })
                      }
                      onRetry={() => retry.mutate([run.id])}
                    />
                  ))}
                </tbody>
              </table>
            </Scroll>
          )
        }
      </Answer>
    </Panel>
  );
}

function useRetry(onDone: () => void) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: async (ids: string[] | undefined) => {
      let { retried, refused, left } = await client.runs.retryMany(
        ids === undefined ? {} : { ids },
      );
      // A request takes a part; what can't be retried would be offered again without end.
      while (ids === undefined && left > 0 && refused.length === 0) {
        const more = await client.runs.retryMany();
        retried += more.retried;
        ({ refused, left } = more);
      }
      return { retried, refused };
    },
    onSuccess: ({ retried, refused }) => {
      onDone();
      void cache.invalidateQueries({ queryKey: ["queue"] });
      notifications.show({
        color: refused.length === 0 ? undefined : "orange",
        title: `${formatCounted(retried, "run")} queued again`,
        message: refused[0]?.message ?? "They go on from their last checkpoints.",
      });
    },
    onError: reportFailure("To retry"),
  });
}

function DeadRow(props: {
  readonly run: RunView;
  readonly isTicked: boolean;
  readonly isBusy: boolean;
  readonly onTick: (isTicked: boolean) => void;
  readonly onRetry: () => void;
}) {
  const { run } = props;
  const now = useLiveNow(10_000);
  const label = runLabel(run);
  const ended = run.endedAt ?? run.createdAt;
  const error =
    run.error === null ? (run.stateReason ?? "") : `${run.error.code}: ${run.error.message}`;
  return (
    <tr>
      <td>
        <Checkbox
          size="xs"
          aria-label={`tick ${label}`}
          checked={props.isTicked}
          onChange={(event) => props.onTick(event.currentTarget.checked)}
        />
      </td>
      <td className={styles.name}>
        <Link to="/runs/$runId" params={{ runId: run.id }} className="link" title={run.name}>
          {label}
        </Link>
        <div className="dimmed clip">{run.sweepName}</div>
      </td>
      <td className="number">{run.attempt}</td>
      <td className={styles.error} title={error}>
        {error}
      </td>
      <td className="number dimmed" title={formatInstant(ended)}>
        {formatAge(ended, now)}
      </td>
      <td className="number">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={`retry ${label}`}
          leftSection={<IconRefresh size={13} />}
          disabled={props.isBusy}
          onClick={props.onRetry}
        >
          Retry
        </Button>
      </td>
    </tr>
  );
}
