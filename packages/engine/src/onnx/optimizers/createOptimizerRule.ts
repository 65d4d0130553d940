import type { Optimizer } from "@sweepyard/contract";
import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam } from "./adam.js";
import { adamax } from "./adamax.js";
import { withClipping } from "./clipping.js";
import { lion } from "./lion.js";
import { withMovingAverage } from "./movingAverage.js";
import { nadam } from "./nadam.js";
import type { OptimizerRule } from "./optimizerRule.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";
import { withWeightDecay } from "./weightDecay.js";

/** As Keras does: gradients are clipped, weights decay, are updated, and go into their average. */
export const createOptimizerRule = (optimizer: Optimizer): OptimizerRule =>
  withMovingAverage(
    withWeightDecay(withClipping(updateRule(optimizer), optimizer), optimizer),
    optimizer,
  );

function updateRule(optimizer: Optimizer): OptimizerRule {
  switch (optimizer.class_name) {
    case "SGD":
      return sgd(optimizer);
    case "Adam":
    case "AdamW":
      return adam(optimizer);
    case "Adamax":
      return adamax(optimizer);
    case "Nadam":
      return nadam(optimizer);
    case "RMSprop":
      return rmsprop(optimizer);
    case "Adagrad":
      return adagrad(optimizer);
    case "Adadelta":
      return adadelta(optimizer);
    case "Lion":
      return lion(optimizer);
  }
}
