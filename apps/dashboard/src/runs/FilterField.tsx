import { Autocomplete, CloseButton } from "@mantine/core";
import { IconFilter } from "@tabler/icons-react";
import { type FormEvent, useEffect, useMemo, useState } from "react";
import { completeFilter, type FilterWords } from "./completeFilter.js";
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
  /** One that could be written here. */
  readonly example: string;
  readonly words: FilterWords;
}) {
  const { value, onChange } = props;
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const trimmed = text.trim();
  const wrong = explainFilter(trimmed);
  const [isRefused, setIsRefused] = useState(false);
  const apply = (event?: FormEvent) => {
    event?.preventDefault();
    setIsRefused(wrong !== null);
    if (wrong === null && trimmed !== value) onChange(trimmed);
  };
  const completions = useMemo(() => completeFilter(text, props.words), [text, props.words]);
  // A word that may still become another is not called wrong, unless it is to be applied.
  const unfinished = /[\w.]$/.test(text) && completions.length > 0 && !isRefused;
  const refusal = trimmed === value && props.error ? pointOut(props.error.message) : null;
  return (
    <form onSubmit={apply} className={styles.form}>
      <Autocomplete
        size="xs"
        className={styles.field}
        aria-label="filter runs"
        placeholder={props.example}
        data={completions.map((each) => each.text)}
        filter={({ options }) => options}
        renderOption={({ option }) =>
          completions.find((each) => each.text === option.value)?.word ?? option.value
        }
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
        onChange={(next) => {
          setText(next);
          setIsRefused(false);
        }}
        onBlur={() => apply()}
        error={(unfinished ? null : wrong) ?? refusal}
        description={wrong === null && trimmed !== value ? "Enter ↵ applies it" : null}
        inputWrapperOrder={["input", "error", "description"]}
        spellCheck={false}
        autoComplete="off"
      />
    </form>
  );
}
