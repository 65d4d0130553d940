import { Augmentation } from "@sweepyard/contract";
import { warpImage } from "../augmentation/warpImage.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase, GoldenTensor } from "./goldenCase.js";

interface AugmentCase extends GoldenCase {
  readonly image: GoldenTensor;
  readonly cases: readonly {
    readonly transform: {
      readonly theta: number;
      readonly tx: number;
      readonly ty: number;
      readonly shear: number;
      readonly zx: number;
      readonly zy: number;
      readonly flip_horizontal: boolean;
      readonly flip_vertical: boolean;
    };
    readonly fill_mode: string;
    readonly cval: number;
    readonly interpolation_order: number;
    readonly expected: GoldenTensor;
  }[];
}

/** On a scale of 0 to 255. */
const PIXEL_TOLERANCE = 0.01;
/** A coordinate that falls on an edge to the last digit may go either way. */
const SHARE_OF_PIXELS = 0.005;

/** Kind `augment`: the share of pixels that differ from what Keras' transform makes of the image. */
export function runAugment({ image, cases }: AugmentCase): GoldenResult {
  const compare = new Comparison({ absolute: SHARE_OF_PIXELS, relative: 0 });
  const [height = 0, width = 0, channels = 1] = image.shape;
  for (const { transform, expected, fill_mode, cval, interpolation_order } of cases) {
    const { flip_horizontal, flip_vertical, ...numbers } = transform;
    const output = new Float32Array(height * width * channels);
    warpImage(
      Uint8Array.from(image.data),
      output,
      { height, width, channels },
      { ...numbers, flipHorizontal: flip_horizontal, flipVertical: flip_vertical },
      Augmentation.parse({ fill_mode, cval, interpolation_order }),
    );
    const far = output.filter(
      (pixel, at) => !(Math.abs(pixel - (expected.data[at] ?? Number.NaN)) <= PIXEL_TOLERANCE),
    );
    const what = `${fill_mode} ${JSON.stringify(transform)}: share of pixels that differ`;
    compare.number(what, far.length / output.length, 0);
  }
  return compare;
}
