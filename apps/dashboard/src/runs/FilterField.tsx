import { CloseButton, TextInput } from "@mantine/core";
import { AppError, parseFilter } from "@sweepyard/contract";
import { IconFilter } from "@tabler/icons-react";
import { type FormEvent, useEffect, useState } from "react";
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
  const wrong = trimmed === "" ? null : whatIsWrong(trimmed);
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
        error={wrong ?? (trimmed === value ? props.error?.message : null)}
        spellCheck={false}
        autoComplete="off"
      />
    </form>
  );
}

function whatIsWrong(text: string): string | null {
  try {
    parseFilter(text);
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return error.errors[0]?.message ?? error.message;
  }
}
