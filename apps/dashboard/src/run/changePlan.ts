import { flattenPlan } from "./flattenPlan.js";

/** A value of a plan as a person edits it. */
export const editText = (value: string | number | boolean | null): string => String(value);

/**
 * A plan, or params, with some of their values replaced. Each change is a text at a dotted path of
 * `flattenPlan`, read as what stood there: a number, a truth value, a list, a text. What can't be
 * read so stays the text, for the server to say what is wrong with it.
 */
export function changePlan<T extends object>(plan: T, changes: ReadonlyMap<string, string>): T {
  const changed = structuredClone(plan);
  for (const [path, old] of flattenPlan(plan)) {
    const text = changes.get(path);
    if (text !== undefined && text !== editText(old)) write(changed, path, readAs(old, text));
  }
  return changed;
}

function readAs(old: unknown, text: string): unknown {
  if (typeof old === "string" && !old.startsWith("[")) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text.trim() === "" ? null : text;
  }
}

function write(target: object, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop();
  let place = target as Record<string, unknown>;
  for (const key of keys) place = place[key] as Record<string, unknown>;
  if (last !== undefined) place[last] = value;
}
