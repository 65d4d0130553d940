import { CloseButton, TextInput } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
import { explainFilter, pointOut } from "./explainFilter.js";
import styles from "./FilterField.module.css";

/**
 * A line of the filter language. It is read as one types, and what can't be read is explained
 * below the field; Enter or leaving the field applies it.
 */
export function FilterField(props: {
  readonly value: string;
  readonly onChange: (filter: string) => void;
  /** What the server said about the filter applied. */
  readonly error: Error | null;
  readonly params: readonly string[];
}) {
  const { value, onChange } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const trimmed = text.trim();
  const wrong = explainFilter(trimmed);
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    if (wrong === null && trimmed !== value) onChange(trimmed);
  };
  const [name] = props.params;
  const example = name === undefined ? "state = completed" : `params.${name} < 0.01`;
  return (
    <form onSubmit={apply} className={styles.form}>
      <TextInput
        size="xs"
        className={styles.field}
        aria-label="filter runs"
        placeholder={`${example} and metrics.val_loss < 0.4`}
        leftSection={<IconFilter size={14} />}
        rightSection={
          text === "" ? null : (
            <CloseButton
              size="xs"
              aria-label="clear the filter"
              onClick={() => {
                setText("");
                onChange("");
              }}
            />
          )
        }
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={() => apply()}
        error={wrong ?? (trimmed === value && props.error ? pointOut(props.error.message) : null)}
        description={wrong === null && trimmed !== value ? "Enter ↵ applies it" : null}
        inputWrapperOrder={["input", "error", "description"]}
        spellCheck={false}
        autoComplete="off"
      />
    </form>
  );
}
