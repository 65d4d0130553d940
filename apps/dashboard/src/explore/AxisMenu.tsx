import { Button, Checkbox, Group, TextInput } from "@mantine/core";
import { IconArrowLeft, IconArrowRight } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { choiceText } from "../board/runSet.js";
import { formatNumber } from "../format/formatNumber.js";
import styles from "./AxisBrush.module.css";
import type { BrushAxis, Stretch } from "./brush.js";

/** Range or choices of an axis by keys, and its place among the others. */
export function AxisMenu(props: {
  readonly name: string;
  readonly id: string;
  readonly target: BrushAxis;
  readonly place: number;
  readonly count: number;
  readonly stretches: readonly Stretch[];
  readonly onBrush: (stretch: Stretch | null) => void;
  readonly onMove: ((to: number) => void) | undefined;
  readonly onClose: () => void;
}) {
  const { name, place, count, onMove, onClose } = props;
  return (
    <div className={styles.menu}>
      <strong>{name}</strong>
      {props.target.axis.isChoice ? <Choices {...props} /> : <Range {...props} />}
      {onMove === undefined ? null : (
        <Group gap={6}>
          <Button
            size="compact-xs"
            variant="default"
            disabled={place === 0}
            leftSection={<IconArrowLeft size={13} />}
            onClick={() => onMove(place - 1)}
          >
            Move left
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            disabled={place === count - 1}
            rightSection={<IconArrowRight size={13} />}
            onClick={() => onMove(place + 1)}
          >
            Move right
          </Button>
        </Group>
      )}
      <Button
        size="compact-xs"
        variant="subtle"
        disabled={props.stretches.length === 0}
        onClick={() => {
          props.onBrush(null);
          onClose();
        }}
      >
        All values
      </Button>
    </div>
  );
}

interface PartProps {
  readonly id: string;
  readonly target: BrushAxis;
  readonly stretches: readonly Stretch[];
  readonly onBrush: (stretch: Stretch | null) => void;
  readonly onClose: () => void;
}

/** Choices side by side on the axis are one stretch of it. */
function Choices({ target, stretches, onBrush }: PartProps) {
  const { axis, choices } = target;
  const at = (index: number) => (index - axis.min) / (axis.max - axis.min);
  return (
    <>
      {choices.map((choice, index) => (
        <Checkbox
          key={choiceText(choice)}
          size="xs"
          label={choiceText(choice)}
          checked={
            stretches.length === 0 ||
            stretches.some(([from, to]) => at(index) >= from && at(index) <= to)
          }
          onChange={(event) => {
            if (event.currentTarget.checked) onBrush(null);
            else if (index <= choices.length / 2) onBrush([at(index) + 1e-6, 1]);
            else onBrush([0, at(index) - 1e-6]);
          }}
        />
      ))}
    </>
  );
}

function Range({ id, target, stretches, onBrush, onClose }: PartProps) {
  const { axis, isTurned } = target;
  const [stretch] = stretches;
  const valueAt = (unit: number) =>
    axis.valueAt(axis.min + (isTurned ? 1 - unit : unit) * (axis.max - axis.min));
  const [low = 0, high = 1] = stretch ?? [];
  const ends = [valueAt(low), valueAt(high)].sort((a, b) => a - b);
  const [from, setFrom] = useState(formatNumber(ends[0] ?? 0));
  const [to, setTo] = useState(formatNumber(ends[1] ?? 0));
  const unitOf = (text: string): number | null => {
    const value = Number(text);
    const at = text.trim() === "" || !Number.isFinite(value) ? null : axis.place(value);
    if (at === null) return null;
    const unit = Math.min(1, Math.max(0, (at - axis.min) / (axis.max - axis.min)));
    return isTurned ? 1 - unit : unit;
  };
  const [a, b] = [unitOf(from), unitOf(to)];
  const apply = (event: FormEvent) => {
    event.preventDefault();
    if (a === null || b === null) return;
    onBrush([Math.min(a, b), Math.max(a, b)]);
    onClose();
  };
  return (
    <form onSubmit={apply} className={styles.menu}>
      <Group gap={6} wrap="nowrap">
        <TextInput
          id={`${id}-from`}
          size="xs"
          label="from"
          w={96}
          value={from}
          error={a === null}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          id={`${id}-to`}
          size="xs"
          label="to"
          w={96}
          value={to}
          error={b === null}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </Group>
      <Button type="submit" size="compact-xs" disabled={a === null || b === null}>
        Keep these
      </Button>
    </form>
  );
}
