import { describe, expect, test } from "vitest";
import { readInstances } from "./readInstances.js";

const shape = [2, 3];
const nested = [
  [0, 1, 2],
  [3, 4, 255],
];
const flat = [0, 1, 2, 3, 4, 255];

describe("readInstances", () => {
  test.each([
    ["a list of nested images", [nested, nested]],
    ["a list of flat images", [flat, flat]],
    ["a list of both", [nested, flat]],
  ])("reads %s", (_what, instances) => {
    expect([...readInstances(instances, shape)]).toEqual([...flat, ...flat]);
  });

  test.each([
    ["nested", nested],
    ["flat", flat],
  ])("reads one %s image by itself", (_what, image) => {
    expect([...readInstances(image, shape)]).toEqual(flat);
  });

  test.each([
    [[nested, [[0, 1, 2]]], "shape_mismatch", "instances.1"],
    [[nested, 7], "shape_mismatch", "instances.1"],
    [
      [
        nested,
        [
          [0, 1, 2],
          [3, 4],
        ],
      ],
      "shape_mismatch",
      "instances.1.1",
    ],
    [[[0, 1, 2, 3, 4]], "shape_mismatch", "instances.0"],
    [
      [
        [
          [0, 1, 2],
          [3, 4, "5"],
        ],
      ],
      "invalid_request",
      "instances.0.1.2",
    ],
    [[[0, 1, 2, 3, 4, 256]], "invalid_request", "instances.0.5"],
    [[[0, 1, 2, 3, 4, -1]], "invalid_request", "instances.0.5"],
    [[[0, 1, 2, 3, 4, null]], "invalid_request", "instances.0.5"],
    [[[0, 1, 2, 3, 4, Number.NaN]], "invalid_request", "instances.0.5"],
    [[0, 1, 2, 3, 4, [5]], "invalid_request", "instances.5"],
  ])("refuses %j with %s at %s", (instances, code, path) => {
    try {
      readInstances(instances, shape);
    } catch (error) {
      expect(error).toMatchObject({ code, errors: [{ path }] });
      return;
    }
    throw new Error("it was accepted");
  });
});
