import { sizeOf } from "../../tensor.js";
import type { OpGraph, Value } from "../opGraph.js";
import { heldShape, type WeightBlock } from "../weightBlocks.js";
import type { KernelPiece } from "./dense.js";

/** The values of each weight's pieces, from its first column to its last, out of the blocks. */
export function addWeightValues(
  graph: OpGraph,
  blocks: readonly WeightBlock[],
): ReadonlyMap<string, readonly KernelPiece[]> {
  const weights = new Map<string, KernelPiece[]>();
  for (const block of blocks) {
    const values = block.pieces.length === 1 ? [block.id] : unpack(graph, block);
    block.pieces.forEach(({ weight, columns, axes }, index) => {
      const isTransposed = axes[0] === 1;
      const piece = { value: values[index] as Value, columns, isTransposed };
      weights.set(weight, [...(weights.get(weight) ?? []), piece]);
    });
  }
  return weights;
}

function unpack(graph: OpGraph, { id, pieces }: WeightBlock): Value[] {
  const shapes = pieces.map(heldShape);
  const sizes = graph.integers(...shapes.map(sizeOf));
  const parts = graph.addMany("Split", [id, sizes], pieces.length, { axis: 0 });
  return parts.map((part, index) => {
    const shape = shapes[index] ?? [];
    return shape.length === 1 ? part : graph.add("Reshape", [part, graph.integers(...shape)]);
  });
}
