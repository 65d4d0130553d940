import { describe, expect, test } from "vitest";
import { linearAxis, logAxis, stepAxis } from "./axis.js";

const labels = (axis: { ticks: readonly { label: string }[] }) => axis.ticks.map((t) => t.label);

describe("linearAxis", () => {
  test("ends on round numbers and has no digits that mean nothing", () => {
    const axis = linearAxis("val_accuracy", 0.8132, 0.8955);
    expect(labels(axis)).toEqual(["0.80", "0.82", "0.84", "0.86", "0.88", "0.90"]);
    expect([axis.min, axis.max]).toEqual([0.8, 0.9]);
  });

  test("a single value gets room around it", () => {
    const axis = linearAxis("loss", 2, 2);
    expect(axis.min).toBeLessThan(2);
    expect(axis.max).toBeGreaterThan(2);
  });
});

test("epochs are whole, even when there is only one", () => {
  expect(labels(stepAxis("epoch", 1, 5))).toEqual(["1", "2", "3", "4", "5"]);
  expect(labels(stepAxis("epoch", 1, 50))).toEqual([
    "1",
    "5",
    "10",
    "15",
    "20",
    "25",
    "30",
    "35",
    "40",
    "45",
    "50",
  ]);
  expect(labels(stepAxis("epoch", 1, 1))).toEqual(["1", "2"]);
});

test("the first run is on the axis", () => {
  expect(labels(stepAxis("run number", 1, 10, { count: 8 }))).toEqual(["1", "3", "5", "7", "9"]);
  expect(labels(stepAxis("run number", 1, 100, { count: 4 }))[0]).toBe("1");
});

test("a log axis has ticks inside one decade and no place for zero", () => {
  const axis = logAxis("val_loss", 0.28, 0.92);
  expect(labels(axis)).toContain("0.3");
  expect(axis.ticks.length).toBeGreaterThan(3);
  expect([axis.place(0), axis.place(-1), axis.place(0.1)]).toEqual([null, null, -1]);
});
