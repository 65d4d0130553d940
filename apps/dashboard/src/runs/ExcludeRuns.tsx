import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { RunView } from "@sweepyard/contract";
import { type FormEvent, useState } from "react";
import { useExcludeRuns } from "../api/actions.js";
import { formatCounted } from "../format/formatNumber.js";

/** Takes runs out of best, importance and sampling, for a reason that stays with them. */
export function ExcludeRuns({ runs }: { readonly runs: readonly RunView[] }) {
  const [opened, { open, close }] = useDisclosure(false);
  const [reason, setReason] = useState("");
  const exclude = useExcludeRuns();
  if (runs.length === 0) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close();
    exclude.mutate({ ids: runs.map((run) => run.id), reason: reason.trim() });
  };
  return (
    <>
      <Button size="compact-xs" variant="default" loading={exclude.isPending} onClick={open}>
        Exclude {runs.length}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={`Exclude ${formatCounted(runs.length, "run")}?`}
        centered
      >
        <form onSubmit={submit}>
          They stay in the table, but count no more for the best, for importance and for the
          sampler. Each can be put back on its page.
          <TextInput
            mt="sm"
            label="Why"
            required
            maxLength={1000}
            data-autofocus
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={close}>
              Keep them
            </Button>
            <Button type="submit" disabled={reason.trim() === ""}>
              Exclude
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
