/**
 * From a photograph's pixels to a model's input, the way Fashion-MNIST was made of product pictures.
 * The server and the browser both do it with this file, so that they agree.
 * @see Xiao, Rasul & Vollgraf, Fashion-MNIST (2017), arXiv:1708.07747, §2
 */

/** Grey pixels [height, width], row-major, 0..255. */
export interface GreyPicture {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** How much a pixel may differ from black and still be background: 5 %, of 255. */
const TRIM_THRESHOLD = 13;

/**
 * Pixels as a canvas has them made grey by their luminance in linear light, as libvips does on the
 * server: the two differ by one level at most. Transparent means background, which is black.
 * @param rgba [height, width, 4], alpha not multiplied in
 * @see Rec. ITU-R BT.709-6, item 3.2; IEC 61966-2-1 (sRGB)
 */
export function greyOf(
  rgba: Uint8ClampedArray | Uint8Array,
  width: number,
  height: number,
): GreyPicture {
  const data = new Uint8Array(width * height);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const alpha = rgba[4 * pixel + 3] as number;
    const linear = (channel: number) =>
      TO_LINEAR[Math.round(((rgba[4 * pixel + channel] as number) * alpha) / 255)] as number;
    const luminance = 0.2126 * linear(0) + 0.7152 * linear(1) + 0.0722 * linear(2);
    data[pixel] = Math.round(255 * fromLinear(luminance));
  }
  return { data, width, height };
}

const TO_LINEAR = Float64Array.from({ length: 256 }, (_, level) => {
  const value = level / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

const fromLinear = (value: number): number =>
  value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;

/**
 * A picture with a light border is inverted, its background's margin trimmed, the longer side shrunk
 * or stretched to fit, and the picture centred on black. One that has the model's size already is
 * only inverted, if its border is light.
 * @returns pixels [target.height, target.width], 0..255.
 */
export function toModelPixels(
  picture: GreyPicture,
  target: { readonly width: number; readonly height: number },
): Float32Array {
  const dark = isBorderLight(picture) ? inverted(picture) : picture;
  if (dark.width === target.width && dark.height === target.height)
    return Float32Array.from(dark.data);
  return fit(trim(dark), target);
}

/**
 * By the median of the outermost pixels, so that a sleeve that touches the edge changes nothing. Of
 * Fashion-MNIST's 10,000 test images, all on black, it takes none for light.
 */
function isBorderLight({ data, width, height }: GreyPicture): boolean {
  const border: number[] = [];
  for (let x = 0; x < width; x++) border.push(data[x] ?? 0, data[(height - 1) * width + x] ?? 0);
  for (let y = 0; y < height; y++)
    border.push(data[y * width] ?? 0, data[(y + 1) * width - 1] ?? 0);
  border.sort((a, b) => a - b);
  return (border[border.length >> 1] ?? 0) > 127;
}

const inverted = ({ data, ...size }: GreyPicture): GreyPicture => ({
  data: data.map((pixel) => 255 - pixel),
  ...size,
});

/** Cuts away lines of background from all sides; a picture of background alone stays as it is. */
function trim(picture: GreyPicture): GreyPicture {
  const { width, height } = picture;
  const rowHasContent = (y: number) => some(width, (x) => isContent(picture, x, y));
  let top = 0;
  while (top < height && !rowHasContent(top)) top++;
  if (top === height) return picture;
  let bottom = height - 1;
  while (!rowHasContent(bottom)) bottom--;
  const columnHasContent = (x: number) =>
    some(bottom - top + 1, (row) => isContent(picture, x, top + row));
  let left = 0;
  while (!columnHasContent(left)) left++;
  let right = width - 1;
  while (!columnHasContent(right)) right--;
  return crop(picture, { left, top, width: right - left + 1, height: bottom - top + 1 });
}

const some = (count: number, holds: (index: number) => boolean): boolean => {
  for (let index = 0; index < count; index++) if (holds(index)) return true;
  return false;
};

/** A pixel above the threshold, as most of its neighbours are: a camera's noise is none. */
function isContent({ data, width, height }: GreyPicture, x: number, y: number): boolean {
  if ((data[y * width + x] as number) <= TRIM_THRESHOLD) return false;
  let above = 0;
  for (let dy = -1; dy <= 1; dy++)
    for (let dx = -1; dx <= 1; dx++) {
      const row = Math.min(height - 1, Math.max(0, y + dy));
      const column = Math.min(width - 1, Math.max(0, x + dx));
      if ((data[row * width + column] as number) > TRIM_THRESHOLD) above++;
    }
  return above >= 5;
}

function crop(
  { data, width: stride }: GreyPicture,
  {
    left,
    top,
    width,
    height,
  }: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
  },
): GreyPicture {
  const cut = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * stride + left;
    cut.set(data.subarray(from, from + width), y * width);
  }
  return { data: cut, width, height };
}

function fit(
  { data, width, height }: GreyPicture,
  target: { readonly width: number; readonly height: number },
): Float32Array {
  const scale = Math.min(target.width / width, target.height / height);
  const fitted = {
    width: Math.min(target.width, Math.max(1, Math.round(width * scale))),
    height: Math.min(target.height, Math.max(1, Math.round(height * scale))),
  };
  const columns = weightsOf(width, fitted.width);
  const rows = weightsOf(height, fitted.height);
  const narrow = new Float64Array(height * fitted.width);
  for (let y = 0; y < height; y++)
    for (const [x, { from, weights }] of columns.entries()) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += (weights[i] as number) * (data[y * width + from + i] as number);
      narrow[y * fitted.width + x] = sum;
    }
  const left = (target.width - fitted.width) >> 1;
  const top = (target.height - fitted.height) >> 1;
  const pixels = new Float32Array(target.width * target.height);
  for (const [y, { from, weights }] of rows.entries())
    for (let x = 0; x < fitted.width; x++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++)
        sum += (weights[i] as number) * (narrow[(from + i) * fitted.width + x] as number);
      pixels[(top + y) * target.width + left + x] = Math.round(sum);
    }
  return pixels;
}

/**
 * Of each output, which inputs make it up and by how much: a triangle as wide as the inputs that fall
 * on an output where it shrinks, which leaves nothing out, and linear interpolation where it grows.
 */
function weightsOf(inputs: number, outputs: number): { from: number; weights: number[] }[] {
  const ratio = inputs / outputs;
  const reach = Math.max(1, ratio);
  return Array.from({ length: outputs }, (_, output) => {
    const centre = (output + 0.5) * ratio - 0.5;
    const from = Math.max(0, Math.ceil(centre - reach));
    const to = Math.min(inputs - 1, Math.floor(centre + reach));
    const raw = Array.from({ length: to - from + 1 }, (_, i) =>
      Math.max(0, 1 - Math.abs(from + i - centre) / reach),
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { from, weights: raw.map((weight) => weight / total) };
  });
}
