import type { Augmentation } from "@sweepyard/contract";
import { STREAM } from "../random.js";
import { Draws } from "./draws.js";
import { drawTransform } from "./drawTransform.js";
import { eraseRectangle } from "./eraseRectangle.js";
import { type ImageShape, warpImage } from "./warpImage.js";

const BRIGHTNESS_AT = 8;

/**
 * Writes what row `row` looks like in epoch `epoch` into `output`, on the scale of `image`: moved,
 * brightened, a rectangle erased, in this order. It depends on its arguments alone.
 * Shapes: image and output [height, width, channels].
 */
export function augmentImage(
  image: Uint8Array | Float32Array,
  output: Float32Array,
  shape: ImageShape,
  augmentation: Augmentation,
  { seed, epoch, row }: { readonly seed: number; readonly epoch: number; readonly row: number },
): void {
  const draws = new Draws(seed, STREAM.augmentation, epoch, row);
  const transform = drawTransform(augmentation, shape, draws);
  if (transform === undefined) output.set(image);
  else warpImage(image, output, shape, transform, augmentation);
  const isPixels = image instanceof Uint8Array;
  const { brightness_range, random_erasing } = augmentation;
  if (brightness_range !== undefined)
    brighten(output, draws.between(BRIGHTNESS_AT, ...brightness_range), isPixels);
  if (random_erasing !== undefined)
    eraseRectangle(output, shape, random_erasing, draws, isPixels ? 255 : 1);
}

/**
 * Pixels are cut to whole numbers before and after, and at 255, as in Keras, whose images pass
 * through Pillow here; other numbers are only multiplied.
 */
export function brighten(image: Float32Array, factor: number, isPixels: boolean): void {
  const single = Math.fround(factor); // as Pillow holds it
  for (let i = 0; i < image.length; i++) {
    const value = image[i] as number;
    image[i] = isPixels
      ? Math.min(Math.trunc(Math.fround(Math.trunc(value) * single)), 255)
      : value * factor;
  }
}
