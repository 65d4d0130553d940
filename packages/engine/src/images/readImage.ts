import { AppError } from "@sweepyard/contract";
import sharp from "sharp";

/** A bomb of a few kilobytes can claim billions of pixels; cameras make about 50 million. */
const MAX_PIXELS = 64_000_000;
/** Others, such as SVG, could refer to other files. */
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp"]);
/** How much a pixel may differ from the corner and still be background: 5 %, of 255. */
const TRIM_THRESHOLD = 13;

/**
 * Turns a photograph into the model's input, the way Fashion-MNIST was made of product pictures:
 * greyscale, light on black (a picture with a light border is inverted), the background's margin
 * trimmed, the longer side shrunk to fit, centred on black. A picture that has the model's size
 * already is only made grey, and inverted if its border is light.
 * @param shape of the model's input: [height, width] or [height, width, 1].
 * @returns pixels [height, width], 0..255.
 * @throws {AppError} `data_invalid` if the bytes are no PNG, JPEG or WebP that can be decoded,
 *   `shape_mismatch` if the model takes no greyscale pictures.
 * @see Xiao, Rasul & Vollgraf, Fashion-MNIST (2017), arXiv:1708.07747, §2
 */
export async function readImage(
  bytes: Uint8Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const [height, width, channels = 1, ...more] = shape;
  if (height === undefined || width === undefined || channels !== 1 || more.length > 0)
    throw new AppError(
      "shape_mismatch",
      `the model takes inputs of shape [${shape}], which no greyscale picture has: send instances`,
    );
  try {
    return await convert(bytes, height, width);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new AppError("data_invalid", `the picture can't be decoded: ${why}`, { cause: error });
  }
}

async function convert(bytes: Uint8Array, height: number, width: number): Promise<Float32Array> {
  const open = () => sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: "error" });
  const { format } = await open().metadata();
  if (!FORMATS.has(format))
    throw new AppError("data_invalid", `the picture is ${format}: send a PNG, JPEG or WebP`);
  // Transparent means background; black is what the model takes for that.
  const grey = await open()
    .autoOrient()
    .flatten({ background: "black" })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const raw = { width: grey.info.width, height: grey.info.height, channels: 1 } as const;
  if (isBorderLight(grey.data, raw.width, raw.height))
    for (let i = 0; i < grey.data.length; i++) grey.data[i] = 255 - (grey.data[i] as number);
  if (raw.width === width && raw.height === height) return Float32Array.from(grey.data);
  const trimmed = await trim(grey.data, raw);
  const fitted = await sharp(trimmed.data, { raw: trimmed.raw })
    .resize(width, height, { fit: "contain", background: "black" })
    .greyscale()
    .raw()
    .toBuffer();
  return Float32Array.from(fitted);
}

interface Raw {
  readonly width: number;
  readonly height: number;
  readonly channels: 1;
}

async function trim(data: Buffer, raw: Raw): Promise<{ data: Buffer; raw: Raw }> {
  if (raw.width < 3 || raw.height < 3) return { data, raw }; // too small for libvips to trim
  const trimmed = await sharp(data, { raw })
    .trim({ background: "black", threshold: TRIM_THRESHOLD })
    .greyscale()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = trimmed.info;
  return { data: trimmed.data, raw: { width, height, channels: 1 } };
}

/**
 * By the median of the outermost pixels, so that a sleeve that touches the edge changes nothing. Of
 * Fashion-MNIST's 10,000 test images, all on black, it takes none for light.
 */
function isBorderLight(pixels: Uint8Array, width: number, height: number): boolean {
  const border: number[] = [];
  for (let x = 0; x < width; x++)
    border.push(pixels[x] ?? 0, pixels[(height - 1) * width + x] ?? 0);
  for (let y = 0; y < height; y++)
    border.push(pixels[y * width] ?? 0, pixels[(y + 1) * width - 1] ?? 0);
  border.sort((a, b) => a - b);
  return (border[border.length >> 1] ?? 0) > 127;
}
