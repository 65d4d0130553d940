import sharp from "sharp";
import { ShopError } from "./shopError.js";

const FORMATS = ["png", "jpeg", "webp"];
/** A small file may hold a huge picture: it is refused before it is decoded. */
const MAX_PIXELS = 50_000_000;
const SIDE = 640;

/**
 * A seller's photo as the shop keeps it and as the model sees it: a WebP of at most 640 pixels a
 * side, drawn anew, so that neither a place in its metadata nor a script after its end comes along.
 * @throws {ShopError} 415 for what is no PNG, JPEG or WebP, or broken, or too large.
 */
export async function readPicture(bytes: Buffer): Promise<Buffer> {
  const refuse = (why: string) => new ShopError(415, `the photo ${why}: send a PNG, JPEG or WebP`);
  if (bytes.length === 0) throw refuse("is empty");
  const picture = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
  const { format } = await picture.metadata().catch(() => {
    throw refuse("is no picture, or of more than 50 megapixels");
  });
  if (!FORMATS.includes(format ?? "")) throw refuse(`is ${format}`);
  return picture
    .resize({ width: SIDE, height: SIDE, fit: "inside", withoutEnlargement: true })
    .webp({ quality: 90 })
    .toBuffer()
    .catch(() => {
      throw refuse("is damaged");
    });
}
