import { Button, Group, Textarea, TextInput } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { useState } from "react";
import { usePatchRun } from "../api/actions.js";
import { Confirm } from "../shell/Confirm.js";
import { Panel } from "../shell/Panel.js";

/** A person's words on the run, and taking it out of best, sampling and charts with a reason. */
export function NotePanel({ run }: { readonly run: RunView }) {
  const patch = usePatchRun(run.id);
  const [note, setNote] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const shown = note ?? run.note;
  const isChanged = shown !== run.note;
  return (
    <Panel title="Note">
      <Textarea
        aria-label="note"
        autosize
        minRows={2}
        maxRows={12}
        placeholder="What did you see in this run?"
        value={shown}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <Group mt={8} gap={8}>
        <Button
          size="xs"
          variant="default"
          disabled={!isChanged}
          loading={patch.isPending && patch.variables.note !== undefined}
          onClick={() => patch.mutate({ note: shown }, { onSuccess: () => setNote(null) })}
        >
          Save the note
        </Button>
        {run.excluded === null ? (
          <Confirm
            title={`Exclude ${run.name}?`}
            confirm="Exclude it"
            dismiss="Leave it in"
            onConfirm={() => patch.mutate({ excluded: reason })}
            target={(open) => (
              <Button size="xs" variant="subtle" color="gray" onClick={open}>
                Exclude the run
              </Button>
            )}
          >
            It no longer counts for the best run, the charts or the sampler. It can be put back.
            <TextInput
              mt="sm"
              label="Reason"
              required
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          </Confirm>
        ) : (
          <Button size="xs" variant="subtle" onClick={() => patch.mutate({ excluded: null })}>
            Put the run back in
          </Button>
        )}
      </Group>
    </Panel>
  );
}
