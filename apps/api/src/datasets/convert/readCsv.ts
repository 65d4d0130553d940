import { createReadStream } from "node:fs";
import { CsvError, parse } from "csv-parse";
import { invalidPart } from "./invalidPart.js";

const MAX_LINE_BYTES = 4 * 1024 * 1024;

export interface CsvRow {
  /** Counted from 1, the header included, as editors do. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface CsvFile {
  readonly columns: readonly string[];
  /** Reads the file anew each time. */
  rows(): AsyncGenerator<CsvRow>;
}

/**
 * Opens a CSV file (RFC 4180, UTF-8, with or without a byte order mark).
 * @param part how errors call the file.
 * @throws {AppError} `data_invalid`, also from `rows`, with the line that is wrong.
 */
export async function openCsv(
  path: string,
  part: string,
  { header, delimiter }: { readonly header: boolean; readonly delimiter: string },
): Promise<CsvFile> {
  async function* lines(): AsyncGenerator<CsvRow> {
    const parser = createReadStream(path).pipe(
      parse({
        bom: true,
        delimiter,
        info: true,
        skip_empty_lines: true,
        max_record_size: MAX_LINE_BYTES,
      }),
    );
    try {
      for await (const { record, info } of parser as AsyncIterable<{
        record: string[];
        info: { lines: number };
      }>)
        yield { line: info.lines, cells: record };
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      throw invalidPart(part, "csv", wrongRecord(error));
    } finally {
      parser.destroy();
    }
  }
  const first = await firstOf(lines());
  if (first === undefined) throw invalidPart(part, "empty", "has no lines");
  const columns = header
    ? first.cells.map((name) => name.trim())
    : first.cells.map((_, at) => String(at));
  if (columns.some(isNoUtf8)) throw noUtf8(part, 1);
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined)
    throw invalidPart(
      part,
      "duplicate_column",
      `has two columns "${twice}"${header ? "; without a header line, say header: false" : ""}`,
    );
  return {
    columns,
    async *rows() {
      let isFirst = header;
      for await (const row of lines()) {
        if (!isFirst) yield row;
        isFirst = false;
      }
    },
  };
}

/** Whether the text had bytes that are no UTF-8, such as an é of Latin-1. */
export const isNoUtf8 = (text: string): boolean => text.includes("\uFFFD");

export const noUtf8 = (part: string, line: number): Error =>
  invalidPart(part, "encoding", `line ${line} is not UTF-8: save the file in that encoding`);

function wrongRecord({ message }: CsvError): string {
  const [, expected, got, line] = /expect (\d+), got (\d+) on line (\d+)/.exec(message) ?? [];
  return line === undefined
    ? `is no whole CSV file: ${message}`
    : `line ${line} has ${got} cells; the first line has ${expected}`;
}

async function firstOf<Item>(items: AsyncGenerator<Item>): Promise<Item | undefined> {
  for await (const item of items) return item;
  return undefined;
}
