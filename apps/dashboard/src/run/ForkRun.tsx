import { Alert, Button, Group, Modal, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { ApiError } from "@sweepyard/client";
import type { RunView } from "@sweepyard/contract";
import { IconGitFork } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { formatCounted } from "../format/formatNumber.js";
import { runLabel } from "../runs/runLabel.js";
import { changePlan, editText } from "./changePlan.js";
import { flattenPlan } from "./flattenPlan.js";
import styles from "./RunPage.module.css";

/**
 * A new run like this one with some values changed. Of an engine's run every value of the plan can
 * be; a program's run is known by its params alone, and becomes a point of the same sweep.
 */
export function ForkRun({ run }: { readonly run: RunView }) {
  const [opened, { open, close }] = useDisclosure(false);
  if (run.plan === null && run.sweepId === null) return null;
  return (
    <>
      <Button size="xs" variant="default" leftSection={<IconGitFork size={14} />} onClick={open}>
        Fork
      </Button>
      <Modal opened={opened} onClose={close} title={`Fork ${runLabel(run)}`} size="lg">
        <ForkForm run={run} onDone={close} />
      </Modal>
    </>
  );
}

function ForkForm({ run, onDone }: { readonly run: RunView; readonly onDone: () => void }) {
  const navigate = useNavigate();
  const [name, setName] = useState(`${run.name}, forked`.slice(0, 100));
  const [search, setSearch] = useState("");
  const [changes, setChanges] = useState<ReadonlyMap<string, string>>(new Map());
  const source: object = run.plan ?? run.params;
  const fields = flattenPlan(source);
  const changed = fields.filter(([path, value]) => {
    const text = changes.get(path);
    return text !== undefined && text !== editText(value);
  });
  const fork = useMutation({
    mutationFn: () => submitFork(run, name, changes),
    onSuccess: (made) => {
      onDone();
      if (made === null) {
        notifications.show({
          title: "The point is queued",
          message: "Its sweep tries it before the sampler is asked again.",
        });
        return;
      }
      void navigate({ to: "/runs/$runId", params: { runId: made.id } });
    },
  });
  const errors = fork.error instanceof ApiError ? fork.error.errors : [];
  const prefix = run.plan === null ? "points.0." : "plan.";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    fork.mutate();
  };
  const shown = fields.filter(
    ([path]) => changes.has(path) || path.toLowerCase().includes(search.trim().toLowerCase()),
  );
  return (
    <form onSubmit={submit}>
      {run.plan === null ? (
        <p className={styles.none}>It becomes a point of the sweep “{run.sweepName}”.</p>
      ) : (
        <TextInput
          size="xs"
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errors.find(({ path }) => path === "name")?.message}
          data-autofocus
        />
      )}
      {fields.length < 10 ? null : (
        <TextInput
          mt={8}
          size="xs"
          label="Find a value to change"
          placeholder="learning_rate, epochs, dropout…"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <div className={styles.fields}>
        {shown.map(([path, value]) => (
          <TextInput
            key={path}
            size="xs"
            label={path}
            classNames={{ label: "mono" }}
            data-changed={changed.some(([other]) => other === path) || undefined}
            value={changes.get(path) ?? editText(value)}
            onChange={(event) => setChanges(new Map(changes).set(path, event.currentTarget.value))}
            error={errors.find((error) => error.path === `${prefix}${path}`)?.message}
          />
        ))}
        {shown.length === 0 ? <p className={styles.none}>No value is named so.</p> : null}
      </div>
      {fork.error === null ? null : (
        <Alert color="red" mt={8}>
          {fork.error.message}
        </Alert>
      )}
      <Group justify="space-between" mt="md">
        <span className="dimmed">
          {changed.length === 0
            ? "Nothing is changed: it would be trained again as it is."
            : `${formatCounted(changed.length, "value")} changed`}
        </span>
        <Button type="submit" size="xs" loading={fork.isPending}>
          Submit the fork
        </Button>
      </Group>
    </form>
  );
}

/** The new run; null where it is a point that its sweep makes a run of. */
async function submitFork(
  run: RunView,
  name: string,
  changes: ReadonlyMap<string, string>,
): Promise<RunView | null> {
  if (run.plan !== null)
    return client.runs.create({
      name,
      plan: changePlan(run.plan, changes),
      priority: run.priority,
      tags: run.tags,
    });
  if (run.sweepId === null) throw new Error("a run of neither a plan nor a sweep can't be forked");
  await client.sweeps.enqueue(run.sweepId, { points: [changePlan(run.params, changes)] });
  return null;
}
