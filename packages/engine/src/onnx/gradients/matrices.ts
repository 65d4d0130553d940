import type { Value } from "../opGraph.js";
import { at, type Rule, summed } from "./rule.js";

/** Products, and operations that only move numbers. */
export const MATRIX_RULES: Readonly<Record<string, Rule>> = {
  /**
   * y = l·r (+ b), l and r as they are or transposed: dl = d·rᵀ, dr = lᵀ·d or what these are
   * transposed. What a gradient has so far is added by the same product.
   */
  Gemm({ inputs, attributes }, [d = ""], { graph, needs, accumulated, set, give }) {
    const [l, r, b] = [at(inputs, 0), at(inputs, 1), inputs[2]];
    const { transA = 0, transB = 0 } = attributes as { transA?: 0 | 1; transB?: 0 | 1 };
    const product = (of: Value, factors: [Value, Value], transposed: [number, number]) => {
      if (!needs(of)) return;
      const soFar = accumulated(of);
      const terms = soFar === "" ? factors : [...factors, soFar];
      set(of, graph.add("Gemm", terms, { transA: transposed[0], transB: transposed[1] }));
    };
    product(r, transB === 1 ? [d, l] : [l, d], transB === 1 ? [1, transA] : [1 - transA, 0]);
    if (b !== undefined) give(b, () => summed(graph, d, b));
    product(l, transA === 1 ? [r, d] : [d, r], transA === 1 ? [transB, 1] : [0, 1 - transB]);
  },

  /** Each part gets its own rows' or columns' gradient. */
  Concat({ inputs, outputs, attributes }, [d = ""], { graph, give }) {
    const sizes = graph.integers(...(graph.sizes.get(at(outputs, 0)) ?? []));
    const parts = graph.addMany("Split", [d, sizes], inputs.length, attributes);
    inputs.forEach((input, index) => {
      give(input, () => at(parts, index));
    });
  },

  /** Parts of a vector, of which each has its use. */
  Split({ inputs }, parts, { graph, give }) {
    give(at(inputs, 0), () => graph.add("Concat", parts, { axis: 0 }));
  },

  Reshape({ inputs }, [d = ""], { graph, give }) {
    const x = at(inputs, 0);
    give(x, () => graph.add("Reshape", [d, graph.add("Shape", [x])]));
  },

  Transpose({ inputs, attributes }, [d = ""], { graph, give }) {
    const { perm } = attributes as { perm: readonly number[] };
    give(at(inputs, 0), () =>
      graph.add("Transpose", [d], { perm: perm.map((_, axis) => perm.indexOf(axis)) }),
    );
  },
};
