import type { Augmentation } from "@sweepyard/contract";

export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Keras' transform of one image, x being the column and y the row. It maps output to input. */
export interface Transform {
  /** Degrees. */
  readonly theta: number;
  /** Pixels: 3 moves the picture 3 columns to the left. */
  readonly tx: number;
  readonly ty: number;
  /** Degrees. */
  readonly shear: number;
  /** Factors: 0.5 makes the picture twice as wide. */
  readonly zx: number;
  readonly zy: number;
  readonly flipHorizontal: boolean;
  readonly flipVertical: boolean;
}

export type Filling = Pick<Augmentation, "fill_mode" | "cval" | "interpolation_order">;

/**
 * Writes `image` as `transform` has it into `output`; both are [height, width, channels], row-major,
 * on any scale. Around the centre ((w-1)/2, (h-1)/2) the output pixel (x, y) takes the input at
 * R·T·S·Z·(x, y); flips come last. Coordinates outside are treated as SciPy 1.17 does, whose `wrap`
 * has the period n - 1. NaN spreads to the pixels that are read from it.
 * @see https://docs.scipy.org/doc/scipy/reference/generated/scipy.ndimage.affine_transform.html
 */
export function warpImage(
  image: Uint8Array | Float32Array,
  output: Float32Array,
  { height, width, channels }: ImageShape,
  transform: Transform,
  { fill_mode, cval, interpolation_order }: Filling,
): void {
  const [xByX, xByY, x0, yByX, yByY, y0] = affine(transform, width, height);
  const place = PLACES[fill_mode];
  const right = width - 1;
  const bottom = height - 1;
  const rounding = interpolation_order === 0 ? 0.5 : 0;
  const { flipHorizontal, flipVertical } = transform;
  const step = flipHorizontal ? -channels : channels;
  for (let row = 0; row < height; row++) {
    const line = (flipVertical ? bottom - row : row) * width;
    let at = (line + (flipHorizontal ? right : 0)) * channels;
    for (let column = 0; column < width; column++, at += step) {
      let x = x0 + xByY * row + xByX * column;
      let y = y0 + yByY * row + yByX * column;
      if (!(x >= 0 && x <= right && y >= 0 && y <= bottom)) {
        if (place === undefined) {
          for (let c = 0; c < channels; c++) output[at + c] = cval;
          continue;
        }
        x = place(x, width);
        y = place(y, height);
      }
      // Neither is below 0 any more, so cutting is rounding down; the last pixel has no neighbour.
      const left = (x + rounding) | 0;
      const top = (y + rounding) | 0;
      const from = (top * width + left) * channels;
      if (rounding > 0) {
        for (let c = 0; c < channels; c++) output[at + c] = image[from + c] as number;
        continue;
      }
      const rightShare = x - left;
      const bottomShare = y - top;
      const toRight = left < right ? channels : 0;
      const toBottom = top < bottom ? width * channels : 0;
      for (let c = from; c < from + channels; c++) {
        const a = image[c] as number;
        const b = image[c + toRight] as number;
        const d = image[c + toBottom] as number;
        const e = image[c + toBottom + toRight] as number;
        const upper = a + (b - a) * rightShare;
        output[at + c - from] = upper + (d + (e - d) * rightShare - upper) * bottomShare;
      }
    }
  }
}

/**
 * Input coordinates as [x per column, x per row, x of the first pixel, and the same for y]. Products
 * and sums in Keras' and SciPy's order: at 90° whole edges lie outside or not by the last digit.
 */
function affine({ theta, tx, ty, shear, zx, zy }: Transform, width: number, height: number) {
  const [cos, sin] = cosAndSin(theta);
  const [shearCos, shearSin] = cosAndSin(shear);
  const centreX = width / 2 - 0.5;
  const centreY = height / 2 - 0.5;
  const rotated = product([cos, -sin, 0, sin, cos, 0], [1, 0, tx, 0, 1, ty]);
  const sheared = product(rotated, [1, -shearSin, 0, 0, shearCos, 0]);
  const zoomed = product(sheared, [zx, 0, 0, 0, zy, 0]);
  const centred = product([1, 0, centreX, 0, 1, centreY], zoomed);
  return product(centred, [1, 0, -centreX, 0, 1, -centreY]);
}

/** The first two rows of [[a, b, c], [d, e, f], [0, 0, 1]]. */
type Affine = readonly [number, number, number, number, number, number];

const product = ([a, b, c, d, e, f]: Affine, [p, q, r, s, t, u]: Affine): Affine => [
  a * p + b * s,
  a * q + b * t,
  a * r + b * u + c,
  d * p + e * s,
  d * q + e * t,
  d * r + e * u + f,
];

function cosAndSin(degrees: number): [number, number] {
  const radians = degrees * (Math.PI / 180);
  return [Math.cos(radians), Math.sin(radians)];
}

const clamp = (coordinate: number, size: number): number =>
  Math.max(0, Math.min(coordinate, size - 1));

/** Where a coordinate lies in [0, size - 1]; undefined: nowhere, `cval` stands there. */
const PLACES: Record<
  Filling["fill_mode"],
  ((coordinate: number, size: number) => number) | undefined
> = {
  constant: undefined,
  nearest: clamp,
  /** Mirrored about the outer side of the edge pixel, which fills the half pixel there. */
  reflect(coordinate, size) {
    const period = 2 * size;
    const shifted = coordinate + 0.5;
    const inside = shifted - Math.floor(shifted / period) * period;
    return clamp((inside < size ? inside : period - inside) - 0.5, size);
  },
  wrap(coordinate, size) {
    const period = size - 1;
    if (period === 0) return 0;
    if (coordinate >= 0 && coordinate <= period) return coordinate;
    const inside = coordinate - Math.floor(coordinate / period) * period;
    // As in SciPy, a whole number of periods to the left is the last pixel, to the right the first.
    return inside === 0 && coordinate < 0 ? period : inside;
  },
};
