import { Alert, Button, Group, Modal, Radio, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DrainRuns, WorkerView } from "@sweepyard/contract";
import { IconPlayerPlay, IconPlayerStop } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { reportFailure } from "../api/actions.js";
import { applyEvents } from "../api/applyEvents.js";
import { client } from "../api/client.js";
import { meQuery } from "../api/queries.js";
import { formatCounted } from "../format/formatNumber.js";

/** Has a worker take no more runs, or take them again; for administrators. */
export function DrainWorker({ worker }: { readonly worker: WorkerView }) {
  const cache = useQueryClient();
  const me = useQuery(meQuery());
  const show = (changed: WorkerView) =>
    applyEvents(cache, [{ type: "worker.changed", worker: changed }]);
  const resume = useMutation({
    mutationFn: () => client.workers.resume(worker.id),
    onSuccess: show,
    onError: reportFailure("To have the worker resume"),
  });
  if (me.data?.key.scopes.includes("admin") !== true) return null;
  if (worker.drain !== null)
    return (
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlayerPlay size={13} />}
        loading={resume.isPending}
        onClick={() => resume.mutate()}
      >
        Resume
      </Button>
    );
  return worker.state === "active" ? <DrainDialog worker={worker} onDrained={show} /> : null;
}

function DrainDialog(props: {
  readonly worker: WorkerView;
  readonly onDrained: (worker: WorkerView) => void;
}) {
  const { worker } = props;
  const [opened, { open, close }] = useDisclosure(false);
  const [runs, setRuns] = useState<DrainRuns>("finish");
  const drain = useMutation({
    mutationFn: () => client.workers.drain(worker.id, { runs }),
    onSuccess: (changed) => {
      close();
      props.onDrained(changed);
    },
  });
  const busy = worker.slots.filter(({ runId }) => runId !== null).length;
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlayerStop size={13} />}
        onClick={open}
      >
        Drain
      </Button>
      <Modal opened={opened} onClose={close} title={`Drain ${worker.name}?`} centered>
        <p style={{ marginTop: 0 }}>
          It takes no more runs until it is told to resume.{" "}
          {busy === 0
            ? "It trains none now."
            : `It trains ${formatCounted(busy, "run")} of yours now.`}
        </p>
        <Radio.Group
          label="Its runs"
          value={runs}
          onChange={(value) => setRuns(value === "hand_back" ? "hand_back" : "finish")}
        >
          <Stack gap={8} mt={6}>
            <Radio value="finish" label="go on to their end here" />
            <Radio
              value="hand_back"
              label="go to other workers at once, from their last checkpoint"
            />
          </Stack>
        </Radio.Group>
        {drain.error === null ? null : (
          <Alert color="red" mt="md">
            {drain.error.message}
          </Alert>
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button loading={drain.isPending} onClick={() => drain.mutate()}>
            Drain it
          </Button>
        </Group>
      </Modal>
    </>
  );
}
