import { AppError, toModelPixels } from "@sweepyard/contract";
import sharp from "sharp";

/** A bomb of a few kilobytes can claim billions of pixels; cameras make about 50 million. */
const MAX_PIXELS = 64_000_000;
/** Others, such as SVG, could refer to other files. */
const FORMATS: ReadonlySet<string> = new Set(["png", "jpeg", "webp"]);
/**
 * Turns a photograph into the model's input: greyscale, then as `toModelPixels` says, which browsers
 * do, too.
 * @param shape of the model's input: [height, width] or [height, width, 1].
 * @returns pixels [height, width], 0..255.
 * @throws {AppError} `data_invalid` if the bytes are no PNG, JPEG or WebP that can be decoded,
 *   `shape_mismatch` if the model takes no greyscale pictures.
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
  return toModelPixels({ ...grey.info, data: grey.data }, { width, height });
}
