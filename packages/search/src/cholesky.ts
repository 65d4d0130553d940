/** A square matrix, row-major, [size * size]. Of a triangular one only the lower half is read. */
export type SquareMatrix = Float64Array;

/*
 * Everything here comes down to scalar products of rows. They are taken for two rows and two
 * others at a time, which needs half as many reads: 0.3 ns a term instead of 0.7 (Node 20). A row
 * without a partner is its own.
 */

interface Rows {
  readonly matrix: Float64Array;
  /** Where the two rows begin. */
  readonly first: number;
  readonly second: number;
}

/** Writes first·first, first·second, second·first and second·second into `sums`, columns from … to. */
function products(a: Rows, b: Rows, [from, to]: readonly [number, number], sums: Float64Array) {
  const [left, right] = [a.matrix, b.matrix];
  const [a0, a1, b0, b1] = [a.first, a.second, b.first, b.second];
  let [s00, s01, s10, s11] = [0, 0, 0, 0];
  for (let k = from; k < to; k++) {
    const x = left[a0 + k] ?? 0;
    const y = left[a1 + k] ?? 0;
    const u = right[b0 + k] ?? 0;
    const v = right[b1 + k] ?? 0;
    s00 += x * u;
    s01 += x * v;
    s10 += y * u;
    s11 += y * v;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s10;
  sums[3] = s11;
}

/** Rows `row` and the next one; the last row of an odd number twice. */
const rowPair = (matrix: Float64Array, row: number, rows: number, size: number): Rows => ({
  matrix,
  first: row * size,
  second: Math.min(row + 1, rows - 1) * size,
});

/**
 * Replaces the lower half of `matrix` by L with L Lᵀ = matrix; the upper half is left as it is.
 * @returns false if the matrix is not positive definite to working precision, or holds a NaN;
 *   its lower half is then undefined
 * @see Golub & Van Loan, Matrix Computations (4th ed.), §4.2
 */
export function choleskyInPlace(matrix: SquareMatrix, size: number): boolean {
  const sums = new Float64Array(4);
  for (let row = 0; row < size; row += 2) {
    const rows = rowPair(matrix, row, size, size);
    const lone = row + 1 === size;
    for (let column = 0; column < row; column += 2) {
      const columns = rowPair(matrix, column, size, size);
      products(rows, columns, [0, column], sums);
      const left = matrix[columns.first + column] ?? 1;
      const corner = matrix[columns.second + column] ?? 0;
      const right = matrix[columns.second + column + 1] ?? 1;
      for (let index = 0; index < (lone ? 1 : 2); index++) {
        const at = rows.first + index * size + column;
        const value = ((matrix[at] ?? 0) - (sums[2 * index] ?? 0)) / left;
        const rest = (matrix[at + 1] ?? 0) - (sums[2 * index + 1] ?? 0);
        matrix[at] = value;
        matrix[at + 1] = (rest - value * corner) / right;
      }
    }
    products(rows, rows, [0, row], sums);
    const square = (matrix[rows.first + row] ?? 0) - (sums[0] ?? 0);
    if (!(square > 0)) return false;
    const root = Math.sqrt(square);
    matrix[rows.first + row] = root;
    if (lone) break;
    const below = ((matrix[rows.second + row] ?? 0) - (sums[2] ?? 0)) / root;
    const last = (matrix[rows.second + row + 1] ?? 0) - (sums[3] ?? 0) - below * below;
    if (!(last > 0)) return false;
    matrix[rows.second + row] = below;
    matrix[rows.second + row + 1] = Math.sqrt(last);
  }
  return true;
}

/** Replaces each of `count` vectors, [count * size], by x with L x = vector. */
export function solveLowerInPlace(
  lower: SquareMatrix,
  vectors: Float64Array,
  size: number,
  count = 1,
): void {
  for (let vector = 0; vector < count; vector += 2)
    solveLowerPair(lower, rowPair(vectors, vector, count, size), size, 0);
}

/** @param from even; before it both vectors are zero */
function solveLowerPair(lower: SquareMatrix, pair: Rows, size: number, from: number): void {
  const sums = new Float64Array(4);
  const vectors = pair.matrix;
  const count = pair.second === pair.first ? 1 : 2;
  for (let row = from; row < size; row += 2) {
    const rows = rowPair(lower, row, size, size);
    products(pair, rows, [from, row], sums);
    for (let index = 0; index < count; index++) {
      const at = pair.first + index * size + row;
      const value = ((vectors[at] ?? 0) - (sums[2 * index] ?? 0)) / (lower[rows.first + row] ?? 1);
      vectors[at] = value;
      if (row + 1 === size) continue;
      const rest = (vectors[at + 1] ?? 0) - (sums[2 * index + 1] ?? 0);
      vectors[at + 1] =
        (rest - value * (lower[rows.second + row] ?? 0)) / (lower[rows.second + row + 1] ?? 1);
    }
  }
}

/** Replaces `vector` [size] by x with Lᵀ x = vector, reading L row by row. */
export function solveLowerTransposedInPlace(
  lower: SquareMatrix,
  vector: Float64Array,
  size: number,
): void {
  let row = size - 1;
  for (; row > 0; row -= 2) {
    const [start, startAbove] = [row * size, (row - 1) * size];
    const value = (vector[row] ?? 0) / (lower[start + row] ?? 1);
    const rest = (vector[row - 1] ?? 0) - value * (lower[start + row - 1] ?? 0);
    const above = rest / (lower[startAbove + row - 1] ?? 1);
    vector[row] = value;
    vector[row - 1] = above;
    for (let column = 0; column < row - 1; column++)
      vector[column] =
        (vector[column] ?? 0) -
        value * (lower[start + column] ?? 0) -
        above * (lower[startAbove + column] ?? 0);
  }
  if (row === 0) vector[0] = (vector[0] ?? 0) / (lower[0] ?? 1);
}

/**
 * Writes the inverse of L Lᵀ into `inverse`, both halves. `scratch` is as large, and receives
 * (L⁻¹)ᵀ.
 */
export function invertFromCholesky(
  lower: SquareMatrix,
  size: number,
  inverse: SquareMatrix,
  scratch: SquareMatrix,
): void {
  // The columns of L⁻¹ solve L x = the columns of the unit matrix.
  scratch.fill(0);
  for (let row = 0; row < size; row++) scratch[row * size + row] = 1;
  for (let row = 0; row < size; row += 2)
    solveLowerPair(lower, rowPair(scratch, row, size, size), size, row);
  const sums = new Float64Array(4);
  for (let row = 0; row < size; row += 2) {
    const rows = rowPair(scratch, row, size, size);
    for (let column = 0; column <= row; column += 2) {
      const columns = rowPair(scratch, column, size, size);
      products(rows, columns, [row, size], sums); // before `row` L⁻¹ is zero
      const [r1, c1] = [Math.min(row + 1, size - 1), Math.min(column + 1, size - 1)];
      const entries = [
        [row, column],
        [row, c1],
        [r1, column],
        [r1, c1],
      ];
      for (const [index, [r = 0, c = 0]] of entries.entries()) {
        inverse[r * size + c] = sums[index] ?? 0;
        inverse[c * size + r] = sums[index] ?? 0;
      }
    }
  }
}
