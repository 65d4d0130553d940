import { expect, test } from "vitest";
import { loadTensorFlow } from "./loadTensorFlow.js";

test("numbers close to 0 have a sign on WebAssembly", async () => {
  const { tf } = await loadTensorFlow(["wasm"]);
  const signs = tf.sign(tf.tensor([1, 1e-7, 1e-30, 0, -1e-30, -1e-7, -1]));
  expect([...(await signs.data())]).toEqual([1, 1, 1, 0, -1, -1, -1]);
});
