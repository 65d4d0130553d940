import { Alert, Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { ApiError } from "@sweepyard/client";
import type { Dimension, PatchSweep, SweepView } from "@sweepyard/contract";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { applyEvents } from "../api/applyEvents.js";
import { client } from "../api/client.js";
import styles from "./SweepPage.module.css";

/**
 * Extends a sweep or changes its space while it runs: budget, parallelism and the ends of ranges.
 * What is left as it was is not sent; the server says what can't be.
 */
export function EditSweep(props: { readonly sweep: SweepView; readonly onClose: () => void }) {
  const { sweep, onClose } = props;
  const cache = useQueryClient();
  const [runs, setRuns] = useState(textOf(sweep.budget.runs));
  const [parallelism, setParallelism] = useState(textOf(sweep.parallelism));
  const [reason, setReason] = useState("");
  const ranges = Object.entries(sweep.space).flatMap(([name, dimension]) =>
    dimension.type === "float" || dimension.type === "int" ? [[name, dimension] as const] : [],
  );
  const [ends, setEnds] = useState<Record<string, readonly [string, string]>>(() =>
    Object.fromEntries(ranges.map(([name, { low, high }]) => [name, [`${low}`, `${high}`]])),
  );
  const patch = useMutation({
    mutationFn: (body: Partial<PatchSweep>) => client.sweeps.patch(sweep.id, body),
    onSuccess: (changed) => {
      applyEvents(cache, [{ type: "sweep.changed", sweep: changed }]);
      onClose();
    },
  });
  const changes = changesOf(sweep, { runs, parallelism, ends, ranges });
  const isEmpty = Object.keys(changes).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isEmpty) patch.mutate({ ...changes, reason });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={sweep.state === "completed" ? "Extend the sweep" : "Edit the sweep"}
      size="lg"
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Group gap="sm" grow>
            <TextInput
              label="Runs in all"
              description={`${sweep.plannedRuns ?? "no limit"} so far`}
              value={runs}
              inputMode="numeric"
              onChange={(event) => setRuns(event.currentTarget.value)}
              data-autofocus
            />
            <TextInput
              label="At a time"
              description="empty: as many as there are slots"
              value={parallelism}
              inputMode="numeric"
              onChange={(event) => setParallelism(event.currentTarget.value)}
            />
          </Group>
          {ranges.length === 0 ? null : (
            <fieldset className={styles.ranges}>
              <legend>Ranges, from the next run on</legend>
              {ranges.map(([name, dimension]) => (
                <Group key={name} gap="sm" wrap="nowrap" align="center">
                  <span className={`clip ${styles.rangeName}`} title={name}>
                    {name}
                    {dimension.log ? <span className="dimmed"> log</span> : null}
                  </span>
                  {([0, 1] as const).map((end) => (
                    <TextInput
                      key={end}
                      size="xs"
                      aria-label={`${name} ${end === 0 ? "from" : "to"}`}
                      value={ends[name]?.[end] ?? ""}
                      onChange={(event) => {
                        const { value } = event.currentTarget;
                        setEnds((old) => {
                          const [low, high] = old[name] ?? ["", ""];
                          return { ...old, [name]: end === 0 ? [value, high] : [low, value] };
                        });
                      }}
                    />
                  ))}
                </Group>
              ))}
            </fieldset>
          )}
          <TextInput
            label="Why"
            description="for those who look later"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {patch.error === null ? null : (
            <Alert color="red" variant="light" role="alert" title={patch.error.message}>
              {patch.error instanceof ApiError
                ? patch.error.errors.map(({ path, message }) => (
                    <div key={path}>
                      {path} {message}
                    </div>
                  ))
                : null}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Leave it as it is
            </Button>
            <Button type="submit" disabled={isEmpty} loading={patch.isPending}>
              {sweep.state === "completed" ? "Extend" : "Change"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

const textOf = (value: number | null | undefined): string =>
  value === null || value === undefined ? "" : String(value);
const numberOf = (text: string): number | null => (text.trim() === "" ? null : Number(text));

function changesOf(
  sweep: SweepView,
  form: {
    readonly runs: string;
    readonly parallelism: string;
    readonly ends: Readonly<Record<string, readonly [string, string]>>;
    readonly ranges: readonly (readonly [string, Extract<Dimension, { type: "float" | "int" }>])[];
  },
): Partial<PatchSweep> {
  const space: Record<string, Dimension> = {};
  for (const [name, dimension] of form.ranges) {
    const [low, high] = (form.ends[name] ?? ["", ""]).map(Number);
    if (low === undefined || high === undefined) continue;
    if (low !== dimension.low || high !== dimension.high) space[name] = { ...dimension, low, high };
  }
  const runs = numberOf(form.runs);
  const parallelism = numberOf(form.parallelism);
  return {
    ...(runs !== (sweep.budget.runs ?? null) && {
      budget: { runs } as NonNullable<PatchSweep["budget"]>,
    }),
    ...(parallelism !== sweep.parallelism && { parallelism }),
    ...(Object.keys(space).length > 0 && { space }),
  };
}
