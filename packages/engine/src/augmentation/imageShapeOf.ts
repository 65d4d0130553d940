import { AppError, type Augmentation } from "@sweepyard/contract";
import type { ImageShape } from "./warpImage.js";

/**
 * Rows [height, width] and [height, width, channels] are images; others are features, undefined.
 * @throws {AppError} `invalid_request` where features are to be moved as only images can be.
 */
export function imageShapeOf(
  inputShape: readonly number[],
  augmentation: Augmentation,
): ImageShape | undefined {
  const [height = 0, width = 0, channels = 1] = inputShape;
  if (inputShape.length === 2 || inputShape.length === 3) return { height, width, channels };
  const imageOnly = Object.entries({
    ...augmentation,
    mixup: undefined,
    fill_mode: undefined,
    cval: undefined,
    interpolation_order: undefined,
  }).filter(([, value]) => value !== undefined && value !== 0 && value !== false);
  if (imageOnly.length === 0) return undefined;
  const shape = `rows of shape [${inputShape.join(", ")}] are no images: only mixup can be applied`;
  throw new AppError("invalid_request", shape, {
    errors: imageOnly.map(([field]) => ({
      path: `plan.augmentation.${field}`,
      rule: "needs_images",
      message: shape,
    })),
  });
}

/** Checks that rows can be augmented so. @throws {AppError} as `imageShapeOf`. */
export function checkAugmentation(inputShape: readonly number[], augmentation: Augmentation): void {
  imageShapeOf(inputShape, augmentation);
}
