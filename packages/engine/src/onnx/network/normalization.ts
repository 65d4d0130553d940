import type { Layer } from "@sweepyard/contract";
import type { LayerDescription } from "../../model/layerDescription.js";
import type { OpGraph, Value } from "../opGraph.js";
import type { NetworkContext } from "./networkContext.js";
import { type ChannelView, channelView, type Signal } from "./signal.js";

type Kind<Name extends Layer["class_name"]> = LayerDescription<
  Extract<Layer, { class_name: Name }>
>;

/**
 * y = γ·(x − μ)/√(σ² + ε) + β for each channel. In training μ and σ² are the batch's, and the moving
 * statistics follow them; otherwise they are the moving ones.
 * @see Ioffe & Szegedy, Batch Normalization (2015)
 */
export function addBatchNormalization(
  { graph, training, weight, scalar, setState }: NetworkContext,
  { name, layer }: Kind<"BatchNormalization">,
  signal: Signal,
): Signal {
  const view = channelView(graph, signal);
  const { others, vectorShape } = view;
  const moving = (of: string) => vector(graph, view, weight(`${name}/${of}`));
  let mean: Value;
  let variance: Value;
  if (training) {
    mean = graph.add("ReduceMean", [view.value, graph.integers(...others)], { keepdims: 1 });
    graph.spread(mean, others, 1);
  } else mean = moving("moving_mean");
  const centred = graph.add("Sub", [view.value, mean]);
  if (training) {
    const squares = graph.add("Mul", [centred, centred]);
    variance = graph.add("ReduceMean", [squares, graph.integers(...others)], { keepdims: 1 });
    for (const [of, batch] of [
      ["moving_mean", mean],
      ["moving_variance", variance],
    ] as const) {
      const id = weight(`${name}/${of}`);
      const now = graph.add("Reshape", [batch, graph.integers(-1)]);
      // m + (batch − m)·(1 − momentum)
      const step = graph.add("Mul", [
        graph.add("Sub", [now, id]),
        scalar(`${name}/1-momentum`, 1 - layer.momentum),
      ]);
      setState(`${name}/${of}`, graph.add("Add", [id, step]));
    }
  } else variance = moving("moving_variance");

  const epsilon = scalar(`${name}/epsilon`, layer.epsilon);
  const deviation = graph.add("Sqrt", [graph.add("Add", [variance, epsilon])]);
  const scale = layer.scale
    ? graph.add("Div", [
        graph.add("Reshape", [weight(`${name}/gamma`), graph.integers(...vectorShape)]),
        deviation,
      ])
    : graph.add("Reciprocal", [deviation]);
  const scaled = graph.add("Mul", [centred, graph.spread(scale, others, 1)]);
  if (!layer.center) return view.back(scaled);
  const beta = vector(graph, view, weight(`${name}/beta`));
  return view.back(graph.add("Add", [scaled, beta]));
}

/**
 * y = γ·(x − μ)/√(σ² + ε) + β with μ and σ² over the channels of each cell.
 * @see Ba, Kiros & Hinton, Layer Normalization (2016)
 */
export function addLayerNormalization(
  { graph, weight, scalar }: NetworkContext,
  { name, layer }: Kind<"LayerNormalization">,
  signal: Signal,
): Signal {
  const view = channelView(graph, signal);
  const axes = graph.integers(view.channel);
  const meanOf = (value: Value) => graph.add("ReduceMean", [value, axes], { keepdims: 1 });
  const spread = (value: Value) => graph.spread(value, [view.channel], 1);
  const centred = graph.add("Sub", [view.value, spread(meanOf(view.value))]);
  const variance = meanOf(graph.add("Mul", [centred, centred]));
  const epsilon = scalar(`${name}/epsilon`, layer.epsilon);
  const deviation = graph.add("Sqrt", [graph.add("Add", [variance, epsilon])]);
  let y = graph.add("Div", [centred, spread(deviation)]);
  if (layer.scale) y = graph.add("Mul", [y, vector(graph, view, weight(`${name}/gamma`))]);
  if (layer.center) y = graph.add("Add", [y, vector(graph, view, weight(`${name}/beta`))]);
  return view.back(y);
}

/** A weight with a number for each channel, in the view's shape. */
function vector(graph: OpGraph, { others, vectorShape }: ChannelView, weight: Value): Value {
  if (vectorShape.length === 1) return graph.spread(weight, others, 0);
  return graph.spread(graph.add("Reshape", [weight, graph.integers(...vectorShape)]), others, 1);
}
