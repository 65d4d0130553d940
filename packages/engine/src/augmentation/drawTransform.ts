import type { Augmentation } from "@sweepyard/contract";
import type { Draws } from "./draws.js";
import type { ImageShape, Transform } from "./warpImage.js";

/** Which random number of a row is whose; part of what a run's seed means. */
const AT = { theta: 0, tx: 1, ty: 2, shear: 3, zx: 4, zy: 5, horizontal: 6, vertical: 7 } as const;

/**
 * One image's transform, distributed as ImageDataGenerator's get_random_transform, or undefined
 * where nothing would move.
 * @see https://keras.io/api/data_loading/image/
 */
export function drawTransform(
  augmentation: Augmentation,
  { height, width }: ImageShape,
  draws: Draws,
): Transform | undefined {
  const { rotation_range, shear_range } = augmentation;
  const [zoomLow, zoomHigh] = ends(augmentation.zoom_range);
  const transform = {
    theta: rotation_range === 0 ? 0 : draws.between(AT.theta, -rotation_range, rotation_range),
    tx: shift(augmentation.width_shift_range, width, draws.unit(AT.tx)),
    ty: shift(augmentation.height_shift_range, height, draws.unit(AT.ty)),
    shear: shear_range === 0 ? 0 : draws.between(AT.shear, -shear_range, shear_range),
    zx: draws.between(AT.zx, zoomLow, zoomHigh),
    zy: draws.between(AT.zy, zoomLow, zoomHigh),
    flipHorizontal: augmentation.horizontal_flip && draws.unit(AT.horizontal) < 0.5,
    flipVertical: augmentation.vertical_flip && draws.unit(AT.vertical) < 0.5,
  };
  const { theta, tx, ty, shear, zx, zy, flipHorizontal, flipVertical } = transform;
  const stays = theta === 0 && tx === 0 && ty === 0 && shear === 0 && zx === 1 && zy === 1;
  return stays && !flipHorizontal && !flipVertical ? undefined : transform;
}

const ends = (range: Augmentation["zoom_range"]): readonly [number, number] =>
  typeof range === "number" ? [1 - range, 1 + range] : range;

/**
 * Keras' three readings of a shift range: below 1 a share of the axis; a whole number n any of the
 * whole pixels -(n-1)…n-1; another number a range in pixels.
 */
function shift(range: number, size: number, unit: number): number {
  if (range === 0) return 0;
  if (Number.isInteger(range)) return Math.floor(unit * (2 * range - 1)) - (range - 1);
  return (2 * unit - 1) * range * (range < 1 ? size : 1);
}
