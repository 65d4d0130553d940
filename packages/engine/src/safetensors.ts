import { AppError } from "@sweepyard/contract";
import { sizeOf, type Tensor, type Tensors } from "./tensor.js";

/**
 * The safetensors format: 8 bytes of header length (little-endian), a JSON header, the numbers.
 * Written here since no kept npm package does; float32 only.
 * @see https://huggingface.co/docs/safetensors
 */
export function encodeSafetensors(
  tensors: Tensors,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const json = JSON.stringify(header);
  const bare = Buffer.byteLength(json);
  const padded = Math.ceil(bare / 8) * 8; // the numbers stay aligned
  const bytes = Buffer.alloc(8 + padded + end, " ");
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  bytes.write(json, 8);
  let offset = 8 + padded;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return bytes;
}

export interface DecodedSafetensors {
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

/** @throws {AppError} `data_invalid` if `bytes` are not a whole float32 safetensors file. */
export function decodeSafetensors(bytes: Uint8Array): DecodedSafetensors {
  const invalid = (what: string) =>
    new AppError("data_invalid", `not a whole safetensors file: ${what}`);
  if (bytes.byteLength < 8) throw invalid(`${bytes.byteLength} bytes are too few`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  if (start > bytes.byteLength) throw invalid("the header is cut off");

  let header: Record<string, unknown>;
  try {
    header = JSON.parse(Buffer.from(bytes.subarray(8, start)).toString("utf8"));
  } catch (cause) {
    throw new AppError("data_invalid", "not a safetensors file: the header is no JSON", { cause });
  }
  const { __metadata__: metadata = {}, ...entries } = header;
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets: offsets } = entry as Partial<SafetensorsEntry>;
    if (dtype !== "F32") throw invalid(`${name} is ${dtype}, not F32`);
    if (!Array.isArray(shape) || !Array.isArray(offsets)) throw invalid(`${name} has no shape`);
    const [from = 0, to = 0] = offsets;
    if (to - from !== sizeOf(shape) * 4 || start + to > bytes.byteLength)
      throw invalid(`${name} does not fit its shape`);
    const copy = bytes.slice(start + from, start + to); // a copy starts aligned
    tensors.set(name, {
      shape,
      data: new Float32Array(copy.buffer, copy.byteOffset, copy.length / 4),
    });
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

interface SafetensorsEntry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}
