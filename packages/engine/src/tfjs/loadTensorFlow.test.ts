import { expect, test } from "vitest";
import { loadTensorFlow } from "./loadTensorFlow.js";

test("goes on to the next backend, and says why one can't be had", async () => {
  const loaded = await loadTensorFlow(["tfjs-node", "cpu"]);
  expect(loaded.backend).toBe("cpu");
  expect(loaded.device).toMatch(/^tfjs JavaScript \d+\.\d+\.\d+, cpu$/);
  expect(loaded.missing).toMatchObject([
    { backend: "tfjs-node", reason: expect.stringContaining("@tensorflow/tfjs-node") },
  ]);
});

test("refuses where nothing works, with every reason", async () => {
  await expect(loadTensorFlow(["tfjs-node"])).rejects.toThrow("tfjs-node: Cannot find module");
});
