import { toHalf } from "./half.js";
import { LiteBuilder, type LiteGraph } from "./liteGraph.js";

/**
 * The same graph with its weights in float16, each followed by DEQUANTIZE: half the size; the
 * computation stays in float32 on a CPU, and a GPU may leave the operation out.
 */
export function halfGraph(graph: LiteGraph): LiteGraph {
  const half = new LiteBuilder();
  for (const tensor of graph.tensors) half.tensor(tensor);
  const widened = new Map<number, number>();
  for (const [at, tensor] of graph.tensors.entries()) {
    const isWeight = tensor.shape.length > 0; // single numbers stay exact: they cost nothing
    if (!isWeight || tensor.type !== "float32" || tensor.data === undefined) continue;
    const data = Uint16Array.from(tensor.data, toHalf);
    half.tensors[at] = { ...tensor, type: "float16", data };
    const { name, shape } = tensor;
    const output = half.tensor({ name: `${name}/float32`, shape, type: "float32" });
    half.operators.push({ op: "DEQUANTIZE", inputs: [at], output, options: {} });
    widened.set(at, output);
  }
  for (const operator of graph.operators) {
    const inputs = operator.inputs.map((input) => widened.get(input) ?? input);
    half.operators.push({ ...operator, inputs });
  }
  const { tensors, operators } = half;
  return { ...graph, tensors, operators };
}
