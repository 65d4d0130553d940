import type { DenseLayer } from "@sweepyard/contract";
import type { LayerDescription } from "../../model/layerDescription.js";
import type { Value } from "../opGraph.js";
import { addActivation } from "./activations.js";
import type { NetworkContext } from "./networkContext.js";
import { type Signal, toFlat } from "./signal.js";

/** x·kernel + bias; (x·kernel)ᵀ + bias if the kernel is held transposed. */
export function addDense(
  context: NetworkContext,
  { name, layer, outputShape }: LayerDescription<DenseLayer>,
  signal: Signal,
): Signal {
  const { graph } = context;
  const x = signal.layout === "images" ? toFlat(graph, signal) : signal;
  const kernel = context.weight(`${name}/kernel`);
  const isTransposed = context.isTransposed(`${name}/kernel`);
  const bias = layer.use_bias ? addBias(context, `${name}/bias`, isTransposed) : [];
  const value = isTransposed
    ? graph.add("Gemm", [kernel, x.value, ...bias], { transB: x.layout === "columns" ? 0 : 1 })
    : graph.add("Gemm", [x.value, kernel, ...bias], { transA: x.layout === "columns" ? 1 : 0 });
  const layout = isTransposed ? "columns" : "flat";
  return addActivation(graph, layer.activation, { layout, shape: outputShape, value });
}

function addBias({ graph, weight }: NetworkContext, name: string, isTransposed: boolean): Value[] {
  const bias = weight(name);
  if (!isTransposed) return [graph.spread(bias, [0], 0)];
  return [graph.spread(graph.add("Reshape", [bias, graph.integers(-1, 1)]), [1], 1)];
}
