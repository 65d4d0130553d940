import type { ClassificationReport } from "@sweepyard/contract";
import type { ConfusionMatrix, MatrixCell } from "./prepareConfusionMatrix.js";

/**
 * What `report` does otherwise than `base`, in percentage points of each actual class. A cell is
 * "right" where it is the better for it: more on the diagonal, less beside it. Null where the two
 * do not tell the same classes apart.
 */
export function prepareConfusionDifference(
  report: ClassificationReport,
  base: ClassificationReport,
): ConfusionMatrix | null {
  const names = namesOf(report);
  const others = namesOf(base);
  if (names.length !== others.length || names.some((name, at) => name !== others[at])) return null;
  const shares = sharesOf(report);
  const before = sharesOf(base);
  const points = shares.map((row, actual) =>
    row.map((share, predicted) => 100 * (share - (before[actual]?.[predicted] ?? 0))),
  );
  const largest = Math.max(...points.flat().map(Math.abs));
  const better = points.map((row, actual) =>
    row.map((change, predicted) => (actual === predicted ? change > 0 : change < 0)),
  );
  const right = shares.reduce((sum, row, at) => sum + (row[at] ?? 0), 0) / names.length;
  const was = before.reduce((sum, row, at) => sum + (row[at] ?? 0), 0) / names.length;
  return {
    names,
    rows: points.map((row, actual) => ({
      name: names[actual] ?? "",
      cells: row.map(
        (change, predicted): MatrixCell => ({
          text: signed(change),
          title: `${names[actual]} taken for ${names[predicted]}: ${signed(change) || "0"} points of 100`,
          kind: better[actual]?.[predicted] === true ? "right" : "wrong",
          strength: largest === 0 ? 0 : Math.abs(change) / largest,
        }),
      ),
    })),
    summary: `Difference of two confusion matrices in percentage points of each actual class; mean recall ${signed(100 * (right - was)) || "unchanged"}.`,
    table: {
      name: "difference of confusion matrices, percentage points",
      columns: ["actual \\ predicted", ...names],
      rows: points.map((row, actual) => [names[actual] ?? "", ...row]),
    },
  };
}

const namesOf = ({ confusionMatrix, perClass }: ClassificationReport): string[] =>
  confusionMatrix.map((_, label) => perClass[label]?.name ?? String(label));

function sharesOf({ confusionMatrix }: ClassificationReport): number[][] {
  return confusionMatrix.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });
}

/** One decimal and its sign; empty for what rounds to nothing. */
function signed(points: number): string {
  const text = Math.abs(points).toFixed(1);
  if (text === "0.0") return "";
  return `${points < 0 ? "\u2212" : "+"}${text}`;
}
