import { Alert, Button, MultiSelect, TextInput } from "@mantine/core";
import { WEBHOOK_EVENTS, WebhookEventType } from "@sweepyard/contract";
import { IconWebhook } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { Panel } from "../shell/Panel.js";
import { NewSecret } from "./NewSecret.js";
import styles from "./SettingsPage.module.css";

/** Registers an address that is told of events. */
export function NewWebhook() {
  const cache = useQueryClient();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<WebhookEventType[]>(["batch.completed"]);
  const [description, setDescription] = useState("");
  const make = useMutation({
    mutationFn: () => client.webhooks.create({ url: url.trim(), events, description }),
    onSuccess: () => {
      setUrl("");
      setDescription("");
      void cache.invalidateQueries({ queryKey: ["webhooks"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Panel title="New webhook">
      <form onSubmit={submit} className={styles.webhook}>
        <TextInput
          size="xs"
          label="Address"
          type="url"
          placeholder="https://shop.example/hooks/sweepyard"
          value={url}
          onChange={(event) => setUrl(event.currentTarget.value)}
          required
        />
        <MultiSelect
          size="xs"
          label="Is told of"
          data={[...WEBHOOK_EVENTS]}
          value={events}
          onChange={(next) =>
            setEvents(
              next.filter(
                (each): each is WebhookEventType => WebhookEventType.safeParse(each).success,
              ),
            )
          }
          required
        />
        <TextInput
          size="xs"
          label="Description"
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Button
          size="xs"
          type="submit"
          leftSection={<IconWebhook size={14} />}
          loading={make.isPending}
          disabled={url.trim() === "" || events.length === 0}
        >
          Add the webhook
        </Button>
      </form>
      {make.error === null ? null : (
        <Alert color="red" mt={10}>
          {make.error.message}
        </Alert>
      )}
      {make.data === undefined ? null : (
        <NewSecret title="The webhook’s secret, shown this once" secret={make.data.secret}>
          The receiver checks the signature of what comes by it: <code>verifyWebhook</code> of the
          client does, or any library of Standard Webhooks.
        </NewSecret>
      )}
    </Panel>
  );
}
