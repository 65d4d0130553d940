import { pythonWith } from "../pythonWith.mjs";

const here = (path) => new URL(`../${path}`, import.meta.url).pathname;
const node = (program) => () => [process.execPath, here(program)];
const python = (module, program) => () => [pythonWith(module), here(program)];

/** Programs that train an epoch for each line they read; `peer.mjs` starts them. */
export const PEERS = {
  onnx: { label: "sweepyard (onnx)", command: node("peers/sweepyard.mjs") },
  pytorch: { label: "PyTorch, fused Adam", command: python("torch", "peers/pytorch.py") },
  pytorch_flush: {
    label: "PyTorch, denormals flushed",
    command: python("torch", "peers/pytorch.py"),
    setup: { flushDenormals: true },
  },
  keras: { label: "Keras on TensorFlow", command: python("keras", "peers/keras_peer.py") },
  tfjs_node: { label: "tfjs-node on TensorFlow", command: node("peers/tfjs_node.mjs") },
};
