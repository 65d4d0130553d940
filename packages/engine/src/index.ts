export * from "./dataset.js";
export * from "./describeModel.js";
export * from "./engine.js";
export { evaluate } from "./evaluate.js";
export * from "./idx.js";
export * from "./idxDataset.js";
export * from "./safetensors.js";
export * from "./tensor.js";
