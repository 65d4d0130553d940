import { TrainPlan } from "@sweepyard/contract";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeModel } from "./describeModel.js";
import type { LayerDescription } from "./layerDescription.js";
import type { ModelTask } from "./modelTask.js";

const describeAs = (model: unknown, task: Partial<ModelTask> & { loss?: unknown } = {}) => {
  const plan = TrainPlan.parse({ data: { dataset: "d" }, model, loss: task.loss });
  return describeModel(plan.model, {
    inputShape: [3],
    outputs: 2,
    task: "classification",
    ...task,
    loss: plan.loss,
  });
};
const dense = (units: number, activation: string, rest = {}) => ({
  class_name: "Dense",
  units,
  activation,
  ...rest,
});
const rowsOf = (layers: readonly LayerDescription[]) =>
  layers.map(({ name, outputShape, params }) => [name, outputShape.join("×"), params]);

test("the default is the seed's network, with Keras' parameter counts", () => {
  const model = describeAs(undefined, { inputShape: [28, 28], outputs: 10 });
  expect(rowsOf(model.layers)).toEqual([
    ["flatten", "784", 0],
    ["dense", "512", 401_920],
    ["dense_1", "256", 131_328],
    ["dense_2", "10", 2_570],
  ]);
  expect(model.params).toBe(535_818);
  expect(model.flops).toBe(2 * (784 * 512 + 512 * 256 + 256 * 10));
});

test("the cnn template on greyscale images, as Keras counts it", () => {
  const cnn = { template: "cnn", batch_norm: true, convolutions: 2 };
  const model = describeAs(cnn, { inputShape: [28, 28], outputs: 10 });
  expect(rowsOf(model.layers).filter(([name]) => !String(name).startsWith("activation"))).toEqual([
    ["conv2d", "28×28×32", 288],
    ["batch_normalization", "28×28×32", 128],
    ["conv2d_1", "28×28×32", 9216],
    ["batch_normalization_1", "28×28×32", 128],
    ["max_pooling2d", "14×14×32", 0],
    ["dropout", "14×14×32", 0],
    ["conv2d_2", "14×14×64", 18_432],
    ["batch_normalization_2", "14×14×64", 256],
    ["conv2d_3", "14×14×64", 36_864],
    ["batch_normalization_3", "14×14×64", 256],
    ["max_pooling2d_1", "7×7×64", 0],
    ["dropout_1", "7×7×64", 0],
    ["flatten", "3136", 0],
    ["dense", "128", 401_408],
    ["batch_normalization_4", "128", 512],
    ["dropout_2", "128", 0],
    ["dense_1", "10", 1290],
  ]);
  expect(model.params - model.trainableParams).toBe(2 * (32 + 32 + 64 + 64 + 128));
});

test("the mlp template with dropout, normalisation and a penalty on hidden kernels", () => {
  const model = describeAs({
    template: "mlp",
    depth: 1,
    units: 4,
    dropout: 0.2,
    batch_norm: true,
    kernel_regularizer: { class_name: "L2" },
  });
  expect(model.layers.map(({ name }) => name)).toEqual([
    "flatten",
    "dense",
    "batch_normalization",
    "activation",
    "dropout",
    "dense_1",
  ]);
  expect(model.weights.filter(({ regularizer }) => regularizer).map(({ name }) => name)).toEqual([
    "dense/kernel",
  ]);
});

test("a list of layers may name them and leave biases out", () => {
  const layers = [dense(4, "tanh", { name: "first", use_bias: false }), dense(2, "softmax")];
  expect(rowsOf(describeAs({ layers }).layers)).toEqual([
    ["first", "4", 12],
    ["dense", "2", 10],
  ]);
});

test("names of layers are Keras'", () => {
  const classes = ["ReLU", "LeakyReLU", "ELU", "Softmax", "LayerNormalization"];
  const layers = [...classes.map((class_name) => ({ class_name })), dense(2, "softmax")];
  expect(describeAs({ layers }).layers.map(({ name }) => name)).toEqual([
    "re_lu",
    "leaky_re_lu",
    "elu",
    "softmax",
    "layer_normalization",
    "dense",
  ]);
});

describe("the output layer that the data and the loss ask for", () => {
  test.each([
    ["classification", 3, "categorical_crossentropy", "softmax", 3],
    ["classification", 3, "sparse_categorical_crossentropy", "softmax", 3],
    ["classification", 2, "binary_crossentropy", "sigmoid", 1],
    ["classification", 3, "binary_crossentropy", "sigmoid", 3],
    ["classification", 3, "mean_squared_error", "softmax", 3],
    ["multi_label", 3, "binary_crossentropy", "sigmoid", 3],
    ["regression", 2, "huber", "linear", 2],
  ] as const)("%s of %s under %s: %s, %s units", (task, outputs, loss, activation, units) => {
    const model = describeAs({ template: "mlp" }, { task, outputs, loss: { name: loss } as never });
    expect(model.layers.at(-1)?.layer).toMatchObject({ activation, units });
    expect(model.task).toBe(units === 1 ? "binary" : task);
  });

  test("logits end linear", () => {
    const loss = {
      name: "categorical_crossentropy",
      from_logits: true,
      label_smoothing: 0,
    } as const;
    const model = describeAs({ template: "mlp" }, { loss });
    expect(model.layers.at(-1)?.layer).toMatchObject({ activation: "linear" });
    const layers = [dense(2, "softmax")];
    expect(() => describeAs({ layers }, { loss })).toThrow("use linear, or leave from_logits out");
  });
});

describe("a residual", () => {
  const conv = (filters: number, strides: number | [number, number] = 1) => ({
    class_name: "Conv2D",
    filters,
    kernel_size: 3,
    strides,
    padding: "same",
  });
  const end = [{ class_name: "GlobalAveragePooling2D" }, dense(2, "softmax")];
  const image = { inputShape: [9, 6, 4] };

  test("keeps its input where the shapes agree, and projects it where they don't", () => {
    const layers = [
      { class_name: "Residual", layers: [conv(4), conv(4)] },
      { class_name: "Residual", layers: [conv(8, [2, 3]), conv(8)] },
      ...end,
    ];
    const [same, other] = describeAs({ layers }, image).layers;
    expect(same?.projection).toBeUndefined();
    expect(other?.outputShape).toEqual([5, 2, 8]);
    expect(other?.projection?.layer).toMatchObject({ kernel_size: 1, strides: [2, 3], filters: 8 });
    expect(other?.weights.map(({ name }) => name)).toEqual([
      "conv2d_2/kernel",
      "conv2d_2/bias",
      "conv2d_3/kernel",
      "conv2d_3/bias",
      "residual_1_projection/kernel",
    ]);
  });

  test("of Dense layers is projected by one", () => {
    const layers = [{ class_name: "Residual", layers: [dense(5, "relu")] }, dense(2, "softmax")];
    expect(describeAs({ layers }).layers[0]).toMatchObject({
      params: 3 * 5 + 5 + 3 * 5,
      projection: { outputShape: [5], layer: { class_name: "Dense", use_bias: false } },
    });
  });

  test("to which no shortcut leads is refused", () => {
    const layers = [{ class_name: "Residual", layers: [{ ...conv(4), padding: "valid" }] }, ...end];
    expect(() => describeAs({ layers }, image)).toThrow(
      '"residual" (Residual) gets inputs of shape',
    );
  });
});

describe("refuses, naming the layer and what would be right", () => {
  test.each([
    [
      "units that are not the classes",
      [dense(5, "softmax", { name: "out" })],
      '"out", has outputs',
    ],
    ["an end without probabilities", [dense(2, "relu")], '"dense", ends in relu'],
    [
      "an end that is no activation",
      [dense(2, "softmax"), { class_name: "Flatten" }],
      "use softmax",
    ],
    ["Dense on images", [dense(2, "softmax")], '"Flatten"} before it', [28, 28]],
    [
      "a convolution of rows",
      [{ class_name: "Conv2D", filters: 2, kernel_size: 3 }],
      '"conv2d" (Conv2D) gets inputs of shape [3]',
    ],
    [
      "a window larger than the image",
      [{ class_name: "MaxPooling2D", pool_size: [2, 5] }],
      "only 4 × 4: make it smaller",
      [4, 4, 1],
    ],
    [
      "a Reshape to another size",
      [{ class_name: "Reshape", target_shape: [2, 2] }],
      "[2, 2] has 4",
    ],
    [
      "an identity of four axes",
      [{ class_name: "Conv2D", filters: 2, kernel_size: 3, kernel_initializer: "identity" }],
      "use orthogonal",
      [4, 4, 1],
    ],
  ] as const)("%s", (_, layers, message, inputShape: readonly number[] = [3]) => {
    const refused = () => describeAs({ layers }, { inputShape });
    expect(refused).toThrow(expect.objectContaining({ code: "shape_mismatch" }));
    expect(refused).toThrow(message);
  });

  test("a cnn with more blocks than the image can be halved", () => {
    expect(() => describeAs({ template: "cnn", blocks: 4 }, { inputShape: [8, 8] })).toThrow(
      '"max_pooling2d_3" (MaxPooling2D) has pool_size [2, 2] and gets images of only 1 × 1',
    );
  });

  test("two layers of one name", () => {
    const layers = [dense(2, "relu", { name: "out" }), dense(2, "softmax", { name: "out" })];
    expect(() => describeAs({ layers })).toThrow('named "out"');
  });

  test.each([
    ["regression", "categorical_crossentropy", "use mean_squared_error"],
    ["multi_label", "categorical_crossentropy", "use binary_crossentropy"],
  ] as const)("%s under %s", (task, name, message) => {
    expect(() => describeAs({ template: "mlp" }, { task, loss: { name } as never })).toThrow(
      message,
    );
  });
});

/** Output cells of a window along one side, counted one by one. */
function countWindows(side: number, size: number, stride: number, padding: string): number {
  let count = 0;
  for (let start = 0; start < side; start += stride)
    if (padding === "same" || start + size <= side) count++;
  return count;
}

test("shapes and weights of any stack of windows are those of an independent count", () => {
  const side = fc.integer({ min: 1, max: 4 });
  const layer = fc.record({
    kind: fc.constantFrom("Conv2D", "MaxPooling2D", "AveragePooling2D"),
    size: fc.tuple(side, side),
    strides: fc.tuple(side, side),
    padding: fc.constantFrom("valid", "same"),
    filters: fc.integer({ min: 1, max: 5 }),
    use_bias: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 8, max: 20 }), fc.integer({ min: 8, max: 20 }), side),
      fc.array(layer, { minLength: 1, maxLength: 3 }),
      ([height, width, channels], stack) => {
        const layers = stack.map(({ kind, size, strides, padding, filters, use_bias }) =>
          kind === "Conv2D"
            ? { class_name: kind, kernel_size: size, strides, padding, filters, use_bias }
            : { class_name: kind, pool_size: size, strides, padding },
        );
        let [h, w, c] = [height, width, channels];
        const want: string[] = [];
        let params = 0;
        for (const { kind, size, strides, padding, filters, use_bias } of stack) {
          h = countWindows(h, size[0], strides[0], padding);
          w = countWindows(w, size[1], strides[1], padding);
          if (kind === "Conv2D") {
            params += (size[0] * size[1] * c + (use_bias ? 1 : 0)) * filters;
            c = filters;
          }
          want.push([h, w, c].join("×"));
        }
        fc.pre(h > 0 && w > 0);
        params += h * w * c * 2 + 2;
        const model = describeAs(
          { layers: [...layers, { class_name: "Flatten" }, dense(2, "softmax")] },
          { inputShape: [height, width, channels] },
        );
        expect(model.layers.slice(0, -2).map(({ outputShape }) => outputShape.join("×"))).toEqual(
          want,
        );
        expect(model.params).toBe(params);
      },
    ),
    { numRuns: 200 },
  );
});
