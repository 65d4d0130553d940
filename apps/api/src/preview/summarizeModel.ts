import type { ModelSummary } from "@sweepyard/contract";
import type { ModelDescription } from "@sweepyard/engine";

/** A model for people: layer by layer, without what only an engine needs. */
export const summarizeModel = (model: ModelDescription): ModelSummary => ({
  inputShape: [...model.inputShape],
  layers: model.layers.map(({ name, layer, outputShape, params, flops }) => ({
    name,
    className: layer.class_name,
    outputShape: [...outputShape],
    params,
    flops,
  })),
  params: model.params,
  trainableParams: model.trainableParams,
  flops: model.flops,
});
