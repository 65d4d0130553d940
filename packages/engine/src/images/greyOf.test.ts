import { greyOf, toModelPixels } from "@sweepyard/contract";
import sharp from "sharp";
import { expect, test } from "vitest";

/** What browsers do with a canvas' pixels, beside what the server has libvips do. */

const WIDTH = 64;
const noise = Uint8Array.from(
  { length: 4 * WIDTH * WIDTH },
  (_, i) => (i * 7_919 + (i >> 4)) % 256,
);

test("a canvas' colours become the grey that the server makes of them, within a level", async () => {
  for (const opaque of [true, false]) {
    const rgba = noise.map((value, i) => (opaque && i % 4 === 3 ? 255 : value));
    const served = await sharp(rgba, { raw: { width: WIDTH, height: WIDTH, channels: 4 } })
      .flatten({ background: "black" })
      .greyscale()
      .raw()
      .toBuffer();
    const own = greyOf(rgba, WIDTH, WIDTH).data;
    const differences = served.map((value, i) => Math.abs(value - (own[i] ?? 0)));
    expect(Math.max(...differences)).toBeLessThanOrEqual(opaque ? 1 : 2);
  }
});

test("shrinking keeps the mean of what it shrinks, and a lone noisy pixel is no content", () => {
  const width = 280;
  const data = new Uint8Array(width * width);
  for (let y = 70; y < 210; y++) for (let x = 70; x < 210; x++) data[y * width + x] = (x + y) % 256;
  data[5 * width + 5] = 255;
  const pixels = toModelPixels({ data, width, height: width }, { width: 28, height: 28 });
  const mean = (values: ArrayLike<number>, count: number) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / count;
  // The square alone fills the model's input.
  expect(mean(pixels, 28 * 28)).toBeCloseTo(mean(data, 140 * 140) - 255 / (140 * 140), -1);
  expect(pixels.filter((pixel) => pixel === 0).length).toBeLessThan(28);
});
