import type { ImportanceView } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { colorsFor } from "./colors.js";
import { renderImportance } from "./importanceText.js";

const plain = colorsFor({ isTTY: false } as NodeJS.WriteStream, {});

const view: ImportanceView = {
  method: "fanova",
  objective: { metric: "val_loss", direction: "minimize" },
  status: "few_runs",
  notes: ["With 20 runs the figures are rough: from 50 runs on their order holds better."],
  runs: 20,
  runsUsed: 20,
  params: [
    {
      name: "learning_rate",
      importance: 0.8123,
      spread: 0.05,
      runs: 20,
      correlation: -0.91,
      better: "higher",
    },
    { name: "momentum", importance: null, spread: null, runs: 4, correlation: null, better: null },
  ],
  pairs: [{ names: ["learning_rate", "depth"], importance: 0.02, spread: 0.01 }],
};

test("importance is a table under what it tells of and what to know of it", () => {
  const lines = renderImportance(view, plain).split("\n");
  expect(lines[0]).toBe("fanova of val_loss, 20 runs");
  expect(lines[1]).toMatch(/rough/);
  expect(lines.find((line) => line.startsWith("learning_rate "))).toMatch(
    /81.23 % +5 % +20 +-0.91 +higher$/,
  );
  expect(lines.find((line) => line.startsWith("momentum"))).toMatch(/– +– +4 +– +–$/);
  expect(lines.at(-1)).toMatch(/^learning_rate × depth +2 % +1 %$/);
});

test("without figures only the notes are told", () => {
  const none = {
    ...view,
    objective: null,
    status: "too_few_runs" as const,
    params: [],
    pairs: null,
  };
  expect(renderImportance(none, plain).split("\n")).toEqual([
    "fanova of being on the Pareto front, 20 runs",
    ...view.notes,
  ]);
});
