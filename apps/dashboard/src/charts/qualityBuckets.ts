import { type QualityScale, qualityIn, qualityScale } from "./qualityScale.js";

/** Colours between poor and best in charts of many runs: as many as an eye keeps apart. */
export const QUALITY_BUCKETS = 6;

/** Which colour each run has, 0 the worst; -1 for a run without a finite objective. */
export function qualityBuckets(
  objectives: Float64Array,
  maximize: boolean,
): { readonly buckets: Int8Array; readonly scale: QualityScale } {
  const scale = qualityScale(
    [...objectives].filter((value) => !Number.isNaN(value)),
    maximize,
  );
  const buckets = Int8Array.from(objectives, (value) => bucketOf(scale, value));
  return { buckets, scale };
}

export function bucketOf(scale: QualityScale, value: number): number {
  const quality = Number.isNaN(value) ? null : qualityIn(scale, value);
  return quality === null
    ? -1
    : Math.min(QUALITY_BUCKETS - 1, Math.floor(quality * QUALITY_BUCKETS));
}

/** The quality in the middle of a bucket, for its colour. */
export const bucketQuality = (bucket: number): number => (bucket + 0.5) / QUALITY_BUCKETS;
