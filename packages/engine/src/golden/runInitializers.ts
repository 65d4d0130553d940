import { Initializer } from "@sweepyard/contract";
import { initialize } from "../model/initializers.js";
import { createUniform } from "../random.js";
import { Comparison, type GoldenResult } from "./comparison.js";
import type { GoldenCase } from "./goldenCase.js";

interface InitializersCase extends GoldenCase {
  readonly rows: readonly InitializerRow[];
}

interface InitializerRow {
  readonly initializer: string;
  readonly config: Readonly<Record<string, number>>;
  readonly shape: readonly number[];
  readonly expected: {
    readonly distribution: string;
    readonly std: number;
    readonly min?: number;
    readonly max?: number;
    /** Which of the flattened matrix are orthonormal times gain. */
    readonly gram?: "columns" | "rows";
    readonly matrix?: readonly [number, number];
  };
  readonly sampled: { readonly mean: number };
}

/** Kind `initializers`: mean, standard deviation and bounds of what each draws; orthogonality. */
export function runInitializers({ rows }: InitializersCase): GoldenResult {
  const compare = new Comparison();
  for (const [index, row] of rows.entries()) {
    const { expected, sampled, shape } = row;
    const what = `${row.initializer} [${shape.join(", ")}]`;
    const values = initialize(initializerOf(row), shape, createUniform(index, 1, 0));
    const mean = meanOf(values);
    const std = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
    const wantMean = expected.distribution === "fixed" ? sampled.mean : (row.config.mean ?? 0);
    const room = (4 * expected.std) / Math.sqrt(values.length);
    compare.number(`${what}: mean`, mean, wantMean, { absolute: room + 1e-9, relative: 0 });
    compare.number(`${what}: std`, std, expected.std, { absolute: 1e-9, relative: 0.02 });
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = expected;
    const outside = values.filter((v) => v < Math.fround(min) || v > Math.fround(max));
    compare.exact(`${what}: values outside their bounds`, outside.length, 0);
    const { gram, matrix } = expected;
    if (gram === undefined || matrix === undefined) continue;
    const error = largestGramError(values, matrix, gram, row.config.gain ?? 1);
    compare.number(`${what}: gram matrix`, error, 0, { absolute: 1e-4, relative: 0 });
  }
  return compare;
}

/** Initialisers with settings are classes in Keras: random_normal is RandomNormal. */
function initializerOf({ initializer, config }: InitializerRow): Initializer {
  if (Object.keys(config).length === 0) return Initializer.parse(initializer);
  const class_name = initializer
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
  return Initializer.parse({ class_name, ...config });
}

const meanOf = (values: Float32Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Largest distance of an inner product of two columns (or rows) from gain² or 0. */
function largestGramError(
  values: Float32Array,
  [height, width]: readonly [number, number],
  gram: "columns" | "rows",
  gain: number,
): number {
  const [count, length] = gram === "columns" ? [width, height] : [height, width];
  const vector = (index: number) =>
    Float64Array.from({ length }, (_, i) =>
      Number(values[gram === "columns" ? i * width + index : index * width + i]),
    );
  const vectors = Array.from({ length: count }, (_, index) => vector(index));
  let largest = 0;
  for (const [a, one] of vectors.entries())
    for (const [b, other] of vectors.slice(a).entries()) {
      const product = one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
      largest = Math.max(largest, Math.abs(product - (b === 0 ? gain * gain : 0)));
    }
  return largest;
}
