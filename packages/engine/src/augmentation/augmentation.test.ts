import { readFileSync } from "node:fs";
import { Augmentation } from "@sweepyard/contract";
import { describe, expect, test } from "vitest";
import { augmentImage, brighten } from "./augmentImage.js";
import { drawBeta } from "./drawBeta.js";
import { Draws } from "./draws.js";
import { drawTransform } from "./drawTransform.js";
import { mixBatch } from "./mixBatch.js";

const SHAPE = { height: 20, width: 10, channels: 1 };
const image = Uint8Array.from({ length: 200 }, (_, at) => (at * 91) % 256);

const augmented = (settings: unknown, key = { seed: 1, epoch: 0, row: 0 }, pixels = image) => {
  const output = new Float32Array(pixels.length);
  augmentImage(pixels, output, SHAPE, Augmentation.parse(settings), key);
  return output;
};

describe("transforms are drawn as ImageDataGenerator draws them", () => {
  const drawn = (settings: unknown) =>
    Array.from({ length: 4000 }, (_, row) =>
      drawTransform(Augmentation.parse(settings), SHAPE, new Draws(7, 17, 3, row)),
    ).filter((transform) => transform !== undefined);

  /** A uniform sample: inside its ends, and its mean within 4 standard errors of the middle. */
  const expectUniform = (values: number[], low: number, high: number) => {
    expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...values)).toBeLessThanOrEqual(high);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = (high - low) / Math.sqrt(12 * values.length);
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(4 * deviation);
  };

  test.each([
    ["theta", { rotation_range: 30 }, -30, 30],
    ["shear", { shear_range: 8 }, -8, 8],
    ["tx", { width_shift_range: 0.2 }, -2, 2], // of 10 columns
    ["ty", { height_shift_range: 0.2 }, -4, 4], // of 20 rows
    ["tx", { width_shift_range: 2.5 }, -2.5, 2.5], // pixels
    ["zx", { zoom_range: 0.3 }, 0.7, 1.3],
    ["zy", { zoom_range: [1, 1.5] }, 1, 1.5],
  ] as const)("%s of %j", (name, settings, low, high) => {
    expectUniform(
      drawn(settings).map((transform) => transform[name]),
      low,
      high,
    );
  });

  test("a shift by a whole number moves by whole pixels below it", () => {
    const shifts = new Set(drawn({ width_shift_range: 3 }).map(({ tx }) => tx));
    expect([...shifts].sort((a, b) => a - b)).toEqual([-2, -1, 1, 2]); // 0 is no transform
  });

  test("half of the images are flipped", () => {
    const flips = drawn({ horizontal_flip: true });
    expect(flips.every(({ flipHorizontal, flipVertical }) => flipHorizontal && !flipVertical)).toBe(
      true,
    );
    expect(Math.abs(flips.length - 2000)).toBeLessThan(4 * Math.sqrt(1000));
  });

  test("nothing asked for moves nothing", () => expect(drawn({})).toEqual([]));
});

describe("an augmented image", () => {
  const settings = {
    rotation_range: 20,
    zoom_range: 0.1,
    brightness_range: [0.5, 1.5],
    random_erasing: { probability: 1, value: "random" },
  };

  test("depends on seed, epoch and row alone", () => {
    const key = { seed: 1, epoch: 2, row: 3 };
    expect(augmented(settings, key)).toEqual(augmented(settings, key));
    for (const other of [{ seed: 2 }, { epoch: 3 }, { row: 4 }])
      expect(augmented(settings, { ...key, ...other })).not.toEqual(augmented(settings, key));
  });

  test("is the same image when nothing is asked for", () =>
    expect(augmented({})).toEqual(Float32Array.from(image)));

  test("is brightened to Keras' pixels", () => {
    const url = new URL("../../fixtures/augmentation/brightness.json", import.meta.url);
    const { cases } = JSON.parse(readFileSync(url, "utf8"));
    expect(cases).toHaveLength(6);
    for (const { brightness, expected } of cases) {
      const pixels = Float32Array.from({ length: 256 }, (_, at) => Math.min(at + 0.7, 255));
      brighten(pixels, brightness, true);
      expect([...pixels], `brightness ${brightness}`).toEqual(expected);
    }
  });

  test("loses a rectangle of the asked size and value", () => {
    const whole = new Uint8Array(200).fill(9);
    const area = [0.1, 0.4] as const;
    let erased = 0;
    for (let row = 0; row < 500; row++) {
      const key = { seed: 1, epoch: 0, row };
      const one = augmented({ random_erasing: { probability: 0.5, area, value: 3 } }, key, whole);
      const hit = [...one.keys()].filter((at) => one[at] === 3);
      expect(one.every((value) => value === 9 || value === 3)).toBe(true);
      if (hit.length === 0) continue;
      erased++;
      const rows = hit.map((at) => Math.floor(at / 10));
      const columns = hit.map((at) => at % 10);
      const tall = Math.max(...rows) - Math.min(...rows) + 1;
      const wide = Math.max(...columns) - Math.min(...columns) + 1;
      expect(tall * wide).toBe(hit.length);
      expect(hit.length / 200).toBeGreaterThan(area[0] - 0.08); // sides are whole pixels
      expect(hit.length / 200).toBeLessThan(area[1] + 0.08);
    }
    expect(erased).toBeGreaterThan(200);
    expect(erased).toBeLessThan(300);
  });
});

describe("mixing", () => {
  const KEY = { seed: 5, epoch: 1, batch: 2 };
  const rows = 8;
  const shape = { height: 4, width: 4, channels: 1 };
  /** Row r is filled with r, its target is one-hot r, its weight r: what a row became can be read. */
  const batch = () => ({
    rows,
    x: Float32Array.from({ length: rows * 16 }, (_, at) => Math.floor(at / 16)),
    targets: Float32Array.from({ length: rows * rows }, (_, at) =>
      at % rows === Math.floor(at / rows) ? 1 : 0,
    ),
    sampleWeight: Float32Array.from({ length: rows }, (_, row) => row),
  });
  const meanOf = (values: Float32Array) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const mixed = (settings: unknown, key = KEY) => {
    const one = batch();
    mixBatch(one, Augmentation.parse(settings), key, shape);
    return one;
  };

  test.each([
    ["mixup", { mixup: { alpha: 1 } }],
    ["cutmix", { cutmix: { probability: 1 } }],
  ])("%s mixes x, targets and weights by one share", (_, settings) => {
    const { x, targets, sampleWeight } = mixed(settings);
    for (let row = 0; row < rows; row++) {
      const target = targets.subarray(row * rows, (row + 1) * rows);
      expect(target.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 6);
      const expected = target.reduce((sum, value, at) => sum + value * at, 0);
      expect(meanOf(x.subarray(row * 16, (row + 1) * 16))).toBeCloseTo(expected, 5);
      expect(sampleWeight[row]).toBeCloseTo(expected, 5);
    }
    expect(targets).not.toEqual(batch().targets);
  });

  test("cutmix pastes whole pixels", () => {
    const { x } = mixed({ cutmix: { probability: 1 } });
    expect(x.every(Number.isInteger)).toBe(true);
  });

  test("depends on seed, epoch and batch alone", () => {
    const settings = { mixup: {}, cutmix: {} };
    expect(mixed(settings)).toEqual(mixed(settings));
    for (const other of [{ seed: 6 }, { epoch: 2 }, { batch: 3 }])
      expect(mixed(settings, { ...KEY, ...other })).not.toEqual(mixed(settings));
  });

  test("a batch of one row stays", () => {
    const one = { rows: 1, x: Float32Array.of(1, 2), targets: Float32Array.of(1) };
    mixBatch(one, { mixup: { alpha: 1 } }, KEY);
    expect(one).toEqual({ rows: 1, x: Float32Array.of(1, 2), targets: Float32Array.of(1) });
  });

  test.each([0.05, 0.2, 1, 4])("Beta(%d, itself) has its mean and variance", (alpha) => {
    const draws = new Draws(3, 18, 0, 0);
    let at = 0;
    const values = Float64Array.from({ length: 20_000 }, () =>
      drawBeta(alpha, () => draws.unit(at++)),
    );
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const expected = 1 / (4 * (2 * alpha + 1));
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(expected / values.length));
    expect(variance / expected).toBeGreaterThan(0.96);
    expect(variance / expected).toBeLessThan(1.04);
  });

  test("an alpha near 0 gives a number, not NaN", () => {
    const draws = new Draws(3, 18, 0, 1);
    let at = 0;
    for (let i = 0; i < 1000; i++) {
      const value = drawBeta(1e-4, () => draws.unit(at++));
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  });
});
