import { expect, test } from "vitest";
import { formatMetricIn, formatParamIn, metricNotation, paramNotation } from "./columnNotation.js";

const params = (values: readonly unknown[]) =>
  values.map((value) => formatParamIn(paramNotation(values), value));
const metrics = (values: readonly (number | null)[]) =>
  values.map((value) => formatMetricIn(metricNotation(values), value));

test("one small value gives all of a param's column an exponent", () => {
  expect(params([5.783e-3, 0.01488])).toEqual(["5.783e-3", "1.488e-2"]);
  expect(params([0.01, 0.1])).toEqual(["0.01", "0.1"]);
  expect(params([0, 0.005, undefined, "auto"])).toEqual(["0", "5e-3", "–", "auto"]);
  expect(params([64, 128])).toEqual(["64", "128"]);
});

test("measured values are written out beside larger ones, unless that loses them", () => {
  expect(metrics([0.451, 0.0085, null])).toEqual(["0.4510", "0.0085", "–"]);
  expect(metrics([0.451, 0.00002])).toEqual(["4.51e-1", "2e-5"]);
  expect(metrics([0.891, 0.87])).toEqual(["0.8910", "0.8700"]);
  expect(metrics([null])).toEqual(["–"]);
});
