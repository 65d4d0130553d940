import type { RunState } from "@sweepyard/contract";
import {
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconFlame,
  IconPlayerPause,
  IconPlayerPlay,
  IconScissors,
} from "@tabler/icons-react";

/** How each state looks, the same everywhere: a word, an icon, a colour and a mark in plots. */
export const STATE_ICONS = {
  queued: IconClock,
  running: IconPlayerPlay,
  paused: IconPlayerPause,
  completed: IconCircleCheck,
  pruned: IconScissors,
  diverged: IconFlame,
  failed: IconCircleX,
  cancelled: IconBan,
} as const satisfies Record<RunState, typeof IconClock>;

/** A sweep's states are a part of a run's, so one component shows both. */
export function StateTag(props: {
  readonly state: RunState;
  readonly reason?: string | null;
  readonly iconOnly?: boolean;
}) {
  const Icon = STATE_ICONS[props.state];
  const title = props.reason === null || props.reason === undefined ? props.state : props.reason;
  return (
    <span
      title={title}
      style={{
        display: "inline-flex",
        alignItems: "center",
        gap: 5,
        verticalAlign: "middle",
        whiteSpace: "nowrap",
        color: `var(--state-${props.state})`,
      }}
    >
      <Icon
        size={15}
        stroke={2}
        aria-hidden={props.iconOnly !== true}
        aria-label={props.iconOnly === true ? props.state : undefined}
      />
      {props.iconOnly === true ? null : props.state}
    </span>
  );
}
