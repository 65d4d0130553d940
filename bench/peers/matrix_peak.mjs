// Prints how many floating-point operations a second onnxruntime makes in one large matrix product
// on one thread: the best of many, since anything else on the machine only slows it.
import proto from "onnx-proto";
import { InferenceSession, Tensor } from "onnxruntime-node";

const SIDE = 2048;
const TIMES = 12;

const { ModelProto, TensorProto } = proto.onnx;
const matrix = (name) => ({
  name,
  type: {
    tensorType: {
      elemType: TensorProto.DataType.FLOAT,
      shape: { dim: [{ dimValue: SIDE }, { dimValue: SIDE }] },
    },
  },
});
const model = ModelProto.encode({
  irVersion: 8,
  opsetImport: [{ domain: "", version: 18 }],
  graph: {
    name: "product",
    node: [{ opType: "MatMul", input: ["a", "b"], output: ["c"] }],
    input: [matrix("a"), matrix("b")],
    output: [matrix("c")],
  },
}).finish();
const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
const data = Float32Array.from({ length: SIDE * SIDE }, (_, at) => (at % 7) - 3);
const operand = new Tensor("float32", data, [SIDE, SIDE]);
let best = Number.POSITIVE_INFINITY;
for (let time = 0; time < TIMES; time++) {
  const started = performance.now();
  await session.run({ a: operand, b: operand });
  best = Math.min(best, performance.now() - started);
}
console.log(JSON.stringify({ gflops: (2 * SIDE ** 3) / best / 1e6 }));
