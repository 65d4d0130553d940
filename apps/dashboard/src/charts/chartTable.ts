import { csvLine } from "@sweepyard/contract";

/** A chart's data as rows: what a screen reader, a table view and a CSV file get. */
export interface ChartTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Of a chart of many runs a getter: rows are made when somebody asks for them. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export const toCsv = (table: ChartTable): string =>
  [table.columns, ...table.rows].map(csvLine).join("");
