import type { RunView } from "@sweepyard/contract";
import { IconEyeOff } from "@tabler/icons-react";

/** Why and by whose key a run was taken out of best, sampling and charts. */
export const exclusionText = (excluded: NonNullable<RunView["excluded"]>): string =>
  `${excluded.reason} (with the key “${excluded.by}”)`;

/** Marks a run that counts for nothing, whatever state it ended in. */
export const ExcludedTag = (props: { readonly excluded: NonNullable<RunView["excluded"]> }) => (
  <span
    title={`excluded: ${exclusionText(props.excluded)}`}
    style={{
      display: "inline-flex",
      alignItems: "center",
      gap: 5,
      verticalAlign: "middle",
      whiteSpace: "nowrap",
      color: "var(--state-paused)",
    }}
  >
    <IconEyeOff size={15} stroke={2} aria-hidden />
    excluded
  </span>
);
