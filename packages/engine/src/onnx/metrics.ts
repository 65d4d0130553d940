import { TASK_METRICS, type Task } from "@sweepyard/contract";
import type { ModelDescription } from "../model/describeModel.js";
import { isFromLogits } from "../model/modelTask.js";
import type { Measured } from "./loss.js";
import { elementNumber } from "./onnxModel.js";
import type { OpGraph, Value } from "./opGraph.js";

/** Adds sums over the rows of the task's metrics, scalars by their names. */
export function addMetricSums(
  graph: OpGraph,
  { task, loss }: ModelDescription,
  measured: Measured & { readonly labels?: Value },
): Readonly<Record<string, Value>> {
  const sum = (value: Value) => graph.add("ReduceSum", [value], { keepdims: 0 });
  switch (task) {
    case "classification":
      return { accuracy: sum(hits(graph, measured)) };
    case "binary":
    case "multi_label": {
      const threshold = graph.scalar(isFromLogits(loss) ? 0 : 0.5);
      const positive = asFloat(graph, graph.add("Greater", [measured.outputs, threshold]));
      const right = asFloat(graph, graph.add("Equal", [positive, measured.targets]));
      return { accuracy: meanOfOutputs(graph, sum(right), measured) };
    }
    case "regression": {
      const difference = graph.add("Sub", [measured.outputs, measured.targets]);
      const squares = graph.add("Mul", [difference, difference]);
      return {
        mean_absolute_error: meanOfOutputs(graph, sum(graph.add("Abs", [difference])), measured),
        mean_squared_error: meanOfOutputs(graph, sum(squares), measured),
      };
    }
  }
}

/** In the order of the graphs' outputs. */
export const metricNames = (task: Task): readonly string[] => TASK_METRICS[task];

/** 1 for rows whose highest output (the first of equals) is their label's. */
function hits(
  graph: OpGraph,
  { outputs, targets, labels }: Measured & { readonly labels?: Value },
): Value {
  const highest = (value: Value) => graph.add("ArgMax", [value], { axis: 1, keepdims: 0 });
  return asFloat(graph, graph.add("Equal", [highest(outputs), labels ?? highest(targets)]));
}

const asFloat = (graph: OpGraph, value: Value): Value =>
  graph.add("Cast", [value], { to: elementNumber("float32") });

const meanOfOutputs = (graph: OpGraph, sum: Value, { n }: Measured): Value =>
  n === 1 ? sum : graph.add("Mul", [sum, graph.scalar(1 / n)]);
