import type { Augmentation } from "@sweepyard/contract";
import type { Draws } from "./draws.js";
import type { ImageShape } from "./warpImage.js";

type Erasing = NonNullable<Augmentation["random_erasing"]>;

/** Places of the random numbers: see drawTransform.ts, whose come before. */
const FIRST = 12;
const PER_TRY = 4;
/** After so many rectangles that stick out, the image stays whole. */
const TRIES = 10;
const PIXELS = FIRST + 1 + TRIES * PER_TRY;

/**
 * Covers a random rectangle of `image` [height, width, channels], in place: its area is uniform, its
 * height by width uniform on a log scale, its place uniform.
 * @param whole what the value `random` reaches up to: 255 for pixels.
 * @see Zhong et al., Random Erasing Data Augmentation (2020), algorithm 1
 */
export function eraseRectangle(
  image: Float32Array,
  { height, width, channels }: ImageShape,
  { probability, area, aspect_ratio, value }: Erasing,
  draws: Draws,
  whole: number,
): void {
  if (draws.unit(FIRST) >= probability) return;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const at = FIRST + 1 + attempt * PER_TRY;
    const pixels = draws.between(at, area[0], area[1]) * height * width;
    const ratio = Math.exp(
      draws.between(at + 1, Math.log(aspect_ratio[0]), Math.log(aspect_ratio[1])),
    );
    const tall = Math.round(Math.sqrt(pixels * ratio));
    const wide = Math.round(Math.sqrt(pixels / ratio));
    if (tall > height || wide > width) continue;
    const top = Math.floor(draws.unit(at + 2) * (height - tall + 1));
    const left = Math.floor(draws.unit(at + 3) * (width - wide + 1));
    let drawn = PIXELS;
    for (let row = top; row < top + tall; row++)
      for (let i = (row * width + left) * channels; i < (row * width + left + wide) * channels; i++)
        image[i] = value === "random" ? draws.unit(drawn++) * whole : value;
    return;
  }
}
