import { AppError } from "@sweepyard/contract";
import type { ServedVersion } from "@sweepyard/db";

/**
 * What a pixel, 0 to 255, is divided by to be what the model was trained on. Arrays of floats
 * may hold pictures, too: as they are, or divided by 255, which their range tells.
 * @throws {AppError} `shape_mismatch` if the training rows are no pictures.
 */
export function pixelUnit(
  version: Pick<ServedVersion, "model" | "inputShape" | "inputType" | "valueRange">,
): number {
  const { model, inputShape, inputType, valueRange } = version;
  const [height, width, channels = 1, ...more] = inputShape;
  if (height === undefined || width === undefined || channels !== 1 || more.length > 0)
    throw noPicture(`model "${model}" takes inputs of shape [${inputShape}]`);
  if (inputType === "uint8") return 255;
  const [least, most] = valueRange ?? [Number.NaN, Number.NaN];
  if (least >= 0 && most <= 1) return 255;
  if (least >= 0 && most <= 255) return 1;
  throw noPicture(
    `model "${model}" was trained on numbers ${valueRange === null ? "of unknown range" : `from ${least} to ${most}`}`,
  );
}

const noPicture = (what: string): AppError =>
  new AppError(
    "shape_mismatch",
    `${what}, which no greyscale picture has: send its numbers as JSON instances, or a data set`,
  );
