import { TrainPlan } from "@sweepyard/contract";
import { InferenceSession } from "onnxruntime-node";
import { expect, test, vi } from "vitest";
import type { Dataset } from "../dataset.js";
import type { TrainEvent } from "../engine.js";
import { onnxEngine } from "./onnxEngine.js";

const COUNT = 32;
const rows = {
  count: COUNT,
  x: Float32Array.from({ length: COUNT * 3 }, (_, at) => Math.sin(at)),
  y: Uint8Array.from({ length: COUNT }, (_, row) => row % 2),
};
const dataset: Dataset = {
  inputShape: [3],
  task: "classification",
  classNames: ["even", "odd"],
  train: rows,
  test: rows,
};

/** Every number of units is a graph of its own, for training and for validation. */
const train = (units: number, changes: object = {}) =>
  onnxEngine.train(
    {
      plan: TrainPlan.parse({
        data: { dataset: "waves" },
        model: { template: "mlp", depth: 1, units },
        epochs: 3,
        ...changes,
      }),
      dataset,
      threads: 1,
    },
    new AbortController().signal,
  );

const finished = async (run: AsyncIterable<TrainEvent>) => {
  const events: TrainEvent[] = [];
  for await (const event of run) events.push(event);
  return events;
};
const losses = (events: readonly TrainEvent[]) =>
  events.map((event) => (event.kind === "epoch" ? event.metrics.loss : event.kind));

test("a run goes on while many others of other shapes come and go", async () => {
  const alone = losses(await finished(train(5)));
  const run = train(5)[Symbol.asyncIterator]();
  const first = await run.next();
  for (let units = 10; units < 30; units++) await finished(train(units));
  const rest: TrainEvent[] = first.done === true ? [] : [first.value];
  for (let next = await run.next(); next.done !== true; next = await run.next())
    rest.push(next.value);
  expect(losses(rest)).toEqual(alone);
});

test("runs of one shape that start together share a graph, and each may end first", async () => {
  const [one, other] = await Promise.all([finished(train(6)), finished(train(6))]);
  expect(losses(one)).toEqual(losses(other));
  expect(losses(await finished(train(6)))).toEqual(losses(one));
});

test("a sweep over rates, decays, seeds and batch sizes compiles its graphs once", async () => {
  const compile = vi.spyOn(InferenceSession, "create");
  for (const [seed, learning_rate] of [0.1, 0.01, 0.001].entries())
    await finished(
      train(7, {
        optimizer: { class_name: "AdamW", learning_rate, weight_decay: learning_rate / 2 },
        batch_size: 4 + seed,
        seed,
      }),
    );
  expect(compile).toHaveBeenCalledTimes(2); // one that trains, one that validates
  compile.mockRestore();
});
