import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Filling, warpImage } from "./warpImage.js";

interface GoldenTransform {
  theta: number;
  tx: number;
  ty: number;
  shear: number;
  zx: number;
  zy: number;
  flip_horizontal: boolean;
  flip_vertical: boolean;
}

interface GoldenImages {
  image: { shape: [number, number]; data: number[] };
  cases: (Filling & { transform: GoldenTransform; expected: { data: number[] } })[];
}

const folder = new URL("../../fixtures/golden/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.startsWith("augment-"));

test("all recorded images are there", () => expect(files).toHaveLength(4));

describe.each(files)("Keras' images of %s", (file) => {
  const { image, cases }: GoldenImages = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
  const [height, width] = image.shape;

  test.each(cases.map((one) => [JSON.stringify([one.transform, one.fill_mode]), one] as const))(
    "%s",
    (_, { transform, expected, ...filling }) => {
      const { flip_horizontal, flip_vertical, ...numbers } = transform;
      const output = new Float32Array(width * height);
      warpImage(
        Uint8Array.from(image.data),
        output,
        { height, width, channels: 1 },
        { ...numbers, flipHorizontal: flip_horizontal, flipVertical: flip_vertical },
        filling,
      );
      const far = output.filter((pixel, at) => Math.abs(pixel - (expected.data[at] ?? 0)) > 0.01);
      expect(far.length / output.length).toBeLessThanOrEqual(0.005);
    },
  );
});

test("channels are moved together", () => {
  const grey = Uint8Array.from({ length: 20 }, (_, at) => (at * 37) % 256);
  const colour = Uint8Array.from({ length: 60 }, (_, at) => {
    const pixel = grey[Math.floor(at / 3)] ?? 0;
    return at % 3 === 0 ? pixel : at % 3 === 1 ? 255 - pixel : 7;
  });
  const transform = { ...still, theta: 20, tx: 1.5, zy: 0.7 };
  const filling = { fill_mode: "reflect", cval: 0, interpolation_order: 1 } as const;
  const one = new Float32Array(20);
  const three = new Float32Array(60);
  warpImage(grey, one, { height: 4, width: 5, channels: 1 }, transform, filling);
  warpImage(colour, three, { height: 4, width: 5, channels: 3 }, transform, filling);
  for (const [at, pixel] of one.entries()) {
    expect(three[at * 3]).toBeCloseTo(pixel, 4);
    expect(three[at * 3 + 1]).toBeCloseTo(255 - pixel, 4);
    expect(three[at * 3 + 2]).toBeCloseTo(7, 4);
  }
});

const still = {
  theta: 0,
  tx: 0,
  ty: 0,
  shear: 0,
  zx: 1,
  zy: 1,
  flipHorizontal: false,
  flipVertical: false,
};

test.each(["nearest", "constant", "reflect", "wrap"] as const)(
  "an image that stays is the same to the bit, under %s",
  (fill_mode) => {
    const image = Float32Array.from({ length: 12 }, (_, at) => at / 7);
    const output = new Float32Array(12);
    const filling = { fill_mode, cval: 9, interpolation_order: 1 } as const;
    warpImage(image, output, { height: 3, width: 4, channels: 1 }, still, filling);
    expect(output).toEqual(image);
  },
);

test.each(["nearest", "reflect", "wrap"] as const)(
  "an image of one pixel stays itself far outside, under %s",
  (fill_mode) => {
    const output = new Float32Array(1);
    const filling = { fill_mode, cval: 9, interpolation_order: 1 } as const;
    const far = { ...still, tx: 1e6, ty: -1e6 };
    warpImage(Uint8Array.of(5), output, { height: 1, width: 1, channels: 1 }, far, filling);
    expect([...output]).toEqual([5]);
  },
);
