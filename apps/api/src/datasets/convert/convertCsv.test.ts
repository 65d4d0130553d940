import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatasetOptions } from "@sweepyard/contract";
import { expect, onTestFinished, test } from "vitest";
import type { ConversionJob } from "./conversion.js";
import { convertCsv } from "./convertCsv.js";

async function convert(content: string | Buffer, options: object = {}) {
  const folder = await mkdtemp(join(tmpdir(), "sweepyard-csv-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const train = join(folder, "train.csv");
  await writeFile(train, content);
  return convertCsv({
    options: DatasetOptions.parse({
      format: "csv",
      target: "kind",
      ...options,
    }) as ConversionJob["options"],
    parts: { train },
    outDir: folder,
    maxBytes: 1e6,
  });
}

test.each([
  ["semicolons for commas", "a;kind\n1;x\n", /they look as if delimiter: ";" divided them$/],
  ["tabs for commas", "a\tkind\n1\tx\n", /delimiter: tab divided them$/],
  ["no header", "1,2.5,x\n2,3.5,y\n", /for a file without a header say header: false$/],
  ["another name", "a,b,sort\n1,2,x\n", /names "kind"; the columns are a, b, sort$/],
  ["a short line", "a,b,kind\n1,2,x\n1,2\n", /^train line 3 has 2 cells; the first line has 3$/],
  [
    "Latin-1 in the header",
    Buffer.from("länge,kind\n1,x\n2,y\n", "latin1"),
    /^train line 1 is not UTF-8/,
  ],
  [
    "Latin-1 in a cell",
    Buffer.from("a,kind\n1,x\n2,größe\n", "latin1"),
    /^train line 3 is not UTF-8/,
  ],
])("%s are told as what they are", async (_, content, words) => {
  await expect(convert(content)).rejects.toThrow(words);
});

test("decimal commas are told, unless the column holds names", async () => {
  const content = `a;kind\n${Array.from({ length: 8 }, (_, row) => `${row},5;${row % 2 ? "x" : "y"}`).join("\n")}\n`;
  await expect(convert(content, { delimiter: ";" })).rejects.toThrow(
    /^train line 2, column "a": "0,5" has a decimal comma/,
  );
  const { columns } = await convert(content, { delimiter: ";", categorical: ["a"] });
  expect(columns).toHaveLength(8);
});
