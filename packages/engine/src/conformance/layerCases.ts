import { ACTIVATIONS } from "@sweepyard/contract";

export type Layer = Readonly<Record<string, unknown>> & { readonly class_name: string };

export const dense = (units: number, rest = {}): Layer => ({
  class_name: "Dense",
  units,
  kernel_initializer: "he_normal",
  ...rest,
});
export const conv = (filters: number, rest = {}): Layer => ({
  class_name: "Conv2D",
  filters,
  kernel_size: 3,
  activation: "tanh",
  ...rest,
});
export const flatten = { class_name: "Flatten" };
export const softmax = dense(3, { activation: "softmax" });
export const pool = (kind: "Max" | "Average", rest = {}): Layer => ({
  class_name: `${kind}Pooling2D`,
  ...rest,
});
const norm = (of: "Batch" | "Layer", rest = {}): Layer => ({
  class_name: `${of}Normalization`,
  ...rest,
});

/** Layers between Dense ones, on rows of 5 numbers. */
export const ON_ROWS: Readonly<Record<string, readonly Layer[]>> = {
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [
      `Dense ${activation}`,
      [dense(6, { activation }), dense(4, { activation, use_bias: false }), softmax],
    ]),
  ),
  "Activation, ReLU with a limit, LeakyReLU, ELU": [
    dense(6),
    { class_name: "Activation", activation: "gelu" },
    dense(6),
    { class_name: "ReLU", max_value: 0.8 },
    dense(6),
    { class_name: "LeakyReLU", negative_slope: 0.1 },
    dense(6),
    { class_name: "ELU", alpha: 0.6 },
    softmax,
  ],
  "Softmax inside and at the end": [
    dense(6),
    { class_name: "Softmax" },
    dense(3),
    { class_name: "Softmax" },
  ],
  BatchNormalization: [norm("Batch"), dense(6, { activation: "tanh" }), norm("Batch"), softmax],
  "BatchNormalization without scale and center": [
    dense(6, { activation: "tanh" }),
    norm("Batch", { scale: false }),
    dense(4),
    norm("Batch", { center: false }),
    softmax,
  ],
  LayerNormalization: [
    dense(6, { activation: "tanh" }),
    norm("Layer"),
    dense(4),
    norm("Layer", { scale: false }),
    norm("Layer", { center: false, epsilon: 0.1 }),
    softmax,
  ],
  "a wide layer in front": [dense(130, { activation: "tanh" }), dense(4), softmax],
  "a wide layer in front of elementwise layers": [
    dense(130),
    norm("Batch"),
    { class_name: "Activation", activation: "silu" },
    { class_name: "Dropout", rate: 0 },
    softmax,
  ],
  "Residual of Dense layers, with and without projection": [
    { class_name: "Residual", layers: [dense(5, { activation: "tanh" }), dense(5)] },
    { class_name: "Residual", layers: [dense(4, { activation: "tanh" })] },
    softmax,
  ],
  "Dropout and GaussianNoise that do nothing": [
    dense(6, { activation: "tanh" }),
    { class_name: "Dropout", rate: 0 },
    { class_name: "GaussianNoise", stddev: 0 },
    softmax,
  ],
};

/** On images of 6 × 5 with 2 channels. */
export const ON_IMAGES: Readonly<Record<string, readonly Layer[]>> = {
  "Conv2D valid": [conv(3), flatten, softmax],
  "Conv2D same, then one on many channels": [
    conv(6, { padding: "same" }),
    conv(2, { padding: "same", use_bias: false }),
    flatten,
    softmax,
  ],
  "Conv2D with strides": [
    conv(6, { padding: "same", strides: 2 }),
    conv(2, { kernel_size: 2, strides: [1, 2] }),
    flatten,
    softmax,
  ],
  "Conv2D same with unequal sides and strides": [
    conv(3, { kernel_size: [2, 4], strides: [3, 2], padding: "same" }),
    flatten,
    softmax,
  ],
  "Conv2D with a window of one and strides that skip": [
    conv(3, { kernel_size: 1, strides: 2 }),
    flatten,
    softmax,
  ],
  MaxPooling2D: [conv(3, { padding: "same" }), pool("Max"), flatten, softmax],
  "MaxPooling2D with windows that overlap": [
    conv(3, { padding: "same" }),
    pool("Max", { pool_size: 3, strides: 2, padding: "same" }),
    flatten,
    softmax,
  ],
  AveragePooling2D: [conv(3, { padding: "same" }), pool("Average"), flatten, softmax],
  "AveragePooling2D same with windows that overlap": [
    conv(3, { padding: "same" }),
    pool("Average", { pool_size: [3, 2], strides: [2, 1], padding: "same" }),
    flatten,
    softmax,
  ],
  GlobalAveragePooling2D: [conv(3), { class_name: "GlobalAveragePooling2D" }, softmax],
  GlobalMaxPooling2D: [conv(3), { class_name: "GlobalMaxPooling2D" }, softmax],
  "normalisation, softmax and residuals of images": [
    norm("Batch"),
    conv(4, { padding: "same" }),
    norm("Layer"),
    {
      class_name: "Residual",
      layers: [conv(4, { padding: "same" }), norm("Batch"), conv(4, { padding: "same" })],
    },
    {
      class_name: "Residual",
      layers: [conv(3, { padding: "same", strides: 2 }), { class_name: "Softmax" }],
    },
    { class_name: "GlobalAveragePooling2D" },
    softmax,
  ],
  Reshape: [
    flatten,
    dense(12, { activation: "tanh" }),
    { class_name: "Reshape", target_shape: [2, 3, 2] },
    conv(3, { kernel_size: 2 }),
    { class_name: "Reshape", target_shape: [2, 3] },
    norm("Layer"),
    norm("Batch"),
    { class_name: "Softmax" },
    flatten,
    softmax,
  ],
};
