import type { Loss } from "@sweepyard/contract";
import { isCategorical } from "../model/modelTask.js";
import type { NetworkContext } from "./network/networkContext.js";
import type { OpGraph, Value } from "./opGraph.js";

/** What outputs are measured against. */
export interface Measured {
  /** Of the model, [B, n]. */
  readonly outputs: Value;
  /** [B, n] */
  readonly targets: Value;
  readonly n: number;
  /** What each row counts, [B]; absent: 1. */
  readonly rowWeights?: Value;
}

/**
 * Adds the loss summed over the rows; a scalar. Cross-entropies are in nats, and from logits where
 * the model ends in a softmax or a sigmoid, as Keras has it. Other outputs are divided by their
 * row's sum and clipped to [1e-7, 1 − 1e-7], under sparse categorical cross-entropy the other way round.
 */
export function addLossSum(context: NetworkContext, loss: Loss, measured: Measured): Value {
  const { graph } = context;
  if (isCategorical(loss)) {
    const targets = smoothed(context, loss, measured, measured.n);
    const ofTheLabel = graph.add("Mul", [logProbabilities(graph, loss, measured), targets]);
    return graph.add("Neg", [sumOfRows(graph, ofTheLabel, measured)]);
  }
  const sum = sumOfRows(graph, elements(context, loss, measured), measured);
  return measured.n === 1 ? sum : graph.add("Mul", [sum, graph.scalar(1 / measured.n)]);
}

function sumOfRows(graph: OpGraph, elementLosses: Value, { rowWeights }: Measured): Value {
  const weighted =
    rowWeights === undefined
      ? elementLosses
      : graph.add("Mul", [elementLosses, graph.add("Unsqueeze", [rowWeights, graph.integers(1)])]);
  return graph.add("ReduceSum", [weighted], { keepdims: 0 });
}

/** The loss of each output, [B, n], of which a row's loss is the mean. */
function elements(context: NetworkContext, loss: Loss, measured: Measured): Value {
  const { graph } = context;
  const { outputs, targets } = measured;
  if (loss.name === "binary_crossentropy") {
    // −t·ln σ(z) − (1−t)·ln(1 − σ(z)) = ln(1 + eᶻ) − z·t
    const z = logitsOf(graph, loss, outputs) ?? outputs;
    const target = smoothed(context, loss, measured, 2);
    return graph.add("Sub", [graph.add("Softplus", [z]), graph.add("Mul", [z, target])]);
  }
  const difference = graph.add("Sub", [outputs, targets]);
  if (loss.name === "mean_squared_error") return graph.add("Mul", [difference, difference]);
  const error = graph.add("Abs", [difference]);
  if (loss.name !== "huber") return error;
  // With q = min(e, δ): e²/2 up to δ, then δ·(e − δ/2), are both q·(e − q/2).
  const q = graph.add("Clip", [error, "", context.scalar("loss/delta", loss.delta)]);
  const half = graph.add("Mul", [q, graph.scalar(0.5)]);
  return graph.add("Mul", [q, graph.add("Sub", [error, half])]);
}

/** What a softmax or a sigmoid at the end was taken of, or outputs that are said to be logits. */
function logitsOf(graph: OpGraph, loss: Loss, outputs: Value): Value | undefined {
  if ("from_logits" in loss && loss.from_logits) return outputs;
  const last = graph.producer(outputs);
  return last?.op === "Softmax" || last?.op === "Sigmoid" ? last.inputs[0] : undefined;
}

function logProbabilities(graph: OpGraph, loss: Loss, { outputs }: Measured): Value {
  const logits = logitsOf(graph, loss, outputs);
  if (logits !== undefined) return graph.add("LogSoftmax", [logits], { axis: -1 });
  const clip = (values: Value) =>
    graph.add("Clip", [values, graph.scalar(KERAS_EPSILON), graph.scalar(1 - KERAS_EPSILON)]);
  const shares = (values: Value) => {
    const sum = graph.add("ReduceSum", [values, graph.integers(-1)], { keepdims: 1 });
    return graph.add("Div", [values, graph.spread(sum, [-1], 1)]);
  };
  const isSparse = loss.name === "sparse_categorical_crossentropy";
  return graph.add("Log", [isSparse ? shares(clip(outputs)) : clip(shares(outputs))]);
}

const KERAS_EPSILON = 1e-7;

/** Targets moved towards 1 / `choices`. */
function smoothed(
  { graph, scalar }: NetworkContext,
  loss: Loss,
  { targets }: Measured,
  choices: number,
): Value {
  const smoothing = "label_smoothing" in loss ? loss.label_smoothing : 0;
  if (smoothing === 0) return targets;
  const kept = graph.add("Mul", [targets, scalar("loss/kept", 1 - smoothing)]);
  return graph.add("Add", [kept, scalar("loss/added", smoothing / choices)]);
}
