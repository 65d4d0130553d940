import { Button, Group } from "@mantine/core";
import type { WebhookView } from "@sweepyard/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { webhooksQuery } from "../api/queries.js";
import { Answer } from "../shell/Answer.js";
import { Confirm } from "../shell/Confirm.js";
import { Panel } from "../shell/Panel.js";
import { Scroll } from "../shell/Scroll.js";
import { Deliveries } from "./Deliveries.js";
import { NewSecret } from "./NewSecret.js";
import { NewWebhook } from "./NewWebhook.js";
import styles from "./SettingsPage.module.css";

const COLUMNS = 4;

/** Who is told when something has happened, and what came of telling it. */
export function Webhooks() {
  const query = useQuery(webhooksQuery());
  return (
    <>
      <NewWebhook />
      <Panel title="Webhooks" flush>
        <Answer query={query} height={90}>
          {({ items }) =>
            items.length === 0 ? (
              <p className={styles.nothing}>Nobody is told of anything yet.</p>
            ) : (
              <Scroll label="table of webhooks">
                <table className="data">
                  <thead>
                    <tr>
                      <th scope="col">address</th>
                      <th scope="col">told of</th>
                      <th scope="col">state</th>
                      <th scope="col" className="number">
                        action
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((webhook) => (
                      <WebhookRows key={webhook.id} webhook={webhook} />
                    ))}
                  </tbody>
                </table>
              </Scroll>
            )
          }
        </Answer>
      </Panel>
    </>
  );
}

function WebhookRows({ webhook }: { readonly webhook: WebhookView }) {
  const { id, url, description, events, enabled, disabledReason } = webhook;
  const [isOpen, setIsOpen] = useState(false);
  const cache = useQueryClient();
  const refresh = () => cache.invalidateQueries({ queryKey: ["webhooks"] });
  const act = (what: string, work: () => Promise<unknown>, done?: () => void) => ({
    mutationFn: work,
    onSuccess: () => {
      done?.();
      return refresh();
    },
    onError: reportFailure(what),
  });
  const trial = useMutation(
    act(
      "To send a test",
      () => client.webhooks.test(id),
      () => setIsOpen(true),
    ),
  );
  const toggle = useMutation(
    act("To change the webhook", () => client.webhooks.patch(id, { enabled: !enabled })),
  );
  const remove = useMutation(act("To remove the webhook", () => client.webhooks.delete(id)));
  const rotate = useMutation({
    mutationFn: () => client.webhooks.rotateSecret(id),
    onSuccess: refresh,
    onError: reportFailure("To replace the secret"),
  });
  return (
    <>
      <tr>
        <th scope="row" className={styles.address}>
          {url}
          {description === "" ? null : <div className="dimmed">{description}</div>}
        </th>
        <td className={styles.events}>{events.join(", ")}</td>
        <td className={styles.events}>{enabled ? "on" : (disabledReason ?? "off")}</td>
        <td>
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <Button
              size="compact-xs"
              variant="default"
              loading={trial.isPending}
              onClick={() => trial.mutate()}
            >
              Send a test
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              Deliveries
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              loading={toggle.isPending}
              onClick={() => toggle.mutate()}
            >
              {enabled ? "Turn off" : "Turn on"}
            </Button>
            <Confirm
              title="Replace the secret?"
              confirm="Replace it"
              dismiss="Keep it"
              onConfirm={() => rotate.mutate()}
              target={(open) => (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={rotate.isPending}
                  onClick={open}
                >
                  New secret
                </Button>
              )}
            >
              The old one signs beside it for a day.
            </Confirm>
            <Confirm
              title="Remove the webhook?"
              confirm="Remove it"
              dismiss="Keep it"
              onConfirm={() => remove.mutate()}
              target={(open) => (
                <Button
                  size="compact-xs"
                  variant="default"
                  loading={remove.isPending}
                  onClick={open}
                >
                  Remove
                </Button>
              )}
            >
              {url} is told nothing more, and what was sent to it is forgotten.
            </Confirm>
          </Group>
        </td>
      </tr>
      {rotate.data === undefined ? null : (
        <tr>
          <td colSpan={COLUMNS}>
            <NewSecret title="The new secret, shown this once" secret={rotate.data.secret}>
              The receiver checks signatures by it.
            </NewSecret>
          </td>
        </tr>
      )}
      {isOpen ? (
        <tr>
          <td colSpan={COLUMNS}>
            <Deliveries webhookId={id} />
          </td>
        </tr>
      ) : null}
    </>
  );
}
