import { describeEngine } from "../conformance.js";
import { onnxEngine } from "./onnxEngine.js";

describeEngine(onnxEngine);
