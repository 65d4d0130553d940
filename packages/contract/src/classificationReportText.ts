import type { ClassificationReport } from "./report.js";

/**
 * The report as scikit-learn's classification_report prints it.
 * @param names in place of the classes' own.
 */
export function classificationReportText(
  report: ClassificationReport,
  { digits = 2, names = report.perClass.map(({ name }) => name) } = {},
): string {
  const { samples, accuracy, macro, weighted } = report;
  const averages = [
    { name: "macro avg", ...macro, support: samples },
    { name: "weighted avg", ...weighted, support: samples },
  ];
  const heads = ["precision", "recall", "f1-score", "support"];
  const width = Math.max(digits, ...[...names, "weighted avg"].map((name) => name.length));
  const line = (name: string, cells: readonly string[]) =>
    `${name.padStart(width)} ${cells.map((cell) => ` ${cell.padStart(COLUMN)}`).join("")}\n`;
  const scores = (row: (typeof averages)[number]) =>
    line(row.name, [
      fixed(row.precision, digits),
      fixed(row.recall, digits),
      fixed(row.f1, digits),
      String(row.support),
    ]);
  return [
    line("", heads),
    "\n",
    ...report.perClass.map((row, index) => scores({ ...row, name: names[index] ?? row.name })),
    "\n",
    line("accuracy", ["", "", fixed(accuracy, digits), String(samples)]),
    ...averages.map(scores),
  ].join("");
}

const COLUMN = 9;

/** Python rounds what is exactly between two to the even one, JavaScript upwards: 0.125 is "0.12". */
function fixed(share: number, digits: number): string {
  const scaled = share * 10 ** digits;
  const isBetween = Number.isInteger(share * 2 ** (digits + 1)) && scaled % 1 === 0.5;
  const even = 2 * Math.round(scaled / 2);
  return (isBetween ? even / 10 ** digits : share).toFixed(digits);
}
