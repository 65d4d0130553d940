import { ActionIcon, Button, MultiSelect, NativeSelect } from "@mantine/core";
import {
  Budget,
  CreateSweep,
  epochMetrics,
  MODEL_METRICS,
  REPORT_METRICS,
  TerminatorConfig,
} from "@sweepyard/contract";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { sweepListQuery } from "../api/queries.js";
import { Panel } from "../shell/Panel.js";
import { FieldGroup } from "./FieldGroup.js";
import { TypedInput } from "./FieldInput.js";
import styles from "./NewSweepPage.module.css";
import { objectiveOf, objectivesOf, withObjectives } from "./objectives.js";
import { fieldsByVariant, fieldsOfObject } from "./schemaFields.js";
import { readAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";
import { VariantSelect } from "./VariantSelect.js";

const BUDGET = fieldsOfObject(Budget);
const TERMINATORS = fieldsByVariant(TerminatorConfig, "name");
const OTHER = ["parallelism", "priority", "weight", "seed", "repeats", "folds", "target", "points"];
const OTHERS = fieldsOfObject(CreateSweep).filter(({ name }) => OTHER.includes(name));
const METRICS = [
  ...new Set([
    ...epochMetrics("classification").reverse(),
    ...epochMetrics("regression"),
    ...REPORT_METRICS,
    ...MODEL_METRICS,
  ]),
];
const MOST_OBJECTIVES = 8;

interface PanelProps {
  readonly form: SweepForm;
}

/** What counts, what a run must keep to, and when it is enough. */
export function JudgingPanel({ form }: PanelProps) {
  return (
    <Panel title="Objective and budget">
      <div className={styles.column}>
        <Objectives form={form} />
        <Constraints form={form} />
        <div>
          <FieldGroup
            form={form}
            fields={BUDGET}
            at={["budget"]}
            first={["runs", "epochs", "seconds"]}
          />
        </div>
        <div>
          <VariantSelect form={form} label="terminator" usual={null} variants={TERMINATORS} />
        </div>
        <div>
          <FieldGroup form={form} fields={OTHERS} at={[]} first={["parallelism"]} />
        </div>
        <WarmStart form={form} />
      </div>
    </Panel>
  );
}

const metricsWith = (metric: string) => (METRICS.includes(metric) ? METRICS : [metric, ...METRICS]);

function Objectives({ form }: PanelProps) {
  const objectives = objectivesOf(form.draft);
  const isSeveral = form.draft.objectives !== undefined;
  const change = (next: typeof objectives) => form.setDraft((old) => withObjectives(old, next));
  return (
    <div>
      {objectives.map((objective, index) => {
        const at = isSeveral ? ["objectives", String(index)] : ["objective"];
        const replace = (other: typeof objective) => change(objectives.with(index, other));
        return (
          <div key={index} className={styles.entry}>
            <NativeSelect
              size="xs"
              label="metric"
              data={metricsWith(objective.metric)}
              value={objective.metric}
              error={errorAt(form.errors, [...at, "metric"])}
              onChange={({ currentTarget: { value } }) => replace(objectiveOf(value))}
            />
            <NativeSelect
              size="xs"
              label="direction"
              data={["maximize", "minimize"]}
              value={objective.direction}
              error={errorAt(form.errors, [...at, "direction"])}
              onChange={({ currentTarget: { value } }) =>
                replace({ ...objective, direction: value })
              }
            />
            {isSeveral ? (
              <Drop
                what={`objective ${index + 1}`}
                onDrop={() => change(objectives.toSpliced(index, 1))}
              />
            ) : null}
          </div>
        );
      })}
      {objectives.length < MOST_OBJECTIVES ? (
        <Add onAdd={() => change([...objectives, objectiveOf(unused(objectives))])}>
          Add an objective
        </Add>
      ) : null}
    </div>
  );
}

const unused = (objectives: readonly { readonly metric: string }[]) =>
  METRICS.find((metric) => objectives.every((each) => each.metric !== metric)) ?? "val_loss";

/** Bounds of metrics; a run past one of them is never the best. */
function Constraints({ form }: PanelProps) {
  const written = form.draft.constraints;
  const constraints: readonly unknown[] = Array.isArray(written) ? written : [];
  const at = (index: number, key: string) => ["constraints", String(index), key];
  return (
    <div>
      {constraints.map((constraint, index) => (
        <div key={index} className={styles.entry}>
          <NativeSelect
            size="xs"
            label="a run's"
            data={metricsWith(String(readAt(constraint, ["metric"])))}
            value={String(readAt(constraint, ["metric"]))}
            error={errorAt(form.errors, at(index, "metric"))}
            onChange={({ currentTarget }) => form.set(at(index, "metric"), currentTarget.value)}
          />
          <NativeSelect
            size="xs"
            label="is to be"
            data={[
              { value: "<=", label: "at most" },
              { value: ">=", label: "at least" },
            ]}
            value={String(readAt(constraint, ["op"]))}
            onChange={({ currentTarget }) => form.set(at(index, "op"), currentTarget.value)}
          />
          <TypedInput
            size="xs"
            label="bound"
            isNumber
            placeholder="needed"
            value={readAt(constraint, ["value"])}
            error={errorAt(form.errors, at(index, "value"))}
            onValue={(value) => form.set(at(index, "value"), value)}
          />
          <Drop
            what={`constraint ${index + 1}`}
            onDrop={() =>
              form.set(
                ["constraints"],
                constraints.length === 1 ? undefined : constraints.toSpliced(index, 1),
              )
            }
          />
        </div>
      ))}
      <Add
        onAdd={() =>
          form.set(["constraints"], [...constraints, { metric: "model_bytes", op: "<=" }])
        }
      >
        Add a constraint
      </Add>
    </div>
  );
}

/** Sweeps whose runs the sampler is to know from the start. */
function WarmStart({ form }: PanelProps) {
  const sweeps = useInfiniteQuery(sweepListQuery());
  const chosen = readAt(form.draft, ["warm_start", "sweeps"]);
  const ids = Array.isArray(chosen) ? chosen.map(String) : [];
  const known = sweeps.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <MultiSelect
      size="xs"
      label="warm start"
      description="The sampler knows the runs of these sweeps that fit the space."
      searchable
      clearable
      data={[
        ...known.map(({ id, name }) => ({ value: id, label: name })),
        ...ids
          .filter((id) => known.every((sweep) => sweep.id !== id))
          .map((id) => ({ value: id, label: id })),
      ]}
      nothingFoundMessage="no sweep of that name"
      value={ids}
      error={errorAt(form.errors, ["warm_start"])}
      onChange={(next) =>
        form.set(["warm_start"], next.length === 0 ? undefined : { sweeps: next })
      }
    />
  );
}

const Add = (props: { readonly onAdd: () => void; readonly children: string }) => (
  <Button
    size="compact-xs"
    variant="subtle"
    color="gray"
    leftSection={<IconPlus size={13} />}
    onClick={props.onAdd}
  >
    {props.children}
  </Button>
);

const Drop = (props: { readonly what: string; readonly onDrop: () => void }) => (
  <ActionIcon
    variant="subtle"
    color="gray"
    size={30}
    className={styles.vary}
    title={`take ${props.what} out`}
    aria-label={`take ${props.what} out`}
    onClick={props.onDrop}
  >
    <IconX size={14} />
  </ActionIcon>
);
