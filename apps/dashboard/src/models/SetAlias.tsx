import { ActionIcon, Button, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { AliasName } from "@sweepyard/contract";
import { IconTag } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { reportFailure } from "../api/actions.js";
import { client } from "../api/client.js";

/** Points an alias at a version, such as back to the one before. */
export function SetAlias(props: { readonly model: string; readonly version: number }) {
  const { model, version } = props;
  const [opened, { open, close }] = useDisclosure(false);
  const [alias, setAlias] = useState("champion");
  const [reason, setReason] = useState("");
  const cache = useQueryClient();
  const set = useMutation({
    mutationFn: () => client.models.setAlias(model, alias, { version, reason }),
    onSuccess: () => {
      close();
      return cache.invalidateQueries({ queryKey: ["models"] });
    },
    onError: reportFailure("To set the alias"),
  });
  const wrong = AliasName.safeParse(alias).error?.issues[0]?.message;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    set.mutate();
  };
  return (
    <>
      <ActionIcon
        size="sm"
        variant="subtle"
        color="gray"
        onClick={open}
        title="point an alias here"
        aria-label={`point an alias at version ${version}`}
      >
        <IconTag size={14} />
      </ActionIcon>
      <Modal
        opened={opened}
        onClose={close}
        title={`Point an alias at ${model} version ${version}`}
        centered
      >
        <form onSubmit={submit}>
          <Stack gap="sm">
            <TextInput
              label="Alias"
              value={alias}
              onChange={(event) => setAlias(event.currentTarget.value)}
              error={alias === "" ? null : wrong}
              required
            />
            <TextInput
              label="Reason"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button type="submit" disabled={wrong !== undefined} loading={set.isPending}>
              Set the alias
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
