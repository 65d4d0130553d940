import { z } from "zod";
import { strictObject } from "./strictObject.js";

/**
 * Random changes of the images that train, drawn anew in every epoch from the run's seed. Names and
 * meanings are those of Keras' ImageDataGenerator; the last three are not part of it.
 * @see https://keras.io/api/data_loading/image/
 */

const Share = z.number().min(0).max(1);
const Probability = Share.default(0.5);

const rises = ([low, high]: readonly [number, number]): boolean => low <= high;
const ends = (end: z.ZodNumber) =>
  z.tuple([end, end]).refine(rises, { error: "has its higher end first: the lower comes first" });

/** One number: from 1 minus to 1 plus it; or both ends, as factors. */
const ZoomRange = z.union([z.number().min(0).lt(1), ends(z.number().positive())]);

export const Augmentation = strictObject({
  /** Degrees, to either side. */
  rotation_range: z.number().min(0).max(180).default(0),
  /** Below 1 a share of the width, else pixels. */
  width_shift_range: z.number().min(0).default(0),
  /** Below 1 a share of the height, else pixels. */
  height_shift_range: z.number().min(0).default(0),
  /** Degrees. */
  shear_range: z.number().min(0).max(89).default(0),
  zoom_range: ZoomRange.default(0),
  /** Factors. */
  brightness_range: ends(z.number().min(0)).optional(),
  horizontal_flip: z.boolean().default(false),
  vertical_flip: z.boolean().default(false),
  /** What stands where the image has no pixels. */
  fill_mode: z.enum(["nearest", "constant", "reflect", "wrap"]).default("nearest"),
  /** For `constant`, on the scale of the pixels, 0 to 255. */
  cval: z.number().default(0),
  /** 0: nearest neighbour, 1: bilinear. */
  interpolation_order: z.union([z.literal(0), z.literal(1)]).default(1),
  /** @see Zhong et al., Random Erasing Data Augmentation (2020) */
  random_erasing: strictObject({
    probability: Probability,
    /** Share of the image's area. */
    area: ends(Share).default([0.02, 0.33]),
    /** Height by width. */
    aspect_ratio: ends(z.number().positive()).default([0.3, 3.3]),
    value: z.union([z.number(), z.literal("random")]).default(0),
  }).optional(),
  /** Blends rows and targets in pairs. @see Zhang et al., mixup (2018) */
  mixup: strictObject({ alpha: z.number().positive().default(0.2) }).optional(),
  /** Pastes a rectangle of another row. @see Yun et al., CutMix (2019) */
  cutmix: strictObject({
    alpha: z.number().positive().default(1),
    probability: Probability,
  }).optional(),
});
export type Augmentation = z.infer<typeof Augmentation>;
