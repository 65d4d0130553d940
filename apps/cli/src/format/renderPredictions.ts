import type { Estimate, PredictAnswer, Prediction } from "@sweepyard/contract";
import type { Context } from "../context.js";
import { formatPercent } from "./figures.js";
import { renderTable } from "./table.js";

/** A picture by its file, or a row by its number. */
export type PredictedRow = { readonly predictions: readonly (Prediction | Estimate)[] } & (
  | { readonly image: string }
  | { readonly row: string }
);

/** From here on a label is likelier than not. */
const LIKELY = 0.5;

/** A classification's best classes, the labels that apply, or each target's value. */
export function renderPredictions(
  rows: readonly PredictedRow[],
  task: PredictAnswer["task"],
  colors: Context["output"]["colors"],
): string {
  const [first] = rows;
  const asked = {
    head: first !== undefined && "row" in first ? "row" : "image",
    cell: (one: PredictedRow) => ("row" in one ? one.row : one.image),
  };
  switch (task) {
    case "classification":
      return renderTable(
        rows,
        [
          asked,
          { head: "class", cell: ({ predictions }) => predictions[0]?.name ?? "" },
          {
            head: "probability",
            cell: ({ predictions }) => formatPercent(outputOf(predictions[0])),
            align: "right",
          },
          { head: "or", cell: ({ predictions }) => listed(predictions.slice(1)) },
        ],
        colors,
      );
    case "multi_label":
      return renderTable(
        rows,
        [
          asked,
          { head: "labels", cell: ({ predictions }) => listed(predictions.filter(isLikely)) },
          {
            head: "not",
            cell: ({ predictions }) => listed(predictions.filter((one) => !isLikely(one))),
          },
        ],
        colors,
      );
    case "regression":
      return renderTable(
        rows,
        [
          asked,
          ...(first?.predictions ?? []).map(({ name }, target) => ({
            head: name,
            cell: ({ predictions }: PredictedRow) =>
              String(Number(outputOf(predictions[target]).toPrecision(6))),
            align: "right" as const,
          })),
        ],
        colors,
      );
  }
}

const outputOf = (one: Prediction | Estimate | undefined): number =>
  one === undefined ? Number.NaN : "value" in one ? one.value : one.probability;

const isLikely = (one: Prediction | Estimate): boolean => outputOf(one) >= LIKELY;

const listed = (some: readonly (Prediction | Estimate)[]): string =>
  some.map((one) => `${one.name} ${formatPercent(outputOf(one))}`).join(", ");
