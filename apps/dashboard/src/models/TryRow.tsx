import { Alert, Button, Textarea } from "@mantine/core";
import type { DatasetView, ModelView } from "@sweepyard/contract";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { client } from "../api/client.js";
import { Panel } from "../shell/Panel.js";
import { Outputs } from "./Outputs.js";
import { readNumbers } from "./readNumbers.js";
import { TargetSelect } from "./TargetSelect.js";
import { useTarget } from "./useTarget.js";

/** Names that are shown beside the field; the data set's page has all. */
const SHOWN_COLUMNS = 12;

/** Write a row of a table, and see what the model says of it: it begins with the training rows' means. */
export function TryRow(props: { readonly model: ModelView; readonly dataset: DatasetView }) {
  const { model, dataset } = props;
  const { columns } = dataset.details;
  const [size = 0] = dataset.inputShape;
  const { target, choices, setTarget } = useTarget(model);
  const [text, setText] = useState(() =>
    columns.length === size
      ? columns.map(({ mean }) => String(Number(mean.toPrecision(4)))).join(", ")
      : "",
  );
  const ask = useMutation({
    mutationFn: (row: readonly number[]) =>
      client.models.predict(`${model.name}${target}`, { instances: [[...row]] }),
  });
  const row = readNumbers(text, size);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (row.ok) ask.mutate(row.numbers);
  };
  const names = columns.slice(0, SHOWN_COLUMNS).map(({ name }) => name);
  const more = size > names.length ? ` and ${size - names.length} more` : "";
  return (
    <Panel
      title="Try it"
      actions={
        <TargetSelect
          model={model.name}
          choices={choices}
          target={target}
          onChange={(chosen) => {
            setTarget(chosen);
            ask.reset();
          }}
        />
      }
    >
      <form onSubmit={submit}>
        <Textarea
          label={`A row of ${size} numbers`}
          description={names.length === 0 ? undefined : `${names.join(", ")}${more}`}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={text.trim() === "" || row.ok ? null : row.message}
          autosize
          minRows={2}
          maxRows={8}
        />
        <Button type="submit" size="compact-sm" mt={8} disabled={!row.ok} loading={ask.isPending}>
          Predict
        </Button>
      </form>
      <div aria-live="polite">
        {ask.error === null ? null : (
          <Alert color="red" mt={8}>
            {ask.error.message}
          </Alert>
        )}
        {ask.data === undefined ? null : (
          <>
            <Outputs task={ask.data.task} outputs={ask.data.predictions[0] ?? []} />
            <span className="dimmed">
              {ask.data.model}, version {ask.data.version}
            </span>
          </>
        )}
      </div>
    </Panel>
  );
}
