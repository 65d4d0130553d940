import { NativeSelect } from "@mantine/core";
import {
  Budget,
  CreateSweep,
  epochMetrics,
  MODEL_METRICS,
  PrunerConfig,
  REPORT_METRICS,
  risesByDefault,
  SamplerConfig,
} from "@sweepyard/contract";
import { Panel } from "../shell/Panel.js";
import { FieldGroup } from "./FieldGroup.js";
import styles from "./NewSweepPage.module.css";
import { type FieldSpec, fieldsByVariant, fieldsOfObject } from "./schemaFields.js";
import { changeVariant, type Path, readAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

const SAMPLERS = fieldsByVariant(SamplerConfig, "name");
const PRUNERS = fieldsByVariant(PrunerConfig, "name");
const BUDGET = fieldsOfObject(Budget);
const OTHER = ["parallelism", "priority", "seed", "repeats", "folds", "target"];
const OTHERS = fieldsOfObject(CreateSweep).filter(({ name }) => OTHER.includes(name));

const METRICS = [
  ...new Set([
    ...epochMetrics("classification").reverse(),
    ...epochMetrics("regression"),
    ...REPORT_METRICS,
    ...MODEL_METRICS,
  ]),
];

/** How points are chosen, which runs end early, what counts, and when it is enough. */
export function SearchPanel({ form }: { readonly form: SweepForm }) {
  return (
    <>
      <Panel title="Search">
        <div className={styles.halves}>
          <div>
            <VariantSelect form={form} label="sampler" usual="grid" variants={SAMPLERS} />
          </div>
          <div>
            <VariantSelect form={form} label="pruner" usual="none" variants={PRUNERS} />
          </div>
        </div>
      </Panel>
      <Panel title="Objective and budget">
        <div className={styles.fields}>
          <ObjectiveFields form={form} />
        </div>
        <FieldGroup
          form={form}
          fields={BUDGET}
          at={["budget"]}
          first={["runs", "epochs", "seconds"]}
        />
        <FieldGroup form={form} fields={OTHERS} at={[]} first={["parallelism"]} />
      </Panel>
    </>
  );
}

/** Which one, and its own settings. */
function VariantSelect(props: {
  readonly form: SweepForm;
  readonly label: "sampler" | "pruner";
  readonly usual: string;
  readonly variants: ReadonlyMap<string, readonly FieldSpec[]>;
}) {
  const { form, label, usual, variants } = props;
  const at: Path = [label];
  const name = String(readAt(form.draft, [...at, "name"]) ?? usual);
  return (
    <>
      <NativeSelect
        size="xs"
        label={label}
        data={[...variants.keys()].map((value) => ({ value, label: value.replaceAll("_", " ") }))}
        value={name}
        error={errorAt(form.errors, at, false)}
        onChange={({ currentTarget: { value } }) =>
          form.setDraft((draft) =>
            changeVariant(draft, at, ["name", value], variants.get(value) ?? []),
          )
        }
      />
      <FieldGroup form={form} fields={variants.get(name) ?? []} at={at} />
    </>
  );
}

function ObjectiveFields({ form }: { readonly form: SweepForm }) {
  if (form.draft.objectives !== undefined)
    return (
      <p className="dimmed">
        It has several objectives. They are written in the text of the sweep, beside the form.
      </p>
    );
  const metric = String(readAt(form.draft, ["objective", "metric"]) ?? "val_accuracy");
  const direction = String(
    readAt(form.draft, ["objective", "direction"]) ??
      (risesByDefault(metric) ? "maximize" : "minimize"),
  );
  return (
    <>
      <NativeSelect
        size="xs"
        label="metric"
        data={METRICS.includes(metric) ? METRICS : [metric, ...METRICS]}
        value={metric}
        error={errorAt(form.errors, ["objective", "metric"])}
        onChange={({ currentTarget: { value } }) =>
          form.set(["objective"], {
            metric: value,
            direction: risesByDefault(value) ? "maximize" : "minimize",
          })
        }
      />
      <NativeSelect
        size="xs"
        label="direction"
        data={["maximize", "minimize"]}
        value={direction}
        onChange={({ currentTarget }) =>
          form.set(["objective"], { metric, direction: currentTarget.value })
        }
      />
    </>
  );
}
