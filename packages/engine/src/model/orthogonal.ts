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
 * Gram and Schmidt, twice over each vector: once loses orthogonality where vectors are nearly
 * dependent. Its R has a positive diagonal, which is the choice of signs that is wanted.
 * @see Giraud, Langou & Rozložník, The loss of orthogonality in the Gram-Schmidt process (2005)
 */
function orthonormalize(vectors: readonly Float64Array[]): void {
  vectors.forEach((vector, index) => {
    for (let pass = 0; pass < 2; pass++)
      for (const other of vectors.slice(0, index)) subtract(vector, other, dot(vector, other));
    const norm = Math.sqrt(dot(vector, vector));
    for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) / norm;
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function subtract(from: Float64Array, vector: Float64Array, times: number): void {
  for (let i = 0; i < from.length; i++)
    from[i] = (from[i] as number) - times * (vector[i] as number);
}
