import { ascending, quantile } from "./quantile.js";

/** The ends between which objectives are coloured; null while there is no objective. */
export interface QualityScale {
  readonly worst: number | null;
  readonly best: number | null;
}

/** The worst tenth shares one colour, so that one failure does not make all others look alike. */
export function qualityScale(objectives: Iterable<number | null>, maximize: boolean): QualityScale {
  const sorted = ascending(
    [...objectives].filter((value): value is number => value !== null && Number.isFinite(value)),
  );
  return {
    worst: quantile(sorted, maximize ? 0.1 : 0.9),
    best: (maximize ? sorted.at(-1) : sorted[0]) ?? null,
  };
}

/** 0 the worst, 1 the best; null where there is no objective. */
export function qualityIn(
  { worst, best }: QualityScale,
  objective: number | null | undefined,
): number | null {
  if (objective === null || objective === undefined || worst === null || best === null) return null;
  if (worst === best) return 1;
  return Math.min(1, Math.max(0, (objective - worst) / (best - worst)));
}
