import type { RunView } from "@sweepyard/contract";
import { formatParam } from "../format/formatNumber.js";

/** Why a sampler chose a run's params, in words: "grid sampler: cell 2 of 9". */
export function describeReason(reason: NonNullable<RunView["samplerReason"]>): string {
  const { sampler, cell, of, ...rest } = reason;
  const parts: string[] = [];
  // Samplers count cells from 0, people from 1.
  if (typeof cell === "number")
    parts.push(`cell ${cell + 1}${of === undefined ? "" : ` of ${of}`}`);
  else if (of !== undefined) parts.push(`of ${formatParam(of)}`);
  for (const [key, value] of Object.entries(rest))
    parts.push(`${key.replaceAll("_", " ")} ${formatParam(value)}`);
  const who =
    typeof sampler === "string" ? `${sampler.replaceAll("_", " ")} sampler` : "the sampler";
  return parts.length === 0 ? who : `${who}: ${parts.join(", ")}`;
}
