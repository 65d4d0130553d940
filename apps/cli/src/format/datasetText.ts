import type { DatasetView } from "@sweepyard/contract";
import type { Context } from "../context.js";
import { renderTable } from "./table.js";

type Colors = Context["output"]["colors"];

/** All that is known of a data set, in tables. */
export function renderDataset(view: DatasetView, colors: Colors): string {
  const { name, version, description, task, inputShape, trainRows, testRows, details } = view;
  const head = [
    `${colors.bold(name)} version ${version}: ${task}, rows of ${inputShape.join("×")}`,
    `${trainRows} training and ${testRows} test rows`,
    ...(details.valueRange === null
      ? []
      : [`inputs from ${number(details.valueRange[0])} to ${number(details.valueRange[1])}`]),
    ...(description === "" ? [] : [description]),
  ].join("\n");
  const parts = [head, outputTable(view, colors)];
  if (details.columns.length > 0) parts.push(columnTable("feature", details.columns, colors));
  if (details.skippedCount > 0) parts.push(skippedText(details));
  return parts.join("\n\n");
}

function outputTable(view: DatasetView, colors: Colors): string {
  const { task, classNames, classCounts, details } = view;
  if (task === "regression") return columnTable("target", details.targets, colors);
  const rows = classNames.map((name, label) => ({ name, label }));
  return renderTable(
    rows,
    [
      { head: "label", cell: ({ label }) => String(label), align: "right" },
      { head: task === "classification" ? "class" : "name", cell: ({ name }) => name },
      { head: "train", cell: ({ label }) => String(classCounts[label] ?? ""), align: "right" },
      {
        head: "test",
        cell: ({ label }) => String(details.testClassCounts[label] ?? ""),
        align: "right",
      },
    ],
    colors,
  );
}

const number = (value: number): string => String(Number(value.toPrecision(6)));

const columnTable = (
  head: string,
  columns: DatasetView["details"]["columns"],
  colors: Colors,
): string =>
  renderTable(
    columns,
    [
      { head, cell: ({ name }) => name },
      { head: "min", cell: ({ min }) => number(min), align: "right" },
      { head: "mean", cell: ({ mean }) => number(mean), align: "right" },
      { head: "max", cell: ({ max }) => number(max), align: "right" },
    ],
    colors,
  );

function skippedText({ skipped, skippedCount }: DatasetView["details"]): string {
  const lines = skipped.map(({ file, reason }) => `  ${file}: ${reason}`);
  const more = skippedCount - skipped.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return [`left out:`, ...lines].join("\n");
}
