import { expect, test } from "vitest";
import { runLabels } from "./runLabel.js";

const run = (sweepName: string | null, number: number) => ({
  sweepId: sweepName,
  sweepName,
  number,
  name: `${sweepName ?? "single"} #${number}`,
});

test("names are short within one sweep and say the sweep across several", () => {
  expect(runLabels([run("a", 1), run("a", 2)])).toEqual(["run 1", "run 2"]);
  expect(runLabels([run("a", 1), run("b", 1)])).toEqual(["run 1 · a", "run 1 · b"]);
  expect(runLabels([run("a", 1), run(null, 7)])).toEqual(["run 1 · a", "single #7"]);
});
