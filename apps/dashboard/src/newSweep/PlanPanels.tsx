import { Button, NativeSelect, Text } from "@mantine/core";
import {
  Callback,
  CnnTemplate,
  Loss,
  MlpTemplate,
  Optimizer,
  TrainPlan,
} from "@sweepyard/contract";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { datasetsQuery } from "../api/queries.js";
import { formatCount } from "../format/formatNumber.js";
import { Panel } from "../shell/Panel.js";
import { FieldGroup } from "./FieldGroup.js";
import { FieldInput } from "./FieldInput.js";
import styles from "./NewSweepPage.module.css";
import { type FieldSpec, fieldsByVariant, fieldsOfObject } from "./schemaFields.js";
import { changeVariant, isRecord, type Path, readAt, writeAt } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

const MODELS: ReadonlyMap<string, readonly FieldSpec[]> = new Map([
  ["mlp", fieldsOfObject(MlpTemplate)],
  ["cnn", fieldsOfObject(CnnTemplate)],
  ["layers", []],
]);
const MODEL_WORDS: Readonly<Record<string, string>> = {
  mlp: "mlp: dense layers",
  cnn: "cnn: convolutions for images",
  layers: "layers: a list of your own",
};
const MODEL_FIRST = [
  "depth",
  "units",
  "activation",
  "dropout",
  "batch_norm",
  "blocks",
  "convolutions",
  "filters",
  "kernel_size",
  "dense_dropout",
];
const OPTIMIZERS = fieldsByVariant(Optimizer, "class_name");
const LOSSES = fieldsByVariant(Loss, "name");
const CALLBACKS = fieldsByVariant(Callback, "class_name");
const PLAN = fieldsOfObject(TrainPlan);
const OWN_PANEL = ["data", "model", "optimizer", "loss", "callbacks"];
const PREPROCESSING: FieldSpec = {
  name: "preprocessing",
  kind: "choice",
  choices: ["rescale", "standardize", "none"],
  least: null,
  most: null,
  isRequired: false,
  usual: "rescale",
};

interface PanelProps {
  readonly form: SweepForm;
}

/** Which rows are trained on, and by which network. */
export function ModelPanel({ form }: PanelProps) {
  const datasets = useQuery(datasetsQuery());
  const names = datasets.data?.items.map(({ name }) => name) ?? [];
  const name = readAt(form.draft, ["plan", "data", "dataset"]);
  const dataset = datasets.data?.items.find((each) => each.name === name);
  const at: Path = ["plan", "model"];
  const model = readAt(form.draft, at);
  const kind =
    isRecord(model) && "layers" in model ? "layers" : (readAt(model, ["template"]) ?? "mlp");
  const choose = (next: string) => {
    if (next !== "layers") {
      const plain = writeAt(form.draft, [...at, "layers"], undefined);
      return form.setDraft(changeVariant(plain, at, ["template", next], MODELS.get(next) ?? []));
    }
    const emptied = changeVariant(form.draft, at, ["template", next], []);
    form.setDraft(writeAt(emptied, at, { layers: layersFor(dataset?.classNames.length ?? 10) }));
  };
  return (
    <Panel title="Data and model">
      <div className={styles.fields}>
        <NativeSelect
          size="xs"
          label="data set"
          inputWrapperOrder={["label", "input", "error", "description"]}
          description={
            dataset === undefined
              ? undefined
              : `${formatCount(dataset.trainRows)} training rows of ${dataset.inputShape.join(" × ")}`
          }
          data={[...new Set([...names, ...(typeof name === "string" ? [name] : [])])]}
          value={String(name ?? "")}
          error={errorAt(form.errors, ["plan", "data", "dataset"])}
          onChange={({ currentTarget }) =>
            form.set(["plan", "data", "dataset"], currentTarget.value)
          }
        />
        <FieldInput form={form} field={PREPROCESSING} path={["plan", "data", "preprocessing"]} />
        <NativeSelect
          size="xs"
          label="model"
          data={[...MODELS.keys()].map((value) => ({ value, label: MODEL_WORDS[value] ?? value }))}
          value={String(kind)}
          error={errorAt(form.errors, at, kind === "layers")}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        />
      </div>
      {kind === "layers" ? (
        <Text size="sm" c="dimmed" mt={8}>
          The layers are written in the text of the sweep, beside the form. Any of their values may
          be {"{$param: a dimension}"}.
        </Text>
      ) : (
        <FieldGroup
          form={form}
          fields={MODELS.get(String(kind)) ?? []}
          at={at}
          first={MODEL_FIRST}
          canVary
        />
      )}
    </Panel>
  );
}

const layersFor = (outputs: number) => [
  { class_name: "Flatten" },
  { class_name: "Dense", units: 128, activation: "relu" },
  { class_name: "Dense", units: outputs, activation: "softmax" },
];

/** How it is trained. */
export function TrainingPanel({ form }: PanelProps) {
  const at: Path = ["plan", "optimizer"];
  const optimizer = String(readAt(form.draft, [...at, "class_name"]) ?? "Adam");
  const said = readAt(form.draft, ["plan", "loss"]);
  const loss = String((isRecord(said) ? said.name : said) ?? "categorical_crossentropy");
  return (
    <Panel title="Training">
      <div className={styles.fields}>
        <NativeSelect
          size="xs"
          label="optimizer"
          data={[...OPTIMIZERS.keys()]}
          value={optimizer}
          onChange={({ currentTarget: { value } }) =>
            form.setDraft((draft) =>
              changeVariant(draft, at, ["class_name", value], OPTIMIZERS.get(value) ?? []),
            )
          }
        />
        <NativeSelect
          size="xs"
          label="loss"
          data={[...LOSSES.keys()]}
          value={loss}
          error={errorAt(form.errors, ["plan", "loss"])}
          onChange={({ currentTarget }) => form.set(["plan", "loss"], currentTarget.value)}
        />
      </div>
      <FieldGroup
        form={form}
        fields={OPTIMIZERS.get(optimizer) ?? []}
        at={at}
        first={["learning_rate", "momentum", "weight_decay"]}
        canVary
      />
      <FieldGroup
        form={form}
        fields={PLAN.filter(({ name }) => !OWN_PANEL.includes(name))}
        at={["plan"]}
        first={["batch_size", "epochs", "validation_split"]}
        canVary
      />
      <Callbacks form={form} />
    </Panel>
  );
}

/** Early stopping and its like, each with its own fields. */
function Callbacks({ form }: PanelProps) {
  const at: Path = ["plan", "callbacks"];
  const found = readAt(form.draft, at);
  const callbacks: readonly unknown[] = Array.isArray(found) ? found : [];
  const nameOf = (callback: unknown) => String(readAt(callback, ["class_name"]));
  const add = (name: string) => form.set(at, [...callbacks, { class_name: name }]);
  return (
    <div className={styles.callbacks}>
      {callbacks.map((callback, index) => (
        <fieldset key={index} className={styles.card}>
          <legend>{nameOf(callback)}</legend>
          <FieldGroup
            form={form}
            fields={CALLBACKS.get(nameOf(callback)) ?? []}
            at={[...at, String(index)]}
            first={["monitor", "patience", "restore_best_weights", "seconds", "target", "factor"]}
          />
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            leftSection={<IconX size={13} />}
            onClick={() => form.set([...at, String(index)], undefined)}
          >
            Take {nameOf(callback)} out
          </Button>
        </fieldset>
      ))}
      <NativeSelect
        size="xs"
        aria-label="add a callback"
        leftSection={<IconPlus size={13} />}
        value=""
        error={errorAt(form.errors, at, false)}
        onChange={({ currentTarget }) => add(currentTarget.value)}
        data={[{ value: "", label: "Add a callback…" }, ...CALLBACKS.keys()]}
        className={styles.add}
      />
    </div>
  );
}
