import { readFile } from "node:fs/promises";
import { AppError } from "@sweepyard/contract";
import { whyUnreadable } from "../whyUnreadable.js";

/**
 * Rows of numbers of a .csv file, whose first line may name the columns.
 * @throws {AppError} `invalid_request` that names the file, and the line.
 */
export async function readCsvRows(path: string): Promise<number[][]> {
  const text = await readFile(path, "utf8").catch((error) => {
    throw new AppError("invalid_request", `${path} can't be read: ${whyUnreadable(error)}`);
  });
  const lines = text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .map((line, at) => ({ cells: line.split(",").map((cell) => cell.trim()), number: at + 1 }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const isHeader = lines[0]?.cells.every((cell) => Number.isNaN(Number(cell))) ?? false;
  const rows = isHeader ? lines.slice(1) : lines;
  if (rows.length === 0) throw new AppError("invalid_request", `${path} has no rows`);
  return rows.map(({ cells, number }) =>
    cells.map((cell) => {
      const value = cell === "" ? Number.NaN : Number(cell);
      if (Number.isFinite(value)) return value;
      throw new AppError("invalid_request", `${path}, line ${number}: "${cell}" is no number`);
    }),
  );
}
