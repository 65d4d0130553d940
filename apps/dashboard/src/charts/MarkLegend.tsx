import type { RunState } from "@sweepyard/contract";
import styles from "./Plot.module.css";

/** The marks of `stateMarks.ts` as small pictures, in a box of 10 by 10. */
const SHAPES: Record<RunState, string> = {
  queued: "M5,1A4,4,0,1,1,4.99,1Z",
  running: "M5,1A4,4,0,1,1,4.99,1Z",
  paused: "M1,1H9V9H1Z",
  completed: "M5,1A4,4,0,1,1,4.99,1Z",
  pruned: "M5,0L10,5L5,10L0,5Z",
  diverged: "M5,0.5L10,9.5H0Z",
  failed: "M2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5L0,2Z",
  cancelled: "M1,1H9V9H1Z",
};

/** What the marks of a plot mean, for the states that are in it. */
export function MarkLegend({ states }: { readonly states: Iterable<RunState> }) {
  const present = [...new Set(states)];
  if (present.length === 0) return null;
  return (
    <span className={styles.legend} aria-hidden>
      {present.map((state) => (
        <span key={state}>
          <svg width="10" height="10" viewBox="-1 -1 12 12">
            <title>{state}</title>
            <path
              d={SHAPES[state]}
              fill={state === "running" ? "none" : `var(--state-${state})`}
              stroke={`var(--state-${state})`}
              strokeWidth={state === "running" ? 2 : 0}
            />
          </svg>
          {state}
        </span>
      ))}
    </span>
  );
}
