import { Alert, Button, FileInput, Group, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { ApiError } from "@sweepyard/client";
import { DATASET_PARTS, type DatasetPart, type FieldError } from "@sweepyard/contract";
import { IconUpload } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useRef, useState } from "react";
import { formatBytes, formatPercent } from "../format/formatNumber.js";
import styles from "./DatasetsPage.module.css";
import { sendUpload } from "./sendUpload.js";
import { EMPTY_UPLOAD, FORMAT_OPTIONS, readUpload, type UploadFormat } from "./uploadDraft.js";

/** Uploads a data set from this computer, with the progress of it and what is wrong with it. */
export function UploadDataset({ label = "Upload" }: { readonly label?: string }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button size="xs" leftSection={<IconUpload size={14} />} onClick={open}>
        {label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title="Upload a data set"
        size="lg"
        closeOnClickOutside={false}
      >
        <UploadForm onDone={close} />
      </Modal>
    </>
  );
}

const FORMATS: { value: UploadFormat; label: string }[] = [
  { value: "csv", label: "a table (CSV)" },
  { value: "npy", label: "NumPy arrays (NPY, NPZ)" },
  { value: "images", label: "images in folders (zip, tar, tar.gz)" },
  { value: "idx", label: "IDX files, as MNIST" },
];

function UploadForm({ onDone }: { readonly onDone: () => void }) {
  const cache = useQueryClient();
  const [draft, setDraft] = useState(EMPTY_UPLOAD);
  const [isChecked, setChecked] = useState(false);
  const [share, setShare] = useState(0);
  const sending = useRef<AbortController | null>(null);
  const read = readUpload(draft);
  const send = useMutation({
    mutationFn: async () => {
      if ("errors" in read) throw new Error("the form has errors");
      sending.current = new AbortController();
      setShare(0);
      return sendUpload(read.upload, { onProgress: setShare, signal: sending.current.signal });
    },
    onSuccess: ({ name, version }) => {
      void cache.invalidateQueries({ queryKey: ["datasets"] });
      notifications.show({ title: `${name} is here`, message: `It is version ${version} of it.` });
      onDone();
    },
  });
  const wasStopped = sending.current?.signal.aborted === true;
  const refused = send.error instanceof ApiError ? send.error.errors : [];
  const own = isChecked && "errors" in read ? read.errors : [];
  const errorAt = (field: string) => messageAt(own.length > 0 ? own : refused, field);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (!("errors" in read)) send.mutate();
  };
  const setOption = (option: string, text: string) =>
    setDraft({ ...draft, options: { ...draft.options, [option]: text } });
  return (
    <form onSubmit={submit} noValidate>
      <div className={styles.form}>
        <TextInput
          size="xs"
          label="Name"
          description="The same name again makes a new version."
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value })}
          error={errorAt("name")}
          required
          data-autofocus
        />
        <NativeSelect
          size="xs"
          label="What it is"
          description="Each file may be in gzip."
          data={FORMATS}
          value={draft.format}
          onChange={(event) =>
            setDraft({
              ...draft,
              format:
                FORMATS.find(({ value }) => value === event.currentTarget.value)?.value ?? "csv",
            })
          }
        />
        <TextInput
          size="xs"
          className={styles.wide}
          label="Description"
          value={draft.description}
          onChange={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
        />
        {DATASET_PARTS[draft.format].map((part) => (
          <PartInput
            key={`${draft.format} ${part}`}
            part={part}
            format={draft.format}
            file={draft.files[part] ?? null}
            error={errorAt(part)}
            onChange={(file) => {
              const { [part]: _old, ...files } = draft.files;
              setDraft({ ...draft, files: file === null ? files : { ...files, [part]: file } });
            }}
          />
        ))}
        {FORMAT_OPTIONS[draft.format].map((option) => (
          <OptionInput
            key={option}
            option={option}
            value={draft.options[option] ?? ""}
            error={errorAt(option)}
            onChange={(text) => setOption(option, text)}
          />
        ))}
      </div>
      {send.error === null || wasStopped ? null : <Refusal error={send.error} errors={refused} />}
      {send.isPending ? <Progress share={share} /> : null}
      <Group justify="flex-end" mt="md">
        {send.isPending ? (
          <Button size="xs" variant="default" onClick={() => sending.current?.abort()}>
            Stop the upload
          </Button>
        ) : null}
        <Button size="xs" type="submit" loading={send.isPending}>
          Upload it
        </Button>
      </Group>
    </form>
  );
}

/** The server names options as they stand in `options`. */
function messageAt(errors: readonly FieldError[], field: string): string | undefined {
  const found = errors.filter(
    ({ path }) =>
      path === field ||
      path === `options.${field}` ||
      path.startsWith(`${field}.`) ||
      path.startsWith(`options.${field}.`),
  );
  return found.length === 0 ? undefined : found.map(({ message }) => message).join("; ");
}

const Refusal = (props: { readonly error: Error; readonly errors: readonly FieldError[] }) => (
  <Alert color="red" mt="sm" role="alert" title={props.error.message}>
    {props.errors.length === 0 ? null : (
      <ul className={styles.refusal}>
        {props.errors.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <span className="mono">{path}</span> {message}
          </li>
        ))}
      </ul>
    )}
  </Alert>
);

const Progress = ({ share }: { readonly share: number }) => (
  <div className={styles.progress}>
    <progress value={share} max={1} aria-label="upload" />
    <span>
      {share < 1
        ? `${formatPercent(share, 0)} is sent`
        : "All is sent; the server checks it and makes arrays of it."}
    </span>
  </div>
);

const PART_LABELS: Record<DatasetPart, string> = {
  train: "Training rows",
  test: "Test rows",
  trainX: "Training inputs (x)",
  trainY: "Training targets (y)",
  trainWeights: "Training weights",
  testX: "Test inputs (x)",
  testY: "Test targets (y)",
  trainImages: "Training images",
  trainLabels: "Training labels",
  testImages: "Test images",
  testLabels: "Test labels",
};

function PartInput(props: {
  readonly part: DatasetPart;
  readonly format: UploadFormat;
  readonly file: File | null;
  readonly error: string | undefined;
  readonly onChange: (file: File | null) => void;
}) {
  const { part, format, file } = props;
  const isNpz = format === "npy" && part === "train";
  return (
    <FileInput
      size="xs"
      label={isNpz ? "All arrays in one NPZ" : PART_LABELS[part]}
      description={file === null ? hintOf(part, format) : formatBytes(file.size)}
      placeholder="Choose a file"
      value={file}
      onChange={props.onChange}
      error={props.error}
      clearable
      clearButtonProps={{ "aria-label": `take back ${PART_LABELS[part].toLowerCase()}` }}
    />
  );
}

function hintOf(part: DatasetPart, format: UploadFormat): string | undefined {
  if (part === "test" || part === "testX")
    return "Without it a fifth of the rows is kept for tests.";
  if (part === "train" && format === "images") return "A folder for each class.";
  if (part === "train" && format === "npy") return "Or the arrays one by one, below.";
  return undefined;
}

interface OptionField {
  readonly label: string;
  readonly description?: string;
  readonly choices?: readonly { readonly value: string; readonly label: string }[];
}

const OPTION_FIELDS: Record<(typeof FORMAT_OPTIONS)[UploadFormat][number], OptionField> = {
  target: { label: "Target column", description: "Several are separated by commas." },
  task: {
    label: "Task",
    choices: [
      { value: "", label: "as the target suggests" },
      { value: "classification", label: "classification" },
      { value: "multi_label", label: "several labels a row" },
      { value: "regression", label: "regression" },
    ],
  },
  delimiter: {
    label: "Columns are separated by",
    choices: [
      { value: "", label: "comma" },
      { value: ";", label: "semicolon" },
      { value: "\t", label: "tab" },
      { value: "|", label: "bar" },
    ],
  },
  missing: {
    label: "Empty cells",
    choices: [
      { value: "", label: "are refused" },
      { value: "fill", label: "are filled" },
    ],
  },
  categorical: { label: "Columns of numbers that name categories" },
  ignore: { label: "Columns to leave out" },
  weight: { label: "Column of weights" },
  class_names: { label: "Names of the classes", description: "By label, separated by commas." },
  size: { label: "Size", description: "Height × width; empty keeps that of the images." },
  fit: {
    label: "Images of another shape",
    choices: [
      { value: "", label: "are stretched" },
      { value: "cover", label: "are cut" },
      { value: "contain", label: "get black sides" },
    ],
  },
  color: {
    label: "Colour",
    choices: [
      { value: "", label: "as the first image" },
      { value: "grey", label: "grey" },
      { value: "rgb", label: "red, green, blue" },
    ],
  },
  on_error: {
    label: "A file that is no image",
    choices: [
      { value: "", label: "refuses the upload" },
      { value: "skip", label: "is left out, and told" },
    ],
  },
};

function OptionInput(props: {
  readonly option: keyof typeof OPTION_FIELDS;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (text: string) => void;
}) {
  const { label, description, choices } = OPTION_FIELDS[props.option];
  return choices === undefined ? (
    <TextInput
      size="xs"
      label={label}
      description={description}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={props.error}
    />
  ) : (
    <NativeSelect
      size="xs"
      label={label}
      data={choices}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      error={props.error}
    />
  );
}
