import { ActionIcon, NativeSelect } from "@mantine/core";
import { type Dimension, planParams } from "@sweepyard/contract";
import { IconX } from "@tabler/icons-react";
import { formatCounted } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { DIMENSION_FIELDS, DIMENSION_WORDS, retype } from "./dimensionKinds.js";
import { FieldGroup } from "./FieldGroup.js";
import { FieldError } from "./FieldInput.js";
import styles from "./NewSweepPage.module.css";
import { dimensionsOf, fix, readAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

const FIRST = ["low", "high", "log", "step", "choices", "value", "mu", "sigma"];

/** What varies, and between what. */
export function SpacePanel({ form }: { readonly form: SweepForm }) {
  const dimensions = dimensionsOf(form.draft);
  return (
    <Panel title="Space" scope={formatCounted(dimensions.length, "dimension")}>
      <FieldError text={errorAt(form.errors, ["space"], false)} />
      {dimensions.length === 0 ? (
        <p className="dimmed">
          Nothing varies yet. Press the arrows beside a field, such as learning_rate, and its range
          appears here.
        </p>
      ) : null}
      {dimensions.map(([name, dimension]) => (
        <DimensionCard key={name} form={form} name={name} dimension={dimension} />
      ))}
    </Panel>
  );
}

function DimensionCard(props: {
  readonly form: SweepForm;
  readonly name: string;
  readonly dimension: unknown;
}) {
  const { form, name, dimension } = props;
  const type = String(readAt(dimension, ["type"]) ?? "");
  const places = planParams(form.draft.plan).filter(({ param }) => param === name);
  return (
    <fieldset className={styles.card}>
      <legend>
        {name} <span className="dimmed">{places.map(({ path }) => path).join(", ")}</span>
      </legend>
      <ActionIcon
        className={styles.drop}
        variant="subtle"
        color="gray"
        size="sm"
        onClick={() => form.setDraft((draft) => fix(draft, name))}
        title={`take ${name} out of the space`}
        aria-label={`take ${name} out of the space`}
      >
        <IconX size={14} />
      </ActionIcon>
      <FieldError text={errorAt(form.errors, ["space", name], false)} />
      <div className={styles.dimension}>
        <NativeSelect
          size="xs"
          label="kind"
          value={type}
          data={Object.entries(DIMENSION_WORDS).map(([value, label]) => ({ value, label }))}
          error={errorAt(form.errors, ["space", name, "type"])}
          onChange={({ currentTarget: { value } }) =>
            form.set(["space", name], retype(dimension, value as Dimension["type"]))
          }
        />
        <FieldGroup
          form={form}
          fields={DIMENSION_FIELDS.get(type) ?? []}
          at={["space", name]}
          first={FIRST}
        />
      </div>
    </fieldset>
  );
}
