import { Alert, Autocomplete, Button, Modal, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { AliasName, ModelName, type ModelView, type RunView } from "@sweepyard/contract";
import { IconRosetteDiscountCheck } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { modelsQuery } from "../api/queries.js";

/** What a promotion under this name makes, and which names there are. */
function describeTarget(name: string, models: readonly ModelView[]): string {
  const found = models.find((each) => each.name === name);
  if (found !== undefined) {
    const latest = Math.max(0, ...found.versions.map((each) => each.version));
    return `Version ${latest + 1} of a model that exists`;
  }
  if (models.length === 0) return "A new model; later promotions add versions to it";
  return `A new model; there are already: ${models.map((each) => each.name).join(", ")}`;
}

/** Makes the run's model a version of a named model and points an alias at it. */
export function PromoteButton({ run }: { readonly run: RunView }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" leftSection={<IconRosetteDiscountCheck size={15} />} onClick={open}>
        Promote
      </Button>
      <Modal opened={opened} onClose={close} title={`Promote ${run.name}`} centered>
        <PromoteForm run={run} onDone={close} />
      </Modal>
    </>
  );
}

function PromoteForm({ run, onDone }: { readonly run: RunView; readonly onDone: () => void }) {
  const models = useQuery(modelsQuery());
  const cache = useQueryClient();
  const [typed, setModel] = useState<string | null>(null);
  // A new version of what is there is likelier than a second model.
  const [existing] = models.data?.items ?? [];
  const model = typed ?? existing?.name ?? run.plan?.data.dataset ?? run.name;
  const [alias, setAlias] = useState("champion");
  const [reason, setReason] = useState("");
  const promote = useMutation({
    mutationFn: () => client.runs.promote(run.id, { model, alias, reason }),
    onSuccess: (version) => {
      void cache.invalidateQueries({ queryKey: ["models"] });
      notifications.show({
        color: "green",
        title: `${version.model} version ${version.version}`,
        message: (
          <>
            {alias} points at it now. <Link to="/models">Try it</Link>
          </>
        ),
      });
      onDone();
    },
  });
  const wrongModel = ModelName.safeParse(model).error?.issues[0]?.message;
  const wrongAlias = AliasName.safeParse(alias).error?.issues[0]?.message;
  const holder = models.data?.items
    .find((each) => each.name === model)
    ?.versions.find((version) => version.aliases.includes(alias));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    promote.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Autocomplete
          label="Model"
          description={describeTarget(model, models.data?.items ?? [])}
          data={models.data?.items.map((each) => each.name) ?? []}
          value={model}
          onChange={setModel}
          error={model === "" ? null : wrongModel}
          required
        />
        <TextInput
          label="Alias"
          description="What predictions ask for; it moves here from the version that has it"
          value={alias}
          onChange={(event) => setAlias(event.currentTarget.value)}
          error={alias === "" ? null : wrongAlias}
          required
        />
        <TextInput
          label="Reason"
          placeholder="Best test accuracy of the sweep"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {holder === undefined ? null : (
          <span className="dimmed">
            {alias} is version {holder.version} now, from {holder.runName}.
          </span>
        )}
        {promote.error === null ? null : <Alert color="red">{promote.error.message}</Alert>}
        <Button
          type="submit"
          loading={promote.isPending}
          disabled={wrongModel !== undefined || wrongAlias !== undefined}
        >
          Promote
        </Button>
      </Stack>
    </form>
  );
}
