import { Button, Group, TagsInput, Textarea, TextInput } from "@mantine/core";
import type { RunView } from "@sweepyard/contract";
import { useState } from "react";
import { usePatchRun } from "../api/actions.js";
import { Confirm } from "../shell/Confirm.js";
import { Panel } from "../shell/Panel.js";

/** The server's limits. */
const MOST_TAGS = 32;
const LONGEST_TAG = 64;

/** A person's words on the run, tags to filter by, and taking it out of best, sampling and charts with a reason. */
export function NotePanel({ run }: { readonly run: RunView }) {
  const patch = usePatchRun(run.id);
  const [note, setNote] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const shown = note ?? run.note;
  const tags = (patch.isPending ? patch.variables.tags : undefined) ?? run.tags;
  const isChanged = shown !== run.note;
  return (
    <Panel title="Note and tags">
      <Textarea
        aria-label="note"
        autosize
        minRows={2}
        maxRows={12}
        placeholder="What did you see in this run?"
        value={shown}
        onChange={(event) => setNote(event.currentTarget.value)}
      />
      <TagsInput
        mt={8}
        size="xs"
        aria-label="tags"
        placeholder={tags.length === 0 ? "Tags, each ended with Enter or a comma" : undefined}
        description={tags.length === 0 ? null : `Filter by them: tags = "${tags[0]}"`}
        inputWrapperOrder={["input", "description"]}
        value={[...tags]}
        maxTags={MOST_TAGS}
        onChange={(next) =>
          patch.mutate({ tags: next.map((tag) => tag.trim().slice(0, LONGEST_TAG)) })
        }
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
