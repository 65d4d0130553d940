import type { RouteInput } from "@sweepyard/contract";

export const SEED_DATASET = "fashion-mnist";
export const SEED_MODEL = "fashion-mnist";
export const SEED_SWEEP_NAME = "Fashion-MNIST: learning rate × depth";

export const FASHION_MNIST_CLASSES = [
  "T-shirt/top",
  "Trouser",
  "Pullover",
  "Dress",
  "Coat",
  "Sandal",
  "Shirt",
  "Sneaker",
  "Bag",
  "Ankle boot",
] as const;

/**
 * The sweep of the embedded default: the network of the Fashion-MNIST example (512-256, Adam,
 * batch 64, 15 epochs, 20 % validation) and its neighbours in learning rate and depth.
 * examples/fashion-mnist.sweep.yaml says the same for the command line.
 */
export function seedSweep(epochs = 15): RouteInput<"sweeps.create">["body"] {
  return {
    name: SEED_SWEEP_NAME,
    description: "Which learning rate, and how many hidden layers? Grid over both.",
    plan: {
      engine: "onnx",
      data: { dataset: SEED_DATASET },
      model: { template: "mlp", depth: { $param: "depth" }, units: [512, 256, 128] },
      optimizer: { class_name: "Adam", learning_rate: { $param: "learning_rate" } },
      loss: "categorical_crossentropy",
      batch_size: 64,
      epochs,
      validation_split: 0.2,
    },
    space: {
      learning_rate: { type: "categorical", choices: [3e-4, 1e-3, 3e-3] },
      depth: { type: "categorical", choices: [1, 2, 3] },
    },
    sampler: { name: "grid" },
    objective: { metric: "val_accuracy", direction: "maximize" },
    tags: ["example"],
  };
}
