import { NativeSelect } from "@mantine/core";
import type { DimensionAxis } from "../charts/dimensionAxis.js";

/** Chooses the two params of a plane. */
export function PairPicker(props: {
  readonly axes: readonly DimensionAxis[];
  readonly pair: readonly [DimensionAxis, DimensionAxis];
  readonly onChange: (pair: readonly string[]) => void;
}) {
  const [x, y] = props.pair;
  const names = props.axes.map(({ name }) => name);
  return (
    <>
      <NativeSelect
        size="xs"
        aria-label="param along x"
        data={names}
        value={x.name}
        onChange={(event) => props.onChange([event.currentTarget.value, y.name])}
      />
      <span className="dimmed">against</span>
      <NativeSelect
        size="xs"
        aria-label="param along y"
        data={names}
        value={y.name}
        onChange={(event) => props.onChange([x.name, event.currentTarget.value])}
      />
    </>
  );
}

/** The two params that the address names, else the two most important ones; null if there are not two. */
export function pairOf(
  axes: readonly DimensionAxis[],
  named: readonly string[] | undefined,
): readonly [DimensionAxis, DimensionAxis] | null {
  const find = (name: string | undefined) => axes.find((axis) => axis.name === name);
  const x = find(named?.[0]) ?? axes[0];
  const y = find(named?.[1]) ?? axes.find((axis) => axis !== x);
  return x === undefined || y === undefined ? null : [x, y];
}
