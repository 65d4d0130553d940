import { describeEngine } from "../conformance.js";
import { onnxEngine } from "./onnxEngine.js";

/** Layers, losses and weights of rows that the graph does not have so far. */
const pending =
  /conv|batchnorm|layernorm|dropout|all-layers|act-(elu|gelu|layers|leaky|relu6|selu|softplus|softsign|swish)|-l1|l2|clipnorm-adam|class-weight|sample-weight|loss-(bce|mae|mse|cce-(logits|not-softmax|smooth)|sparse-logits)/;

describeEngine(onnxEngine, { pending });
