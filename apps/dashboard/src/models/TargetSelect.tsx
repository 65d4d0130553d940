import { NativeSelect } from "@mantine/core";
import type { useTarget } from "./useTarget.js";

/** Which alias or version of a model is asked; what the last one said is to be dropped by `onChange`. */
export const TargetSelect = (props: {
  readonly model: string;
  readonly choices: ReturnType<typeof useTarget>["choices"];
  readonly target: string;
  readonly onChange: (target: string) => void;
}) => (
  <NativeSelect
    size="xs"
    aria-label={`alias or version of ${props.model}`}
    data={props.choices}
    value={props.target}
    onChange={(event) => props.onChange(event.currentTarget.value)}
  />
);
