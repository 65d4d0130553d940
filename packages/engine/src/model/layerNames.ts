import { AppError, type Layer } from "@sweepyard/contract";

/** Keras' names for layers without one: dense, dense_1, dense_2, max_pooling2d… */
export class LayerNames {
  readonly #taken = new Set<string>();

  /** @throws {AppError} `invalid_request` if two layers have one name. */
  take(layer: Pick<Layer, "name" | "class_name">): string {
    if (layer.name !== undefined) {
      if (this.#taken.has(layer.name))
        throw new AppError("invalid_request", `two layers are named "${layer.name}"`);
      this.#taken.add(layer.name);
      return layer.name;
    }
    const base = snakeCase(layer.class_name);
    let name = base;
    for (let count = 1; this.#taken.has(name); count++) name = `${base}_${count}`;
    this.#taken.add(name);
    return name;
  }
}

/** Conv2D: conv2d, BatchNormalization: batch_normalization, LeakyReLU: leaky_re_lu. */
const snakeCase = (className: string): string =>
  className
    .replaceAll(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replaceAll(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
