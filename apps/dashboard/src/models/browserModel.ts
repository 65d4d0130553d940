import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import * as ort from "onnxruntime-web/wasm";

/** One thread needs no worker and no shared memory, which pages without isolation do not have. */
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: wasmUrl };

/** A model's ONNX file, run by this browser itself. */
export interface BrowserModel {
  /**
   * @param pixels of one row, 0 to 255, in the model's input shape.
   * @param names how many classes, labels or targets there are.
   * @returns the probability, or the value, of each.
   */
  predict(
    pixels: readonly number[],
    shape: readonly number[],
    names: number,
  ): Promise<Float32Array>;
}

/** @param url of the .onnx file. @throws {Error} with what the server or the runtime says. */
export async function loadBrowserModel(url: string): Promise<BrowserModel> {
  const response = await fetch(url);
  if (!response.ok)
    throw new Error(`the model's file can't be had: the server answers ${response.status}`);
  const session = await ort.InferenceSession.create(await response.arrayBuffer());
  const [input = ""] = session.inputNames;
  const [output = ""] = session.outputNames;
  return {
    async predict(pixels, shape, names) {
      const data = Float32Array.from(pixels, (pixel) => pixel / 255);
      const outputs = await session.run({
        [input]: new ort.Tensor("float32", data, [1, ...shape]),
      });
      const numbers = outputs[output]?.data as Float32Array;
      return numbers.length === 1 && names === 2 ? bothClasses(numbers) : numbers;
    },
  };
}

/** A binary model's only output is the probability of its second class. */
const bothClasses = ([second = 0]: Float32Array): Float32Array =>
  Float32Array.of(1 - second, second);
