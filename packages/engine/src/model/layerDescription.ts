import type { Initializer, Layer, Regularizer } from "@sweepyard/contract";

/** One tensor that a layer holds. */
export interface WeightDescription {
  /** As Keras names it: `dense/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Moving statistics are not. */
  readonly trainable: boolean;
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer;
}

/** A layer where it stands in its model. Shapes are without the batch axis. */
export interface LayerDescription<Kind extends Layer = Layer> {
  readonly name: string;
  /** As the plan has it. */
  readonly layer: Kind;
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** Its own and, of a Residual, those of the layers inside and of the shortcut. */
  readonly weights: readonly WeightDescription[];
  readonly params: number;
  readonly trainableParams: number;
  /**
   * Of the forward pass of one row: two for each multiply-add of Dense, Conv2D and the
   * normalisations. Activations and pooling are not counted.
   */
  readonly flops: number;
  /** Of a Residual: its layers. */
  readonly inner: readonly LayerDescription[];
  /** Of a Residual whose shortcut has to change the shape. */
  readonly projection?: LayerDescription;
}
