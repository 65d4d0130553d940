// The same network in TensorFlow.js on TensorFlow's library: one epoch of fit() for each line on
// stdin. Its native part is built by infra/tfjs-binding/build.mjs.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import util from "node:util";
import { seedRows } from "./seedRun.mjs";

const setup = JSON.parse(process.argv[2]);
process.env.TF_CPP_MIN_LOG_LEVEL ??= "2";
process.env.TF_NUM_INTRAOP_THREADS = String(setup.threads);
process.env.TF_NUM_INTEROP_THREADS = "1";
util.isNullOrUndefined ??= (value) => value === null || value === undefined; // gone from Node 23
const tf = createRequire(import.meta.url)("@tensorflow/tfjs-node-gpu");

const { train } = await seedRows(setup);
const size = train.x.length / train.count;
const part = (from, to) => ({
  x: tf.tensor2d(
    Float32Array.from(train.x.subarray(from * size, to * size), (p) => p / 255),
    [to - from, size],
  ),
  y: tf.oneHot(tf.tensor1d(Int32Array.from(train.y.subarray(from, to)), "int32"), 10),
});
const training = part(0, setup.rows);
const validation = part(setup.rows, train.count);

const model = tf.sequential();
for (const [index, units] of setup.model.units.entries())
  model.add(
    tf.layers.dense({ units, activation: "relu", ...(index === 0 && { inputShape: [size] }) }),
  );
model.add(tf.layers.dense({ units: 10, activation: "softmax" }));
model.compile({
  optimizer: tf.train.adam(1e-3),
  loss: "categoricalCrossentropy",
  metrics: ["accuracy"],
});

const { binding } = tf.backend();
console.log(JSON.stringify({ version: `${tf.version.tfjs}, TensorFlow ${binding.TF_Version}` }));
for await (const _line of createInterface({ input: process.stdin })) {
  const started = performance.now();
  // Two calls, so that validation can be told apart.
  const fitted = await model.fit(training.x, training.y, {
    batchSize: setup.batch,
    epochs: 1,
    verbose: 0,
  });
  const trained = performance.now();
  const measured = model.evaluate(validation.x, validation.y, { batchSize: setup.batch });
  for (const metric of measured) {
    await metric.data();
    metric.dispose();
  }
  const ended = performance.now();
  const [loss] = fitted.history.loss;
  const epoch = {
    seconds: (trained - started) / 1000,
    epochSeconds: (ended - started) / 1000,
    loss,
  };
  console.log(JSON.stringify(epoch));
}
