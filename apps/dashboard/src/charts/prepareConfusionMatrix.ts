import type { ClassificationReport } from "@sweepyard/contract";
import { formatCount, formatPercent } from "../format/formatNumber.js";
import type { ChartTable } from "./chartTable.js";

export interface MatrixCell {
  readonly text: string;
  /** The whole of it in words, for a tooltip and a screen reader. */
  readonly title: string;
  readonly kind: "right" | "wrong";
  /** 0 to 1: how strongly it is coloured, right and wrong each on a scale of their own. */
  readonly strength: number;
}

export interface ConfusionMatrix {
  readonly names: readonly string[];
  readonly rows: readonly { readonly name: string; readonly cells: readonly MatrixCell[] }[];
  readonly summary: string;
  readonly table: ChartTable;
}

/**
 * Rows are actual classes, columns predicted ones. `byRow` shows shares of each actual class.
 * Wrong cells are scaled to the largest wrong one: on a common scale they would all be white.
 */
export function prepareConfusionMatrix(
  report: ClassificationReport,
  byRow: boolean,
): ConfusionMatrix {
  const matrix = report.confusionMatrix;
  const names = matrix.map((_, label) => report.perClass[label]?.name ?? String(label));
  const totals = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const shown = matrix.map((row, actual) =>
    row.map((count) => (byRow ? shareOf(count, totals[actual] ?? 0) : count)),
  );
  const largest = (wanted: "right" | "wrong") =>
    Math.max(
      0,
      ...shown.flatMap((row, i) => row.filter((_, j) => (i === j) === (wanted === "right"))),
    );
  const largestRight = largest("right");
  const largestWrong = largest("wrong");

  const rows = matrix.map((row, actual) => ({
    name: names[actual] ?? "",
    cells: row.map((count, predicted): MatrixCell => {
      const kind = actual === predicted ? "right" : "wrong";
      const value = shown[actual]?.[predicted] ?? 0;
      const scale = kind === "right" ? largestRight : largestWrong;
      const share = formatPercent(shareOf(count, totals[actual] ?? 0));
      return {
        text: byRow ? shareText(value) : count === 0 ? "" : formatCount(count),
        title: `${names[actual]} taken for ${names[predicted]}: ${formatCount(count)} of ${formatCount(totals[actual] ?? 0)} (${share})`,
        kind,
        strength: scale === 0 ? 0 : value / scale,
      };
    }),
  }));
  return {
    names,
    rows,
    summary: summarise(report),
    table: {
      name: "confusion matrix",
      columns: ["actual \\ predicted", ...names],
      rows: matrix.map((row, actual) => [names[actual] ?? "", ...row]),
    },
  };
}

const shareOf = (count: number, total: number) => (total === 0 ? 0 : count / total);

/** Percent without its sign; what rounds to zero but is not says so. */
function shareText(share: number): string {
  if (share === 0) return "";
  const percent = share * 100;
  if (percent < 0.1) return "<0.1";
  return percent < 9.95 ? percent.toFixed(1) : percent.toFixed(0);
}

function summarise(report: ClassificationReport): string {
  const [pair] = report.mostConfused;
  const worst =
    pair === undefined
      ? "No two classes are confused."
      : `Most often confused: ${pair.a} and ${pair.b}, ${formatCount(pair.count)} times.`;
  return `Confusion matrix of ${formatCount(report.samples)} test images, accuracy ${formatPercent(report.accuracy)}. ${worst}`;
}
