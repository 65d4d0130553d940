import { Button } from "@mantine/core";
import type { DeliveryView } from "@sweepyard/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";
import { deliveriesQuery } from "../api/queries.js";
import { MISSING } from "../format/formatNumber.js";
import { formatAge, formatInstant } from "../format/formatTime.js";
import { useNow } from "../format/useNow.js";
import { Answer } from "../shell/Answer.js";
import styles from "./SettingsPage.module.css";

/** What was sent to a webhook lately, and how it was taken. */
export function Deliveries({ webhookId }: { readonly webhookId: string }) {
  const query = useQuery(deliveriesQuery(webhookId));
  const now = useNow(10_000);
  return (
    <Answer query={query} height={60}>
      {({ items }) =>
        items.length === 0 ? (
          <p className="dimmed">Nothing was sent yet.</p>
        ) : (
          <table className="data">
            <thead>
              <tr>
                <th scope="col">event</th>
                <th scope="col">state</th>
                <th scope="col" className="number">
                  attempts
                </th>
                <th scope="col">last answer</th>
                <th scope="col">made</th>
                <th scope="col" className="number">
                  action
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((delivery) => (
                <DeliveryRow
                  key={delivery.id}
                  webhookId={webhookId}
                  delivery={delivery}
                  now={now}
                />
              ))}
            </tbody>
          </table>
        )
      }
    </Answer>
  );
}

function DeliveryRow(props: {
  readonly webhookId: string;
  readonly delivery: DeliveryView;
  readonly now: number;
}) {
  const { webhookId, delivery } = props;
  const cache = useQueryClient();
  const again = useMutation({
    mutationFn: () => client.webhooks.redeliver(webhookId, delivery.id),
    onSuccess: () => cache.invalidateQueries({ queryKey: ["webhooks", webhookId] }),
    onError: reportFailure("To send it again"),
  });
  return (
    <tr>
      <td title={delivery.id}>{delivery.type}</td>
      <td>{delivery.state}</td>
      <td className="number">{delivery.attempts.length}</td>
      <td className={styles.events}>{lastAnswer(delivery)}</td>
      <td className="dimmed" title={formatInstant(delivery.createdAt)}>
        {formatAge(delivery.createdAt, props.now)}
      </td>
      <td className="number">
        <Button
          size="compact-xs"
          variant="default"
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          Send again
        </Button>
      </td>
    </tr>
  );
}

function lastAnswer({ attempts }: DeliveryView): string {
  const last = attempts.at(-1);
  if (last === undefined) return MISSING;
  return last.error ?? `${last.status} in ${last.ms} ms`;
}
