import type { ClassReport } from "@sweepyard/contract";

export type ReportColumn = "name" | "precision" | "recall" | "f1" | "rocAuc" | "support";

/** Classes with the lowest value of `column` first; null keeps the order of the labels. */
export function classReportOrder(
  rows: readonly ClassReport[],
  column: ReportColumn | null,
): ClassReport[] {
  const ordered = [...rows];
  if (column === null) return ordered.sort((a, b) => a.label - b.label);
  return ordered.sort((a, b) => {
    if (column === "name") return a.name.localeCompare(b.name, "en");
    return (a[column] ?? NO_FIGURE) - (b[column] ?? NO_FIGURE) || a.label - b.label;
  });
}

/** Above all figures: what a class does not have stands last. */
const NO_FIGURE = Number.MAX_VALUE;
