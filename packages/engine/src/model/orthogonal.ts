import { sizeOf } from "../tensor.js";

/**
 * A random matrix whose columns, or rows where there are fewer of them, are orthonormal times
 * `gain`: the Q of a normal matrix's QR decomposition, with the signs that make it uniform over
 * all such matrices. Axes before the last count as one.
 * @see Saxe, McClelland & Ganguli, Exact solutions to the nonlinear dynamics of learning in deep
 *   linear neural networks (2014)
 * @see Mezzadri, How to Generate Random Matrices from the Classical Compact Groups (2007), §5
 */
export function orthogonal(
  shape: readonly number[],
  gain: number,
  nextNormal: () => number,
): Float32Array {
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / columns;
  const [length, count] = rows < columns ? [columns, rows] : [rows, columns];
  const vectors = Array.from({ length: count }, () => Float64Array.from({ length }, nextNormal));
  orthonormalize(vectors);
  const matrix = new Float32Array(rows * columns);
  vectors.forEach((vector, index) => {
    vector.forEach((value, at) => {
      const place = rows < columns ? index * columns + at : at * columns + index;
      matrix[place] = value * gain;
    });
  });
  return matrix;
}

/**
 * Gram and Schmidt. What is left of a vector is taken through it once more where that is little,
 * since its rounding errors are large then. R has a positive diagonal, which is the choice of signs
 * that is wanted.
 * @see Daniel, Gragg, Kaufman & Stewart, Reorthogonalization and Stable Algorithms for Updating the
 *   Gram-Schmidt QR Factorization (1976)
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  for (const [index, vector] of vectors.entries()) {
    let before: number;
    let after = norm(vector);
    do {
      before = after;
      const whole = index - (index % 4);
      for (let at = 0; at < whole; at += 4) removeFour(vector, vectors, at);
      for (let at = whole; at < index; at++) removeOne(vector, vectors[at] as Float64Array);
      after = norm(vector);
    } while (after < LITTLE * before);
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / after;
  }
}

/** Costs one digit at most, of the eight that double precision has over single. */
const LITTLE = 0.1;

/** Takes out of `vector` what lies along the unit vector `direction`. */
function removeOne(vector: Float64Array, direction: Float64Array): void {
  let along = 0;
  for (let i = 0; i < vector.length; i++) along += (vector[i] as number) * (direction[i] as number);
  for (let i = 0; i < vector.length; i++)
    vector[i] = (vector[i] as number) - (direction[i] as number) * along;
}

/** The same for `directions[at]` and the three after it, reading `vector` twice in place of eight times. */
function removeFour(vector: Float64Array, directions: readonly Float64Array[], at: number): void {
  const [a, b, c, d] = directions.slice(at, at + 4) as [Row, Row, Row, Row];
  let [alongA, alongB, alongC, alongD] = [0, 0, 0, 0];
  for (let i = 0; i < vector.length; i++) {
    const value = vector[i] as number;
    alongA += value * (a[i] as number);
    alongB += value * (b[i] as number);
    alongC += value * (c[i] as number);
    alongD += value * (d[i] as number);
  }
  for (let i = 0; i < vector.length; i++) {
    const ofFirst = (a[i] as number) * alongA + (b[i] as number) * alongB;
    const ofLast = (c[i] as number) * alongC + (d[i] as number) * alongD;
    vector[i] = (vector[i] as number) - (ofFirst + ofLast);
  }
}

type Row = Float64Array;

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
