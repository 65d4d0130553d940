import { expect, test } from "vitest";
import { ProgramOutput } from "./programOutput.js";

const read = (lines: readonly string[], from = 0) => {
  const output = new ProgramOutput(from);
  return lines.map((line) => {
    const said = output.read(line);
    return said?.kind === "row" ? [said.row.step, said.row.values] : (said?.step ?? null);
  });
};

test("reads JSON lines and pairs as metrics, and takes all else for talk", () => {
  const lines = [
    '{"epoch": 1, "loss": 0.5, "note": "warming up"}',
    "epoch=2 loss=0.25 val_loss=1e-3",
    "Epoch 3/10: loss 0.2",
    "see a=b",
    "[1, 2, 3]",
    "{not json}",
    '{"note": "nothing measured"}',
    "",
  ];
  expect(read(lines)).toEqual([
    [1, { loss: 0.5 }],
    [2, { loss: 0.25, val_loss: 0.001 }],
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

test("a line without a step is the step after the last one", () => {
  expect(read(['{"loss": 3}', '{"step": 10, "loss": 2}', "loss=1"], 4)).toEqual([
    [5, { loss: 3 }],
    [10, { loss: 2 }],
    [11, { loss: 1 }],
  ]);
});

test("NaN and the infinities are numbers, bare as Python writes them or as text", () => {
  const lines = ['{"loss": NaN, "said": "NaN is bad"}', '{"loss": -Infinity}', "loss=nan val=inf"];
  expect(read(lines)).toEqual([
    [1, { loss: Number.NaN }],
    [2, { loss: Number.NEGATIVE_INFINITY }],
    [3, { loss: Number.NaN, val: Number.POSITIVE_INFINITY }],
  ]);
});

test("says up to which step a checkpoint is, by default the last one", () => {
  expect(read(["loss=1", '{"checkpoint": true}', '{"checkpoint": 7}'])).toEqual([
    [1, { loss: 1 }],
    1,
    7,
  ]);
});
