import { Optimizer } from "@sweepyard/contract";
import { Tensor as OrtTensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { elementwiseKernel } from "./elementwiseKernel.js";
import { encodeModel, graphProto, type TensorType } from "./onnxModel.js";
import { OpGraph, type Value } from "./opGraph.js";
import { createOptimizerRule } from "./optimizers/createOptimizerRule.js";
import { createSession } from "./session.js";

const LENGTH = 64;
const BYTES = LENGTH * Float32Array.BYTES_PER_ELEMENT;

/** Numbers of many magnitudes and both signs, zeros among them. */
const numbers = (seed: number) =>
  Float32Array.from({ length: LENGTH }, (_, at) =>
    at % 9 === 0 ? 0 : Math.sin(seed * 7 + at * 13) * 10 ** ((at % 11) - 7),
  );

const memoryOf = (arrays: readonly Float32Array[]) => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 1 });
  const rows = arrays.map((array, index) => {
    const row = new Float32Array(memory.buffer, index * BYTES, LENGTH);
    row.set(array);
    return row;
  });
  return { memory, rows };
};

test.each([
  { class_name: "Adam" },
  { class_name: "Adam", amsgrad: true },
  { class_name: "Adamax" },
  { class_name: "Nadam" },
  { class_name: "Adagrad" },
  { class_name: "Adadelta" },
  { class_name: "RMSprop", momentum: 0.9, centered: true },
  { class_name: "SGD", momentum: 0.9, nesterov: true },
  { class_name: "Lion", weight_decay: 0.01 },
  { class_name: "Adam", use_ema: true, ema_overwrite_frequency: 3 },
])("an update has the bits of onnxruntime's operations: %o", async (config) => {
  const rule = createOptimizerRule(Optimizer.parse(config));
  const graph = new OpGraph();
  const slots = rule.slots.map(({ name }) => `slots/${name}`);
  const updated = rule.update(graph, { weight: "w", gradient: "g", slots });
  const arrays = ["w", "g", ...slots];
  const results = ["w", ...slots];
  const values = [updated.weight, ...updated.slots];
  const scalars: Readonly<Record<string, number>> = {
    ...rule.scalars,
    ...rule.stepScalars(0.01, 3),
  };
  const names = Object.keys(scalars);
  // Sums of squares are not negative.
  const inputs = arrays.map((_, index) =>
    index < 2 ? numbers(index) : numbers(index).map(Math.abs),
  );

  const { memory, rows } = memoryOf(inputs);
  const address = (array: Value) => arrays.indexOf(array) * BYTES;
  const run = elementwiseKernel(
    {
      graph,
      arrays: new Map(arrays.map((array) => [array, address(array)])),
      scalars: names,
      results: results.map((array, index) => ({
        value: values[index] as Value,
        address: address(array),
      })),
      length: LENGTH,
    },
    memory,
  );
  run(names.map((name) => scalars[name] as number));

  const float = (name: Value, shape: number[]): TensorType => ({ name, type: "float32", shape });
  const outputs = values.map((value, index) => {
    const name = `result${index}`;
    graph.rename(graph.add("Identity", [value]), name);
    return float(name, [LENGTH]);
  });
  const used = new Set(graph.nodes.flatMap((node) => node.inputs));
  const fed = [...arrays, ...names].filter((name) => used.has(name));
  const session = await createSession(
    encodeModel(
      graphProto("update", graph, {
        inputs: fed.map((name) => float(name, arrays.includes(name) ? [LENGTH] : [])),
        outputs,
      }),
    ),
    1,
  );
  const feeds = fed.map((name): [string, OrtTensor] => {
    const array = inputs[arrays.indexOf(name)];
    return [
      name,
      array === undefined
        ? new OrtTensor("float32", Float32Array.of(scalars[name] as number), [])
        : new OrtTensor("float32", array, [LENGTH]),
    ];
  });
  const wanted = await session.run(Object.fromEntries(feeds));
  for (const [index, array] of results.entries())
    expect(rows[arrays.indexOf(array)], array).toEqual(wanted[`result${index}`]?.data);
  await session.release();
});

test("only elementwise operations can be compiled", () => {
  const graph = new OpGraph();
  const value = graph.add("ReduceSum", ["x"]);
  const { memory } = memoryOf([numbers(0)]);
  const program = {
    graph,
    arrays: new Map([["x", 0]]),
    scalars: [],
    results: [{ value, address: 0 }],
    length: LENGTH,
  };
  expect(() => elementwiseKernel(program, memory)).toThrow("ReduceSum is no elementwise operation");
});
