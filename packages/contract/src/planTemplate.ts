import type { Params } from "./paramValue.js";

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The dimension that `{"$param": "name"}` stands for, or undefined for any other value. */
function paramOf(value: unknown): string | undefined {
  if (!isRecord(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.$param === "string" ? value.$param : undefined;
}

/** Every `{"$param": …}` of a plan, with its dotted path. */
export function planParams(value: unknown, path = ""): { path: string; param: string }[] {
  const param = paramOf(value);
  if (param !== undefined) return [{ path, param }];
  const entries = Array.isArray(value)
    ? [...value.entries()]
    : isRecord(value)
      ? Object.entries(value)
      : [];
  return entries.flatMap(([key, child]) =>
    planParams(child, path === "" ? String(key) : `${path}.${key}`),
  );
}

/**
 * Puts the chosen params in. A key whose dimension is not part of `params` (its condition does
 * not hold) is left out, so the plan's own default applies.
 */
export function resolvePlan(value: unknown, params: Params): unknown {
  const param = paramOf(value);
  if (param !== undefined) return Object.hasOwn(params, param) ? params[param] : undefined;
  if (Array.isArray(value))
    return value.map((child) => resolvePlan(child, params)).filter((child) => child !== undefined);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, child]) => [key, resolvePlan(child, params)] as const)
      .filter(([, child]) => child !== undefined),
  );
}
