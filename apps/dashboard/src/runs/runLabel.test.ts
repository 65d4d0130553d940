import { expect, test } from "vitest";
import { runLabels } from "./runLabel.js";

const run = (sweepId: string | null, number: number) => ({
  sweepId,
  number,
  name: `${sweepId ?? "single"} #${number}`,
});

test("names are short within one sweep and full across several", () => {
  expect(runLabels([run("a", 1), run("a", 2)])).toEqual(["run 1", "run 2"]);
  expect(runLabels([run("a", 1), run("b", 1)])).toEqual(["a #1", "b #1"]);
  expect(runLabels([run(null, 7)])).toEqual(["single #7"]);
});
