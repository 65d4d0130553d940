import { ActionIcon, NativeSelect, Switch, TextInput } from "@mantine/core";
import { IconArrowsShuffle, IconPin } from "@tabler/icons-react";
import { useState } from "react";
import { dimensionText } from "./dimensionKinds.js";
import { fromFieldText, toFieldText, usualText } from "./fieldText.js";
import styles from "./NewSweepPage.module.css";
import type { FieldSpec } from "./schemaFields.js";
import { fix, type Path, paramAt, readAt, vary } from "./sweepDraft.js";
import { errorAt, type SweepForm } from "./useSweepForm.js";

interface FieldProps {
  readonly form: SweepForm;
  readonly field: FieldSpec;
  readonly path: Path;
  readonly label?: string;
  readonly description?: string;
}

/** One field of the plan that may vary, in which case the space holds its range. */
export function PlanField(props: FieldProps) {
  const { form, field, path } = props;
  const param = paramAt(form.draft, path);
  const label = props.label ?? field.name;
  return (
    <div className={styles.field}>
      {param === null ? (
        <FieldInput {...props} />
      ) : (
        <div className={styles.varied}>
          <span className={styles.label}>{label}</span>
          <span className={styles.range}>
            {dimensionText(readAt(form.draft, ["space", param]))}
          </span>
          <FieldError text={errorAt(form.errors, path)} />
        </div>
      )}
      <ActionIcon
        variant={param === null ? "default" : "light"}
        size={30}
        className={styles.vary}
        onClick={() =>
          form.setDraft((draft) => (param === null ? vary(draft, path, field) : fix(draft, param)))
        }
        title={param === null ? "let it vary" : "hold it fixed"}
        aria-label={`${label}: ${param === null ? "let it vary" : "hold it fixed"}`}
      >
        {param === null ? <IconArrowsShuffle size={15} /> : <IconPin size={15} />}
      </ActionIcon>
    </div>
  );
}

/** One field as its schema has it. Empty, it stands for its default, which it shows. */
export function FieldInput({ form, field, path, label = field.name, description }: FieldProps) {
  const value = readAt(form.draft, path);
  const error = errorAt(form.errors, path);
  const common = { label, description, error, size: "xs" as const };
  if (field.kind === "boolean")
    return (
      <Switch
        {...common}
        className={styles.switch}
        checked={(value ?? field.usual) === true}
        onChange={({ currentTarget: { checked } }) =>
          form.set(path, checked === field.usual ? undefined : checked)
        }
      />
    );
  if (field.kind === "choice")
    return (
      <NativeSelect
        {...common}
        value={value === null ? "" : String(value ?? field.usual ?? "")}
        onChange={({ currentTarget }) =>
          form.set(path, currentTarget.value === "" ? undefined : currentTarget.value)
        }
        data={
          field.isRequired || field.usual !== undefined
            ? field.choices.map((choice) => ({ value: choice, label: choice || "none" }))
            : [{ value: "", label: "none" }, ...field.choices]
        }
      />
    );
  return (
    <TypedInput
      {...common}
      value={value}
      isList={field.name === "choices"}
      placeholder={usualText(field)}
      isNumber={field.kind !== "loose"}
      onValue={(next) => form.set(path, next)}
    />
  );
}

/** A text field of any value: while somebody types, what is typed stands. */
export function TypedInput(props: {
  readonly label: string;
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly placeholder?: string;
  readonly size: "xs";
  readonly value: unknown;
  readonly isList?: boolean;
  readonly isNumber?: boolean;
  readonly onValue: (value: unknown) => void;
}) {
  const { value, isList, isNumber, onValue, ...rest } = props;
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <TextInput
      {...rest}
      inputMode={isNumber === true ? "decimal" : "text"}
      autoComplete="off"
      spellCheck={false}
      value={typed ?? toFieldText(value, isList)}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value);
        onValue(fromFieldText(currentTarget.value, isList));
      }}
      onBlur={() => setTyped(null)}
    />
  );
}

export const FieldError = ({ text }: { readonly text: string | undefined }) =>
  text === undefined ? null : (
    <span className={styles.error} role="alert">
      {text}
    </span>
  );
