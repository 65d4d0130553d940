import { describe, expect, test } from "vitest";
import { readInstances } from "./readInstances.js";

const pixels = { inputShape: [2, 3], inputType: "uint8" } as const;
const numbers = { inputShape: [3], inputType: "float32" } as const;
const nested = [
  [0, 1, 2],
  [3, 4, 255],
];
const flat = [0, 1, 2, 3, 4, 255];
const scaled = [...Float32Array.from(flat, (pixel) => pixel / 255)];

describe("readInstances", () => {
  test.each([
    ["a list of nested images", [nested, nested]],
    ["a list of flat images", [flat, flat]],
    ["a list of both", [nested, flat]],
  ])("reads %s", (_what, instances) => {
    expect([...readInstances(instances, pixels)]).toEqual([...scaled, ...scaled]);
  });

  test.each([
    ["nested", nested],
    ["flat", flat],
  ])("reads one %s image by itself", (_what, image) => {
    expect([...readInstances(image, pixels)]).toEqual(scaled);
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
      readInstances(instances, pixels);
    } catch (error) {
      expect(error).toMatchObject({ code, errors: [{ path }] });
      return;
    }
    throw new Error("it was accepted");
  });

  test("takes a table's numbers as they are, as lists or as float32 in base64", () => {
    const row = [-1.5, 0, 4000];
    const b64 = Buffer.from(Float32Array.from(row).buffer).toString("base64");
    expect([...readInstances([row, { b64 }], numbers)]).toEqual([...row, ...row]);
    expect([...readInstances(row, numbers)]).toEqual(row);
    const one = { inputShape: [1], inputType: "float32" } as const;
    expect([...readInstances([5, [6], 7], one)]).toEqual([5, 6, 7]);
  });

  test.each([
    [[[1, 2]], "shape_mismatch", "instances.0"],
    [[[1, 2, "3"]], "invalid_request", "instances.0.2"],
    [[[1, 2, 1e39]], "invalid_request", "instances.0.2"],
    [[{ b64: "AAAA" }], "invalid_request", "instances.0"],
    [[{ b64: "AADAfwAAwH8AAMB/" }], "invalid_request", "instances.0.0"], // NaN, three times
  ])("refuses %j of a table with %s at %s", (instances, code, path) => {
    expect(() => readInstances(instances, numbers)).toThrow(
      expect.objectContaining({ code, errors: [expect.objectContaining({ path })] }),
    );
  });

  test("says what is wrong with lists nested without end", () => {
    const nested = JSON.parse(`[${"[".repeat(5000)}1${"]".repeat(5000)}]`) as unknown[];
    expect(() => readInstances(nested, pixels)).toThrow(/has shape \[1,1,1,1,1,1,1,1\]/);
  });
});
