import type { DatasetPreview } from "@sweepyard/contract";
import type { DatasetRows } from "./datasetRows.js";

const TABLE_ROWS = 8;
const TABLE_COLUMNS = 50;
const IMAGES_IN_A_LINE = 8;
/** Classes that are shown; data without classes fills as many lines as it has rows for, up to 3. */
const MAX_LINES = 20;
const PLAIN_LINES = 3;

/** What a person sees of a data set first: images by class, or the first rows of a table. */
export async function previewDataset(rows: DatasetRows): Promise<DatasetPreview> {
  const { inputShape } = rows.view;
  const [height = 0, width = 0] = inputShape;
  if (!isImage(inputShape)) return previewTable(rows);
  const lines = await linesOf(rows);
  return { kind: "images", lines, columns: IMAGES_IN_A_LINE, tile: { width, height } };
}

/** One or three channels, on two or three axes. */
export const isImage = (inputShape: readonly number[]): boolean =>
  inputShape.length === 2 || (inputShape.length === 3 && [1, 3].includes(inputShape[2] ?? 1));

async function linesOf(rows: DatasetRows): Promise<{ name: string; rows: number[] }[]> {
  const { task, classNames, trainRows } = rows.view;
  if (task !== "classification")
    return Array.from({ length: PLAIN_LINES }, (_, line) => ({
      name: "",
      rows: Array.from(
        { length: IMAGES_IN_A_LINE },
        (_, at) => line * IMAGES_IN_A_LINE + at,
      ).filter((row) => row < trainRows),
    })).filter((line) => line.rows.length > 0);
  const lines = classNames.slice(0, MAX_LINES).map((name) => ({ name, rows: [] as number[] }));
  let wanted = lines.length * IMAGES_IN_A_LINE;
  for (const [row, label] of (await rows.targets()).entries()) {
    if (wanted === 0) break;
    const line = lines[label];
    if (line === undefined || line.rows.length === IMAGES_IN_A_LINE) continue;
    line.rows.push(row);
    wanted--;
  }
  return lines;
}

async function previewTable(rows: DatasetRows): Promise<DatasetPreview> {
  const { inputShape, trainRows, details } = rows.view;
  const width = inputShape.reduce((product, axis) => product * axis, 1);
  const shown = Math.min(width, TABLE_COLUMNS);
  const first = Array.from({ length: Math.min(TABLE_ROWS, trainRows) }, (_, row) => row);
  const [inputs, targets] = await Promise.all([rows.inputs(first), rows.targets()]);
  return {
    kind: "table",
    columns: Array.from({ length: shown }, (_, at) => details.columns[at]?.name ?? String(at)),
    rows: first.map((row) => ({
      values: [...inputs.subarray(row * width, row * width + shown)],
      target: targetText(rows.view, targets, row),
    })),
  };
}

function targetText(
  { task, classNames }: DatasetRows["view"],
  targets: Awaited<ReturnType<DatasetRows["targets"]>>,
  row: number,
): string {
  if (task === "classification") return classNames[targets[row] ?? -1] ?? "";
  const own = [...targets.subarray(row * classNames.length, (row + 1) * classNames.length)];
  return task === "multi_label"
    ? classNames.filter((_, at) => own[at] === 1).join(", ")
    : own.join(", ");
}
