import type { ImportanceView } from "@sweepyard/contract";
import type { Colors } from "./colors.js";
import { formatCount, formatFigure, formatPercent, NONE } from "./figures.js";
import { renderTable } from "./table.js";

/** Params and pairs as tables, under what they tell of and what to know of it. */
export function renderImportance(view: ImportanceView, colors: Colors): string {
  const { method, objective, runs, notes, params, pairs } = view;
  const of = objective === null ? "being on the Pareto front" : objective.metric;
  const parts = [`${method} of ${of}, ${formatCount(runs, "run")}`, ...notes];
  if (params.length > 0)
    parts.push(
      "",
      renderTable(
        params,
        [
          { head: "param", cell: ({ name }) => name },
          { head: "importance", cell: (param) => share(param.importance), align: "right" },
          { head: "±", cell: ({ spread }) => share(spread), align: "right" },
          { head: "runs", cell: (param) => String(param.runs), align: "right" },
          {
            head: "correlation",
            cell: ({ correlation }) => formatFigure(correlation),
            align: "right",
          },
          { head: "better", cell: ({ better }) => better ?? NONE },
        ],
        colors,
      ),
    );
  if (pairs !== null && pairs.length > 0)
    parts.push(
      "",
      renderTable(
        pairs,
        [
          { head: "together", cell: ({ names }) => names.join(" × ") },
          { head: "of the variance", cell: (pair) => share(pair.importance), align: "right" },
          { head: "±", cell: ({ spread }) => share(spread), align: "right" },
        ],
        colors,
      ),
    );
  return parts.join("\n");
}

const share = (part: number | null) => (part === null ? NONE : formatPercent(part));
