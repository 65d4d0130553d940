import { expect, test } from "vitest";
import { inOptions } from "./inOptions.js";

test.each([
  ['options.target names "x"', '--target names "x"'],
  ["options.class_names are", "--class-names are"],
  ["is missing; missing: fill takes the mean", "is missing; --missing fill takes the mean"],
  ["on_error: skip leaves such files out", "--on-error skip leaves such files out"],
  ["column a has texts: list it under ignore", "column a has texts: list it under --ignore"],
  ["list the column under categorical if", "list the column under --categorical if"],
  ["without a header line, say header: false", "without a header line, say --no-header"],
  ['as if delimiter: ";" divided them', 'as if --delimiter ";" divided them'],
  ["for numbers say task: regression", "for numbers say --task regression"],
  ["nothing of it: as it stands", "nothing of it: as it stands"],
])("%s", (told, shown) => expect(inOptions(told)).toBe(shown));
