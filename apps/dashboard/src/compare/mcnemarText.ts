import type { McNemarTest } from "@sweepyard/contract";
import { formatNumber } from "../format/formatNumber.js";

/** The usual level: one in twenty tests of equal models falls below it. */
const LEVEL = 0.05;
const LEAST = 1e-6;

export const pValueText = (pValue: number): string =>
  pValue < LEAST ? `< ${formatNumber(LEAST)}` : formatNumber(pValue);

/** What a test says, in words that promise no more than it does. */
export function verdictOf(
  { onlyA, onlyB, pValue }: Pick<McNemarTest, "onlyA" | "onlyB" | "pValue">,
  a: string,
  b: string,
): string {
  if (onlyA + onlyB === 0) return "right and wrong on the same rows";
  if (pValue >= LEVEL) return "the difference may be chance";
  return `${onlyA > onlyB ? a : b} is right more often than chance explains`;
}
