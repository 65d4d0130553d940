import type { Activation } from "@sweepyard/contract";
import type { NetworkOutput } from "./network.js";
import { elementNumber } from "./onnxModel.js";
import type { OpGraph, Value } from "./opGraph.js";

/**
 * Adds categorical cross-entropy, summed over the batch, in nats; a scalar.
 * Behind a softmax it is taken from the logits. Other outputs are divided by their row's sum and
 * clipped to [1e-7, 1 - 1e-7]. Both as Keras does.
 * @param oneHot [B, classes]
 */
export function addCrossEntropySum(
  graph: OpGraph,
  { logits, probabilities }: NetworkOutput,
  lastActivation: Activation,
  oneHot: Value,
): Value {
  const logProbabilities =
    lastActivation === "softmax"
      ? graph.add("LogSoftmax", [logits], { axis: -1 })
      : graph.add("Log", [clip(graph, normalised(graph, probabilities))]);
  const ofTheLabel = graph.add("Mul", [logProbabilities, oneHot]);
  return graph.add("Neg", [graph.add("ReduceSum", [ofTheLabel], { keepdims: 0 })]);
}

const normalised = (graph: OpGraph, outputs: Value): Value =>
  graph.add("Div", [
    outputs,
    graph.add("ReduceSum", [outputs, graph.integers(-1)], { keepdims: 1 }),
  ]);

const KERAS_EPSILON = 1e-7;

const clip = (graph: OpGraph, shares: Value): Value =>
  graph.add("Clip", [shares, graph.scalar(KERAS_EPSILON), graph.scalar(1 - KERAS_EPSILON)]);

/** Adds the number of rows whose highest output (the first of equals) is their label's; a float32 scalar. */
export function addCorrectCount(graph: OpGraph, probabilities: Value, labels: Value): Value {
  const predicted = graph.add("ArgMax", [probabilities], { axis: 1, keepdims: 0 });
  const hits = graph.add("Cast", [graph.add("Equal", [predicted, labels])], {
    to: elementNumber("float32"),
  });
  return graph.add("ReduceSum", [hits], { keepdims: 0 });
}
