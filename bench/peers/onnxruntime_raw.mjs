// Bare onnxruntime with one thread: node onnxruntime_raw.mjs MODEL ROWS SECONDS, forked; sends rows a second.
import ort from "onnxruntime-node";

const [path, rows, seconds] = process.argv.slice(2);
const session = await ort.InferenceSession.create(path, {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const [input] = session.inputNames;
const shape = [Number(rows), ...session.inputMetadata[0].shape.slice(1)];
const size = shape.reduce((product, axis) => product * axis, 1);
const data = Float32Array.from({ length: size }, (_, i) => ((i * 7) % 256) / 255);
const call = () => session.run({ [input]: new ort.Tensor("float32", data, shape) });
for (let warm = 0; warm < 20; warm++) await call();
const start = performance.now();
let done = 0;
while (performance.now() - start < Number(seconds) * 1000) {
  await call();
  done += Number(rows);
}
process.send((done / (performance.now() - start)) * 1000, () => process.exit());
