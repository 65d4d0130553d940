import type { layers, Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

/** A layer of tfjs-layers without weights; `call` runs inside a tidy. */
export function functionLayer(
  tf: TensorFlow,
  name: string,
  outputShape: readonly number[],
  call: (x: Tensor, training: boolean) => Tensor,
): layers.Layer {
  class FunctionLayer extends tf.layers.Layer {
    static readonly className = "FunctionLayer";

    override call(inputs: Tensor | Tensor[], { training }: { training?: boolean }): Tensor {
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      return tf.tidy(() => {
        const y = call(x, training === true);
        return y === x ? y.clone() : y; // the model frees inputs that are used up
      });
    }

    override computeOutputShape(): (number | null)[] {
      return [null, ...outputShape];
    }
  }
  return new FunctionLayer({ name });
}
