import type { Initializer, InitializerConfig } from "@sweepyard/contract";
import { sizeOf } from "../tensor.js";
import { orthogonal } from "./orthogonal.js";

/** A normal cut at two of its standard deviations has this share of its standard deviation left. */
const TRUNCATED_STDDEV = 0.87962566103423978;

/**
 * The first values of one weight by Keras' formula.
 * @param shape [in, out] or [height, width, in, out]; of a vector, fan-in and fan-out are its length.
 * @param nextUnit draws from [0, 1).
 * @see https://keras.io/api/layers/initializers/
 */
export function initialize(
  initializer: Initializer,
  shape: readonly number[],
  nextUnit: () => number,
): Float32Array {
  const config = typeof initializer === "string" ? BY_NAME[initializer] : initializer;
  const fill = (draw: () => number) => Float32Array.from({ length: sizeOf(shape) }, draw);
  switch (config.class_name) {
    case "Constant":
      return fill(() => config.value);
    case "RandomUniform":
      return fill(uniform(config.minval, config.maxval, nextUnit));
    case "RandomNormal":
      return fill(normal(config.mean, config.stddev, nextUnit));
    case "TruncatedNormal":
      return fill(truncatedNormal(config.mean, config.stddev, nextUnit));
    case "VarianceScaling":
      return fill(varianceScaling(config, fansOf(shape), nextUnit));
    case "Orthogonal":
      return orthogonal(shape, config.gain, normal(0, 1, nextUnit));
    case "Identity":
      return identity(shape, config.gain);
  }
}

type VarianceScaling = Extract<InitializerConfig, { class_name: "VarianceScaling" }>;

const scaled = (
  scale: number,
  mode: VarianceScaling["mode"],
  distribution: VarianceScaling["distribution"],
): VarianceScaling => ({ class_name: "VarianceScaling", scale, mode, distribution });

/**
 * What a name alone stands for.
 * @see Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks (2010)
 * @see He, Zhang, Ren & Sun, Delving Deep into Rectifiers (2015)
 * @see LeCun, Bottou, Orr & Müller, Efficient BackProp (1998)
 */
const BY_NAME: Readonly<Record<Extract<Initializer, string>, InitializerConfig>> = {
  glorot_uniform: scaled(1, "fan_avg", "uniform"),
  glorot_normal: scaled(1, "fan_avg", "truncated_normal"),
  he_uniform: scaled(2, "fan_in", "uniform"),
  he_normal: scaled(2, "fan_in", "truncated_normal"),
  lecun_uniform: scaled(1, "fan_in", "uniform"),
  lecun_normal: scaled(1, "fan_in", "truncated_normal"),
  random_uniform: { class_name: "RandomUniform", minval: -0.05, maxval: 0.05 },
  random_normal: { class_name: "RandomNormal", mean: 0, stddev: 0.05 },
  truncated_normal: { class_name: "TruncatedNormal", mean: 0, stddev: 0.05 },
  orthogonal: { class_name: "Orthogonal", gain: 1 },
  identity: { class_name: "Identity", gain: 1 },
  zeros: { class_name: "Constant", value: 0 },
  ones: { class_name: "Constant", value: 1 },
};

interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Connections that end at, and that begin at, one unit; a window's cells count each. */
function fansOf(shape: readonly number[]): Fans {
  const [outputs = 1, inputs = outputs, ...window] = [...shape].reverse();
  const cells = sizeOf(window);
  return { fanIn: inputs * cells, fanOut: outputs * cells };
}

function varianceScaling(
  { scale, mode, distribution }: VarianceScaling,
  { fanIn, fanOut }: Fans,
  nextUnit: () => number,
): () => number {
  const fans = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 };
  const variance = scale / Math.max(1, fans[mode]);
  const stddev = Math.sqrt(variance);
  switch (distribution) {
    case "uniform":
      return uniform(-Math.sqrt(3 * variance), Math.sqrt(3 * variance), nextUnit);
    case "truncated_normal":
      return truncatedNormal(0, stddev / TRUNCATED_STDDEV, nextUnit);
    case "untruncated_normal":
      return normal(0, stddev, nextUnit);
  }
}

const uniform = (min: number, max: number, nextUnit: () => number) => () =>
  min + nextUnit() * (max - min);

/** @see Box & Muller, A Note on the Generation of Random Normal Deviates (1958) */
const normal = (mean: number, stddev: number, nextUnit: () => number) => () => {
  const radius = Math.sqrt(-2 * Math.log(1 - nextUnit()));
  return mean + radius * Math.cos(2 * Math.PI * nextUnit()) * stddev;
};

/** Draws beyond two standard deviations are drawn again. */
function truncatedNormal(mean: number, stddev: number, nextUnit: () => number): () => number {
  const draw = normal(0, 1, nextUnit);
  return () => {
    for (;;) {
      const value = draw();
      if (Math.abs(value) <= 2) return mean + value * stddev;
    }
  };
}

function identity([rows = 1, columns = rows]: readonly number[], gain: number): Float32Array {
  const matrix = new Float32Array(rows * columns);
  for (let i = 0; i < Math.min(rows, columns); i++) matrix[i * columns + i] = gain;
  return matrix;
}
