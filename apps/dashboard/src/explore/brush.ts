import type { FilterField, FilterValue, ParamValue } from "@sweepyard/contract";
import { choicesOf, rangeOf, withChoices, withRange } from "../board/clauses.js";
import type { ParamValues } from "../board/runSet.js";
import type { DimensionAxis } from "../charts/dimensionAxis.js";

/** A stretch of an axis, from 0 at its bottom to 1 at its top. */
export type Stretch = readonly [low: number, high: number];

/** What a brush needs to know of an axis. */
export interface BrushAxis {
  readonly field: FilterField;
  /** Whether better is up although smaller is better: then the axis is turned round. */
  readonly isTurned: boolean;
  readonly axis: Pick<DimensionAxis, "min" | "max" | "place" | "valueAt" | "isChoice">;
  /** Of an axis of choices. */
  readonly choices: readonly ParamValue[];
}

export const choicesOfColumn = (column: ParamValues | undefined): readonly ParamValue[] =>
  column?.kind === "choices" ? column.choices : [];

const toUnit = ({ axis, isTurned }: BrushAxis, at: number): number => {
  const unit = Math.min(1, Math.max(0, (at - axis.min) / (axis.max - axis.min)));
  return isTurned ? 1 - unit : unit;
};
const toValue = ({ axis, isTurned }: BrushAxis, unit: number): number =>
  axis.valueAt(axis.min + (isTurned ? 1 - unit : unit) * (axis.max - axis.min));

/** Four significant digits, away from the middle of the range, so that no run at its edge is lost. */
function outward(value: number, direction: -1 | 1): number {
  const near = Number(value.toPrecision(4));
  if (direction === -1 ? near <= value : near >= value) return near;
  const unit = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 3);
  return Number((near + direction * unit).toPrecision(4));
}

/** The filter after an axis has been brushed; null: after its brush was lifted. */
export function brushed(filter: string, target: BrushAxis, stretch: Stretch | null): string {
  const { field, axis, choices } = target;
  if (axis.isChoice) {
    if (stretch === null) return withChoices(filter, field, null);
    const kept = choices.filter((_, index) => {
      const at = toUnit(target, index);
      return at >= stretch[0] && at <= stretch[1];
    });
    return withChoices(filter, field, kept.filter(isPlain));
  }
  if (stretch === null) return withRange(filter, field, null);
  const ends = [toValue(target, stretch[0]), toValue(target, stretch[1])];
  return withRange(filter, field, [outward(Math.min(...ends), -1), outward(Math.max(...ends), 1)]);
}

const isPlain = (value: ParamValue): value is FilterValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

/** The stretches of an axis that the filter leaves; none if it says nothing of it. */
export function stretchesOf(filter: string, target: BrushAxis): Stretch[] {
  const { field, axis, choices } = target;
  if (axis.isChoice) {
    const kept = choicesOf(filter, field);
    const half = 0.4 / (axis.max - axis.min);
    return (kept ?? []).flatMap((value): Stretch[] => {
      const index = choices.indexOf(value);
      const at = toUnit(target, index);
      return index < 0 ? [] : [[at - half, at + half]];
    });
  }
  const range = rangeOf(filter, field);
  if (range === null) return [];
  const ends = range.map((value, index) => {
    const at = Number.isFinite(value) ? axis.place(value) : null;
    return toUnit(target, at ?? (index === 0 ? axis.min : axis.max));
  });
  return [[Math.min(...ends), Math.max(...ends)]];
}
