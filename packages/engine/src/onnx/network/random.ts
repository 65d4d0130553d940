import { elementNumber } from "../onnxModel.js";
import type { OpGraph, Value } from "../opGraph.js";
import type { NetworkContext, Randomness } from "./networkContext.js";
import type { Signal } from "./signal.js";

/** Odd, near 2³² divided by the golden ratio: multiples of it lie far apart. */
export const RAMP_STEP = 0x9e3779b9;

/**
 * Random 32-bit integers, one for each number of a signal: a hash of the number's place and of two
 * keys, which are drawn for the step and the layer. Nothing is carried from step to step, so a step
 * draws the same whoever runs it. The multipliers are those of `lowbias32`, whose last round is left
 * out: it would only change low bits, and here the high ones decide.
 * @see Wellons, Prospecting for Hash Functions (2018), https://nullprogram.com/blog/2018/07/31/
 */
function addHash(graph: OpGraph, random: Randomness, size: number): Value {
  const shifted = (value: Value, bits: number) =>
    graph.add("BitwiseXor", [
      value,
      graph.add("BitShift", [value, graph.unsigned(bits)], { direction: "RIGHT" }),
    ]);
  const times = (value: Value, factor: number) => graph.add("Mul", [value, graph.unsigned(factor)]);
  const first = shifted(graph.add("Add", [random.ramp(size), random.key()]), 16);
  const second = shifted(graph.add("Add", [times(first, 0x7feb352d), random.key()]), 15);
  return times(second, 0x846ca68b);
}

/**
 * Each number is kept with probability 1 − rate and multiplied by 1 / (1 − rate), or becomes 0.
 * @see Srivastava et al., Dropout (2014), §10: inverted dropout
 */
export function addDropout(
  { graph, random, scalar, unsigned }: NetworkContext,
  name: string,
  rate: number,
  signal: Signal,
): Signal {
  if (random === undefined || rate === 0) return signal;
  const highestDropped = unsigned(`${name}/dropped`, Math.round(rate * 2 ** 32) - 1);
  const hash = addHash(graph, random, sizeOfSignal(signal));
  const kept = graph.add("Cast", [graph.add("Less", [highestDropped, hash])], {
    to: elementNumber("float32"),
  });
  const factor = graph.add("Mul", [kept, scalar(`${name}/scale`, 1 / (1 - rate))]);
  return { ...signal, value: graph.add("Mul", [signal.value, likeSignal(graph, factor, signal)]) };
}

/** Adds noise from N(0, stddev²). @see Box & Muller (1958) */
export function addGaussianNoise(
  { graph, random, scalar }: NetworkContext,
  name: string,
  stddev: number,
  signal: Signal,
): Signal {
  if (random === undefined || stddev === 0) return signal;
  const size = sizeOfSignal(signal);
  const unit = () => {
    // The 24 high bits, which a float32 holds exactly, moved by a half: never 0, never 1.
    const bits = graph.add("BitShift", [addHash(graph, random, size), graph.unsigned(8)], {
      direction: "RIGHT",
    });
    const float = graph.add("Cast", [bits], { to: elementNumber("float32") });
    return graph.add("Mul", [graph.add("Add", [float, graph.scalar(0.5)]), graph.scalar(2 ** -24)]);
  };
  const radius = graph.add("Sqrt", [
    graph.add("Mul", [graph.add("Log", [unit()]), graph.scalar(-2)]),
  ]);
  const angle = graph.add("Mul", [unit(), graph.scalar(2 * Math.PI)]);
  const normal = graph.add("Mul", [radius, graph.add("Cos", [angle])]);
  const noise = graph.add("Mul", [normal, scalar(`${name}/stddev`, stddev)]);
  return { ...signal, value: graph.add("Add", [signal.value, likeSignal(graph, noise, signal)]) };
}

const sizeOfSignal = ({ shape }: Signal): number => shape.reduce((size, axis) => size * axis, 1);

const likeSignal = (graph: OpGraph, flat: Value, { value }: Signal): Value =>
  graph.add("Reshape", [flat, graph.add("Shape", [value])]);
