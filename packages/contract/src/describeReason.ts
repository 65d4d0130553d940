import type { RunView } from "./views.js";

type Reason = NonNullable<RunView["samplerReason"]>;

/**
 * Why a sampler chose a run's params, in words: "grid sampler: cell 2 of 9".
 * @param format writes one of the reason's values as the place where it is shown does.
 */
export function describeReason(reason: Reason, format: (value: unknown) => string): string {
  const { sampler, cell, of, ...rest } = reason;
  const parts: string[] = [];
  // Samplers count cells from 0, people from 1.
  if (typeof cell === "number")
    parts.push(`cell ${cell + 1}${of === undefined ? "" : ` of ${of}`}`);
  else if (of !== undefined) parts.push(`of ${format(of)}`);
  for (const [key, value] of Object.entries(rest)) {
    const words = key.replaceAll("_", " ");
    if (value !== false) parts.push(value === true ? words : `${words} ${format(value)}`);
  }
  const who =
    typeof sampler === "string" ? `${sampler.replaceAll("_", " ")} sampler` : "the sampler";
  return parts.length === 0 ? who : `${who}: ${parts.join(", ")}`;
}
