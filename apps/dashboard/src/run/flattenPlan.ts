type Leaf = string | number | boolean | null;

/**
 * A plan as dotted paths and plain values, in its own order. A list of plain values stays one
 * value, since `units [512,256]` is read as one.
 */
export function flattenPlan(value: unknown, path = ""): [path: string, value: Leaf | string][] {
  if (value === undefined) return [];
  if (isLeaf(value)) return [[path, value]];
  if (Array.isArray(value) && value.every(isLeaf)) return [[path, JSON.stringify(value)]];
  return Object.entries(value as object).flatMap(([key, child]) =>
    flattenPlan(child, path === "" ? key : `${path}.${key}`),
  );
}

const isLeaf = (value: unknown): value is Leaf => value === null || typeof value !== "object";
