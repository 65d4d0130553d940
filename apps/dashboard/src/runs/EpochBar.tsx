import type { RunState } from "@sweepyard/contract";

/** Epochs done of planned, as figures over a small bar. */
export function EpochBar(props: {
  readonly done: number;
  readonly planned: number;
  readonly state: RunState;
}) {
  const { done, planned, state } = props;
  const share = planned === 0 ? 0 : Math.min(1, done / planned);
  return (
    <span
      style={{ display: "flex", alignItems: "center", gap: 7 }}
      title={`${done} of ${planned} epochs`}
    >
      <span
        aria-hidden
        style={{
          flex: "none",
          width: 44,
          height: 5,
          borderRadius: 3,
          background: "var(--line)",
          overflow: "hidden",
        }}
      >
        <span
          style={{
            display: "block",
            width: `${share * 100}%`,
            height: "100%",
            background: `var(--state-${state})`,
          }}
        />
      </span>
      <span>
        {done}/{planned}
      </span>
    </span>
  );
}
