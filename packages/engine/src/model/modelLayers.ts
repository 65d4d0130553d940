import type {
  Activation,
  CnnTemplate,
  DenseLayer,
  Layer,
  MlpTemplate,
  Model,
} from "@sweepyard/contract";
import type { ModelTask } from "./modelTask.js";
import { outputLayer } from "./outputLayer.js";

/** The layers of a model: those of its list, or those that its template stands for. */
export function modelLayers(model: Model, task: ModelTask): readonly Layer[] {
  if ("layers" in model) return model.layers;
  const hidden = model.template === "mlp" ? mlpLayers(model) : cnnLayers(model);
  return [...hidden, outputLayer(task)];
}

function mlpLayers(mlp: MlpTemplate): Layer[] {
  const hidden = Array.from({ length: mlp.depth }, (_, index) => {
    const units = typeof mlp.units === "number" ? mlp.units : (mlp.units[index] as number);
    return [...activated(mlp, denseLayer(mlp, units)), ...dropoutLayers(mlp.dropout)];
  });
  return [{ class_name: "Flatten" }, ...hidden.flat()];
}

function cnnLayers(cnn: CnnTemplate): Layer[] {
  const blocks = Array.from({ length: cnn.blocks }, (_, index): Layer[] => {
    const filters =
      typeof cnn.filters === "number" ? cnn.filters * 2 ** index : (cnn.filters[index] as number);
    const convolutions = Array.from({ length: cnn.convolutions }, () =>
      activated(cnn, {
        class_name: "Conv2D",
        filters,
        kernel_size: cnn.kernel_size,
        strides: 1,
        padding: "same",
        ...kernelOf(cnn),
      }),
    );
    return [
      ...convolutions.flat(),
      { class_name: "MaxPooling2D", pool_size: 2, padding: "valid" },
      ...dropoutLayers(cnn.dropout),
    ];
  });
  const dense =
    cnn.units === 0
      ? []
      : [...activated(cnn, denseLayer(cnn, cnn.units)), ...dropoutLayers(cnn.dense_dropout)];
  return [...blocks.flat(), { class_name: "Flatten" }, ...dense];
}

type Hidden = Pick<
  MlpTemplate,
  "activation" | "batch_norm" | "kernel_initializer" | "kernel_regularizer"
>;

/** A bias in front of BatchNormalization, which subtracts the mean, would have no effect. */
const kernelOf = (hidden: Hidden) => ({
  activation: hidden.batch_norm ? ("linear" as const) : hidden.activation,
  use_bias: !hidden.batch_norm,
  kernel_initializer: hidden.kernel_initializer,
  kernel_regularizer: hidden.kernel_regularizer,
  bias_initializer: "zeros" as const,
});

const denseLayer = (hidden: Hidden, units: number): DenseLayer => ({
  class_name: "Dense",
  units,
  ...kernelOf(hidden),
});

function activated({ batch_norm, activation }: Hidden, layer: Layer): Layer[] {
  if (!batch_norm) return [layer];
  return [
    layer,
    {
      class_name: "BatchNormalization",
      momentum: 0.99,
      epsilon: 1e-3,
      center: true,
      scale: true,
    },
    ...activationLayers(activation),
  ];
}

const activationLayers = (activation: Activation): Layer[] =>
  activation === "linear" ? [] : [{ class_name: "Activation", activation }];

const dropoutLayers = (rate: number): Layer[] =>
  rate === 0 ? [] : [{ class_name: "Dropout", rate }];
