import { AppError } from "@sweepyard/contract";

/**
 * Reads images given as JSON numbers: a list of images, or one image. Each is nested as the
 * model's input is, or flat, or `{"b64": "…"}`: a byte for each pixel in base64.
 * @param shape of one image, such as [28, 28].
 * @returns pixels [count, ...shape] as given, 0..255.
 * @throws {AppError} `shape_mismatch` or `invalid_request`, naming the instance or the pixel.
 */
export function readInstances(
  instances: readonly unknown[],
  shape: readonly number[],
): Float32Array {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const images = isImage(instances, shape, size) ? [instances] : instances.map(decodeBase64);
  const pixels = new Float32Array(images.length * size);
  for (const [index, image] of images.entries()) {
    const path = images[0] === instances ? "instances" : `instances.${index}`;
    if (!isImage(image, shape, size)) throw wrongShape(path, image, shape, size);
    fill(
      image,
      image.length === size ? [size] : shape,
      pixels.subarray(index * size, (index + 1) * size),
      path,
    );
  }
  return pixels;
}

/** `{"b64": "…"}` holds bytes, one for each pixel. */
function decodeBase64(image: unknown): unknown {
  if (typeof image !== "object" || image === null || !("b64" in image)) return image;
  return [...Buffer.from(String(image.b64), "base64")];
}

/** Whether its outermost axis, and the first element's ones, fit; `fill` checks the rest. */
function isImage(value: unknown, shape: readonly number[], size: number): value is unknown[] {
  if (!Array.isArray(value)) return false;
  if (value.length === size && typeof value[0] === "number") return true;
  return String(shapeOf(value)) === String(shape);
}

function shapeOf(value: unknown): number[] {
  return Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : [];
}

function fill(value: unknown, shape: readonly number[], out: Float32Array, path: string): void {
  const [axis, ...inner] = shape;
  if (axis === undefined) {
    if (typeof value !== "number" || !(value >= 0 && value <= 255))
      throw new AppError(
        "invalid_request",
        `${path} is ${JSON.stringify(value)}: pixels are 0 to 255`,
        {
          errors: [{ path, rule: "pixel_range", message: "is no number from 0 to 255" }],
        },
      );
    out[0] = value;
    return;
  }
  if (!Array.isArray(value) || value.length !== axis)
    throw wrongShape(path, value, shape, out.length);
  const stride = out.length / axis;
  for (let index = 0; index < axis; index++)
    fill(
      value[index],
      inner,
      out.subarray(index * stride, (index + 1) * stride),
      `${path}.${index}`,
    );
}

function wrongShape(
  path: string,
  value: unknown,
  shape: readonly number[],
  size: number,
): AppError {
  const found = Array.isArray(value) ? `has shape [${shapeOf(value)}]` : "is no list";
  const message = `${found}; the model takes [${shape}], or ${size} numbers in a row`;
  return new AppError("shape_mismatch", `${path} ${message}`, {
    errors: [{ path, rule: "shape", message }],
  });
}
