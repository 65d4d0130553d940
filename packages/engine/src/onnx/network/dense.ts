import type { DenseLayer } from "@sweepyard/contract";
import type { LayerDescription } from "../../model/layerDescription.js";
import type { Value } from "../opGraph.js";
import { addActivation } from "./activations.js";
import type { NetworkContext } from "./addNetwork.js";
import { type Signal, toFlat } from "./signal.js";

/** Some columns of a Dense kernel. */
export interface KernelPiece {
  readonly value: Value;
  readonly columns: number;
  /** Held as [columns, rows]. */
  readonly isTransposed: boolean;
}

/** x·kernel + bias, by blocks of the kernel's columns; (x·kernel)ᵀ + bias if it is transposed. */
export function addDense(
  context: NetworkContext,
  { name, layer, outputShape }: LayerDescription<DenseLayer>,
  signal: Signal,
): Signal {
  const { graph } = context;
  const x = signal.layout === "images" ? toFlat(graph, signal) : signal;
  const pieces = context.kernelPieces(`${name}/kernel`);
  const isTransposed = pieces[0]?.isTransposed ?? false;
  const bias = layer.use_bias ? addBias(context, `${name}/bias`, isTransposed) : [];
  const product = (w: Value, ...added: Value[]) =>
    isTransposed
      ? graph.add("Gemm", [w, x.value, ...added], { transB: x.layout === "columns" ? 0 : 1 })
      : graph.add("Gemm", [x.value, w, ...added], { transA: x.layout === "columns" ? 1 : 0 });
  const output = { layout: isTransposed ? "columns" : "flat", shape: outputShape } as const;
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1)
    return addActivation(graph, layer.activation, {
      ...output,
      value: product(only.value, ...bias),
    });
  const z = graph.concat(
    pieces.map(({ value }) => product(value)),
    pieces.map(({ columns }) => columns),
    isTransposed ? 0 : 1,
  );
  const value = bias.length === 0 ? z : graph.add("Add", [z, ...bias]);
  return addActivation(graph, layer.activation, { ...output, value });
}

function addBias({ graph, weight }: NetworkContext, name: string, isTransposed: boolean): Value[] {
  const bias = weight(name);
  if (!isTransposed) return [graph.spread(bias, [0], 0)];
  return [graph.spread(graph.add("Reshape", [bias, graph.integers(-1, 1)]), [1], 1)];
}
