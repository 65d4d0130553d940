import type { GpAxis } from "./gpSpace.js";
import { logNormalMass, truncatedNormalQuantile } from "./truncatedNormal.js";

/** A density over all dimensions at once, from which points are drawn around those it has. */
export interface BohbDensity {
  /** @param factor how much wider than for the density the kernels are */
  sample(nextUnit: () => number, factor: number): Float64Array;
  logPdf(point: Float64Array): number;
}

const LOG_SQRT_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * A product kernel around each point: on [0, 1] a normal one cut off at the ends, of choices one
 * that leaves its choice with a small probability. Widths are the normal reference rule's, one for
 * each dimension: 1.06 deviations × points^(-1 / (4 + dimensions)).
 * @see Falkner, Klein & Hutter (2018), appendix; Aitchison & Aitken, "Multivariate binary
 *   discrimination by the kernel method", Biometrika 63 (1976), of choices
 */
export function createBohbDensity(
  axes: readonly GpAxis[],
  points: readonly Float64Array[],
  minBandwidth: number,
): BohbDensity {
  const count = Math.max(1, points.length);
  const shrink = 1.06 * count ** (-1 / (4 + axes.length));
  const widths = axes.map(({ categorical, levels }, axis) => {
    const width = Math.max(minBandwidth, shrink * deviation(points, axis));
    // Of a choice it is how likely another one is: at most all alike.
    return categorical ? Math.min(width, 1 - 1 / (levels?.length ?? 2)) : width;
  });
  return {
    sample(nextUnit, factor) {
      const centre = points[Math.floor(nextUnit() * count)] ?? new Float64Array(axes.length);
      return Float64Array.from(axes, ({ categorical, levels }, axis) => {
        const [at, width] = [centre[axis] ?? 0, (widths[axis] ?? 1) * factor];
        const choices = levels?.length ?? 1;
        if (!categorical) {
          const u = nextUnit();
          return at + width * truncatedNormalQuantile(u, -at / width, (1 - at) / width);
        }
        const [stays, choice] = [nextUnit(), nextUnit()];
        return at >= 0 && stays >= width ? at : Math.floor(choice * choices);
      });
    },
    logPdf(point) {
      let most = Number.NEGATIVE_INFINITY;
      const logs = points.map((centre) => {
        let log = 0;
        for (const [axis, { categorical, levels }] of axes.entries()) {
          const [from, to, width] = [centre[axis] ?? 0, point[axis] ?? 0, widths[axis] ?? 1];
          if (categorical) {
            const others = Math.max(1, (levels?.length ?? 2) - 1);
            log += Math.log(from === to ? 1 - width : width / others);
            continue;
          }
          const z = (to - from) / width;
          const inside = logNormalMass(-from / width, (1 - from) / width);
          log -= 0.5 * z * z + LOG_SQRT_2PI + Math.log(width) + inside;
        }
        most = Math.max(most, log);
        return log;
      });
      if (most === Number.NEGATIVE_INFINITY) return most;
      return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / count);
    },
  };
}

function deviation(points: readonly Float64Array[], axis: number): number {
  const count = Math.max(1, points.length);
  const mean = points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / count;
  const squares = points.reduce((sum, point) => sum + ((point[axis] ?? 0) - mean) ** 2, 0);
  return Math.sqrt(squares / count);
}
