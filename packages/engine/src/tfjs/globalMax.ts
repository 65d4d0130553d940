import type { GradSaveFunc, Tensor } from "@tensorflow/tfjs";
import type { TensorFlow } from "./tensorFlow.js";

/**
 * The largest of each channel of [B, h, w, C]. Cells that share it, as behind a pooling whose windows
 * overlap, share its gradient, as in TensorFlow; that of tfjs' `max` goes to each of them in whole.
 */
export function globalMax(tf: TensorFlow, x: Tensor): Tensor {
  const cells = [1, 2];
  const largest = tf.customGrad((given, save) => {
    const images = given as Tensor;
    const value = tf.max(images, cells, true);
    (save as GradSaveFunc)([images, value]);
    const gradFunc = (dy: Tensor, [saved, most]: Tensor[]) => {
      const isLargest = tf.cast(tf.equal(saved as Tensor, most as Tensor), "float32");
      return tf.mul(isLargest, tf.div(dy, tf.sum(isLargest, cells, true)));
    };
    return { value, gradFunc };
  });
  const [batch = 0, , , channels = 0] = x.shape;
  return tf.reshape(largest(x), [batch, channels]);
}
