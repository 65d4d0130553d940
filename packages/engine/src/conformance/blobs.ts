import type { Dataset } from "../dataset.js";

/** Rows around one centre per class, the same at every call. */
export function blobs(size: { rows: number; inputs: number; classes: number }): Dataset {
  const { rows, inputs, classes } = size;
  const y = Uint8Array.from({ length: rows }, (_, row) => (row * 7) % classes);
  const x = Float32Array.from({ length: rows * inputs }, (_, i) => {
    const label = y[Math.floor(i / inputs)] ?? 0;
    return Math.sin((i % inputs) * (label + 1) * 1.7) + 0.4 * Math.sin(i * i);
  });
  const train = { count: rows, x, y };
  const classNames = Array.from({ length: classes }, (_, label) => `class ${label}`);
  return { inputShape: [inputs], task: "classification", classNames, train, test: train };
}
