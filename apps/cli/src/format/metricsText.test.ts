import { expect, test } from "vitest";
import { metricsText } from "./metricsText.js";

test("metrics stand in Keras' order, a trainer's own after them, the pace last", () => {
  const stored = {
    loss: 0.3,
    val_loss: 0.4,
    accuracy: 0.9,
    perplexity: 12,
    model_bytes: 100,
    val_accuracy: null,
    epoch_seconds: 1.23456,
    learning_rate: 0.001,
  };
  expect(metricsText(stored, ", ")).toBe(
    "loss 0.3, accuracy 0.9, val_loss 0.4, val_accuracy –, perplexity 12, learning_rate 0.001, epoch_seconds 1.235, model_bytes 100",
  );
});
