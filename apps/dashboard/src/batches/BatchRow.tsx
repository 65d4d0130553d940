import { Button, Group } from "@mantine/core";
import { API_PREFIX, type BatchView } from "@sweepyard/contract";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { formatCount } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { Confirm } from "../shell/Confirm.js";
import { StateTag } from "../shell/StateTag.js";
import styles from "./BatchesPage.module.css";
import { UnreadItems } from "./UnreadItems.js";

const COLUMNS = 8;

/** A batch, and below it the items that could not be read, if somebody asks. */
export function BatchRow(props: { readonly batch: BatchView; readonly now: number }) {
  const { batch, now } = props;
  const [isOpen, setIsOpen] = useState(false);
  const name = batch.name === "" ? batch.id : batch.name;
  return (
    <>
      <tr>
        <th scope="row" className={styles.name} title={`${name} (${batch.id})`}>
          {name}
        </th>
        <td>
          <Link to="/models" className="link">
            {batch.model} version {batch.version}
          </Link>
        </td>
        <td className={styles.name}>{sourceText(batch)}</td>
        <td>
          <StateTag state={batch.state} reason={batch.stateReason} />
          {batch.stateReason === null ? null : (
            <div className={`dimmed ${styles.reason}`}>{batch.stateReason}</div>
          )}
        </td>
        <td>
          <Progress batch={batch} name={name} />
        </td>
        <td className="number">
          {batch.failed === 0 ? (
            "0"
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              {formatCount(batch.failed)}
            </Button>
          )}
        </td>
        <td className="number dimmed" title={formatInstant(batch.createdAt)}>
          {formatAge(batch.createdAt, now)} by {batch.createdBy}
        </td>
        <td>
          <Actions batch={batch} name={name} />
        </td>
      </tr>
      {isOpen ? (
        <tr>
          <td colSpan={COLUMNS}>
            <UnreadItems batch={batch} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

const sourceText = ({ source }: BatchView): string =>
  source.kind === "pictures"
    ? "pictures"
    : `${source.name} version ${source.version}, ${source.split} split`;

function Progress({ batch, name }: { readonly batch: BatchView; readonly name: string }) {
  const { done, items } = batch;
  return (
    <>
      <span className={styles.count}>
        {formatCount(done)} of {formatCount(items)}
      </span>
      <progress
        className={styles.progress}
        value={done}
        max={items}
        aria-label={`items of ${name}`}
      />
    </>
  );
}

type Action = "cancel" | "retry" | "delete";

function Actions({ batch, name }: { readonly batch: BatchView; readonly name: string }) {
  const cache = useQueryClient();
  const act = useMutation({
    mutationFn: async (action: Action) => {
      await client.batches[action](batch.id);
    },
    onSuccess: () => cache.invalidateQueries({ queryKey: ["batches"] }),
    onError: (error, action) => reportFailure(`To ${action} the batch`)(error),
  });
  const hasEnded = batch.endedAt !== null;
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      {batch.done === 0 ? null : (
        <Button
          component="a"
          href={`${API_PREFIX}/batches/${batch.id}/results`}
          download={`batch-${batch.id}.ndjson`}
          size="compact-xs"
          variant="default"
          leftSection={<IconDownload size={13} />}
          aria-label={`results of ${name}, a line of JSON for each item`}
        >
          Results
        </Button>
      )}
      {hasEnded ? null : (
        <Button
          size="compact-xs"
          variant="default"
          loading={act.isPending}
          onClick={() => act.mutate("cancel")}
        >
          Cancel
        </Button>
      )}
      {batch.state === "failed" || batch.state === "cancelled" ? (
        <Button
          size="compact-xs"
          variant="default"
          loading={act.isPending}
          onClick={() => act.mutate("retry")}
        >
          Go on
        </Button>
      ) : null}
      {hasEnded ? (
        <Confirm
          title={`Delete the batch “${name}”?`}
          confirm="Delete it"
          dismiss="Keep it"
          onConfirm={() => act.mutate("delete")}
          target={(open) => (
            <Button size="compact-xs" variant="default" loading={act.isPending} onClick={open}>
              Delete
            </Button>
          )}
        >
          Its results and the pictures that came with it go too. It can't be undone.
        </Confirm>
      ) : null}
    </Group>
  );
}
