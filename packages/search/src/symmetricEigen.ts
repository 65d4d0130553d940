/** Eigenvalues, and eigenvectors as the columns of [n, n] row-major `vectors`. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

const SWEEPS_MAX = 60;

/**
 * Eigendecomposition of a symmetric matrix by cyclic Jacobi rotations: slower than a QR iteration
 * for hundreds of rows, but short and as exact as doubles allow. The values are in no order.
 * @param matrix [n, n], row-major; only read
 * @see Golub & Van Loan, Matrix Computations (2013), §8.5
 */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  const at = (i: number, j: number) => a[i * n + j] ?? 0;
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let i = 0; i < n; i++) {
      diagonal += at(i, i) ** 2;
      for (let j = i + 1; j < n; j++) off += at(i, j) ** 2;
    }
    if (!(off > 1e-32 * diagonal)) break;
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) if (at(p, q) !== 0) rotate(a, vectors, n, [p, q]);
  }
  return { values: Float64Array.from({ length: n }, (_, i) => at(i, i)), vectors };
}

/** Makes entry (p, q) zero, and turns the vectors along. */
function rotate(
  a: Float64Array,
  vectors: Float64Array,
  n: number,
  [p, q]: readonly [number, number],
): void {
  const apq = a[p * n + q] ?? 0;
  const theta = ((a[q * n + q] ?? 0) - (a[p * n + p] ?? 0)) / (2 * apq);
  const tan = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(tan, 1);
  const sin = tan * cos;
  for (let k = 0; k < n; k++) {
    const [kp, kq] = [a[k * n + p] ?? 0, a[k * n + q] ?? 0];
    a[k * n + p] = cos * kp - sin * kq;
    a[k * n + q] = sin * kp + cos * kq;
  }
  for (let k = 0; k < n; k++) {
    const [pk, qk] = [a[p * n + k] ?? 0, a[q * n + k] ?? 0];
    a[p * n + k] = cos * pk - sin * qk;
    a[q * n + k] = sin * pk + cos * qk;
    const [vp, vq] = [vectors[k * n + p] ?? 0, vectors[k * n + q] ?? 0];
    vectors[k * n + p] = cos * vp - sin * vq;
    vectors[k * n + q] = sin * vp + cos * vq;
  }
}
