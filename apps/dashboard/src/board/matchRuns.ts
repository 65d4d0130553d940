import {
  type Filter,
  type FilterField,
  type FilterOp,
  type FilterValue,
  paramText,
} from "@sweepyard/contract";
import { type RunSet, stateAt } from "./runSet.js";

/** 1 for each run that fits. */
export type Mask = Uint8Array;

type Cell = string | number | boolean | null;

/**
 * Which runs fit a filter, by the server's rules (db's runFilter): what is missing satisfies no
 * comparison. Null where the filter asks for something that the set does not hold, such as tags:
 * then only the server knows.
 */
export function matchRuns(set: RunSet, filter: Filter): Mask | null {
  switch (filter.kind) {
    case "and":
    case "or": {
      const parts = filter.parts.map((part) => matchRuns(set, part));
      const known = parts.filter((part) => part !== null);
      if (known.length < parts.length) return null;
      const isAnd = filter.kind === "and";
      const mask = new Uint8Array(set.count).fill(isAnd ? 1 : 0);
      for (const part of known)
        for (let index = 0; index < set.count; index++)
          mask[index] = isAnd
            ? (mask[index] ?? 0) & (part[index] ?? 0)
            : (mask[index] ?? 0) | (part[index] ?? 0);
      return mask;
    }
    case "not":
      return matchRuns(set, filter.part)?.map((fits) => 1 - fits) ?? null;
    case "compare": {
      const { op, value } = filter;
      return test(set, filter.field, (cell) => compare(cell, op, value));
    }
    case "in":
      return test(set, filter.field, (cell) =>
        filter.values.some((value) => compare(cell, "=", value)),
      );
  }
}

function test(set: RunSet, field: FilterField, fits: (cell: Cell) => boolean): Mask | null {
  const cellAt = reader(set, field);
  if (cellAt === null) return null;
  return Uint8Array.from({ length: set.count }, (_, index) => (fits(cellAt(index)) ? 1 : 0));
}

const finite = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

function reader(set: RunSet, field: FilterField): ((index: number) => Cell) | null {
  if (field.kind === "metric") {
    const values = set.metrics.get(field.name);
    return values === undefined ? null : (index) => finite(values[index]);
  }
  if (field.kind === "param") {
    const column = set.params.get(field.name);
    if (column === undefined) return null;
    if (column.kind === "numbers") return (index) => finite(column.values[index]);
    const cells = column.choices.map(
      (choice): Cell =>
        typeof choice === "object" && choice !== null ? paramText(choice) : choice,
    );
    return (index) => cells[column.at[index] ?? -1] ?? null;
  }
  switch (field.name) {
    case "state":
      return (index) => stateAt(set, index);
    case "number":
      return (index) => set.numbers[index] ?? 0;
    case "objective":
      return (index) => finite(set.objectives[index]);
    case "epoch":
      return (index) => set.epochs[index] ?? 0;
    case "excluded":
      return (index) => set.excluded[index] === 1;
    case "name":
    case "attempt":
    case "tags":
      return null;
  }
}

function compare(cell: Cell, op: FilterOp, value: FilterValue): boolean {
  if (cell === null) return false;
  if (op === "~") return String(cell).toLowerCase().includes(String(value).toLowerCase());
  if (typeof value !== typeof cell) {
    // Text compares with the value's text; numbers and flags only with their like.
    return typeof value === "string" && order(String(cell), op, value);
  }
  return order(cell, op, value);
}

function order(cell: string | number | boolean, op: FilterOp, value: FilterValue): boolean {
  switch (op) {
    case "=":
      return cell === value;
    case "!=":
      return cell !== value;
    case "<":
      return cell < value;
    case "<=":
      return cell <= value;
    case ">":
      return cell > value;
    case ">=":
      return cell >= value;
    case "~":
      return false;
  }
}
