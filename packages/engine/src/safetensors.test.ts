import { expect, test } from "vitest";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.js";
import type { Tensor } from "./tensor.js";

const tensors = new Map<string, Tensor>([
  ["a/kernel", { shape: [2, 3], data: Float32Array.of(1, -0, Number.NaN, 1e-45, 3.4e38, 6) }],
  ["ü", { shape: [], data: Float32Array.of(7) }],
  ["empty", { shape: [0, 4], data: new Float32Array(0) }],
]);

test("gives back what it wrote, to the bit", () => {
  const decoded = decodeSafetensors(encodeSafetensors(tensors, { epoch: "3" }));
  expect(decoded).toEqual({ tensors, metadata: { epoch: "3" } });
});

test("writes the layout of the format", () => {
  const bytes = Buffer.from(
    encodeSafetensors(new Map([["w", { shape: [1], data: Float32Array.of(1) }]])),
  );
  const length = Number(bytes.readBigUInt64LE(0));
  expect(length % 8).toBe(0);
  expect(JSON.parse(bytes.subarray(8, 8 + length).toString())).toEqual({
    __metadata__: {},
    w: { dtype: "F32", shape: [1], data_offsets: [0, 4] },
  });
  expect(bytes.subarray(8 + length).toString("hex")).toBe("0000803f");
});

test("reads from any place in a larger buffer", () => {
  const bytes = encodeSafetensors(tensors);
  const larger = new Uint8Array(bytes.length + 1);
  larger.set(bytes, 1);
  expect(decodeSafetensors(larger.subarray(1)).tensors).toEqual(tensors);
});

test("refuses every cut-off file, and other files", () => {
  const bytes = encodeSafetensors(tensors);
  for (let length = 0; length < bytes.length; length += 3)
    expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length}`).toThrow("safetensors");
  expect(() => decodeSafetensors(Buffer.from("PNG, or so it seems"))).toThrow("safetensors");
  const other = Buffer.from(bytes).toString("latin1").replace('"F32"', '"I32"');
  expect(() => decodeSafetensors(Buffer.from(other, "latin1"))).toThrow("not F32");
});
