import type { Params } from "@sweepyard/contract";
import { expect, test } from "vitest";
import { varyingParams } from "./varyingParams.js";

test("a param that all runs share folds away, one that only some have does not", () => {
  const runs: { params: Params }[] = [
    { params: { lr: 0.1, depth: 2, units: 64 } },
    { params: { lr: 0.2, depth: 2 } },
  ];
  expect(varyingParams(["lr", "depth", "units"], runs)).toEqual({
    varying: ["lr", "units"],
    constant: [{ name: "depth", value: 2 }],
  });
});

test("before there are two runs every param has its column", () => {
  expect(varyingParams(["lr", "depth"], []).varying).toEqual(["lr", "depth"]);
});
