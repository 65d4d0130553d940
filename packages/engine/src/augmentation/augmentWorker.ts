import { parentPort, workerData } from "node:worker_threads";
import { type AugmentationSetup, augmentChunk, type Chunk } from "./augmentChunk.js";

/** A thread of `Augmenter`: gets chunks and sends each back augmented, buffers and all. */
const setup = workerData as AugmentationSetup;

parentPort?.on("message", (chunk: Chunk) => {
  const augmented = augmentChunk(chunk, setup);
  const arrays = [augmented.rows, augmented.x, augmented.targets, augmented.sampleWeight];
  const buffers = arrays.flatMap((array) => (array === undefined ? [] : [array.buffer]));
  parentPort?.postMessage(augmented, buffers as ArrayBuffer[]);
});
