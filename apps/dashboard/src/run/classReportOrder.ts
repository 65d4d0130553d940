import type { Report } from "@sweepyard/contract";

type ClassRow = Report["perClass"][number];
export type ReportColumn = "name" | "precision" | "recall" | "f1" | "support";

/** Classes with the lowest value of `column` first; null keeps the order of the labels. */
export function classReportOrder(
  rows: readonly ClassRow[],
  column: ReportColumn | null,
): ClassRow[] {
  const ordered = [...rows];
  if (column === null) return ordered.sort((a, b) => a.label - b.label);
  return ordered.sort((a, b) => {
    const [x, y] = [a[column], b[column]];
    if (typeof x === "number" && typeof y === "number") return x - y || a.label - b.label;
    return String(x).localeCompare(String(y), "en");
  });
}
