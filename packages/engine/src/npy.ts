import { AppError } from "@sweepyard/contract";
import { sizeOf } from "./tensor.js";

/** An array as NumPy writes it to a .npy file. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** Row-major. uint8 and bool stay bytes, integers become int32 where they fit, else float64. */
  readonly data: Uint8Array | Int32Array | Float32Array | Float64Array;
}

/** Numbers beyond this are refused before memory is taken for them. */
const MAX_VALUES = 2 ** 31;
const MAGIC = "\x93NUMPY";

/**
 * Reads the bytes of a .npy file of version 1 to 3: bool, integers and floats, little-endian, in C
 * or Fortran order.
 * @param name how errors call the file.
 * @throws {AppError} `data_invalid` if it is none, is cut off or holds another type.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function decodeNpy(bytes: Uint8Array, name: string): NpyArray {
  const { descr, fortran_order, shape, offset } = parseHeader(bytes, name);
  const read = READERS[descr];
  if (read === undefined) {
    const cure = /^[<>|]?[OSU]/.test(descr)
      ? "names become integers by np.unique(array, return_inverse=True)[1]"
      : 'array.astype("float32") is';
    throw invalid(
      name,
      `holds ${descr}: it must be bool, integers or floats, little-endian; ${cure}`,
    );
  }
  const count = sizeOf(shape);
  if (count > MAX_VALUES)
    throw invalid(name, `says it holds ${count} numbers; the most is ${MAX_VALUES}`);
  const length = count * Number(descr.slice(2));
  if (bytes.length - offset !== length)
    throw invalid(
      name,
      `has ${bytes.length - offset} bytes of numbers; its shape [${shape.join(", ")}] needs ${length}`,
    );
  // A copy, since a typed array must begin at a multiple of its element's size.
  const data = read(new Uint8Array(bytes.subarray(offset)).buffer);
  return { shape, data: fortran_order && shape.length > 1 ? toRowMajor(data, shape) : data };
}

const READERS: Readonly<Record<string, (buffer: ArrayBuffer) => NpyArray["data"]>> = {
  "|b1": (buffer) => new Uint8Array(buffer),
  "|u1": (buffer) => new Uint8Array(buffer),
  "|i1": (buffer) => Int32Array.from(new Int8Array(buffer)),
  "<u2": (buffer) => Int32Array.from(new Uint16Array(buffer)),
  "<i2": (buffer) => Int32Array.from(new Int16Array(buffer)),
  "<u4": (buffer) => narrowed(Float64Array.from(new Uint32Array(buffer))),
  "<i4": (buffer) => new Int32Array(buffer),
  "<u8": (buffer) => narrowed(Float64Array.from(new BigUint64Array(buffer), Number)),
  "<i8": (buffer) => narrowed(Float64Array.from(new BigInt64Array(buffer), Number)),
  "<f4": (buffer) => new Float32Array(buffer),
  "<f8": (buffer) => new Float64Array(buffer),
};

/** Whole numbers as int32 where all of them fit. */
const narrowed = (values: Float64Array): Int32Array | Float64Array =>
  values.every((value) => value === (value | 0)) ? Int32Array.from(values) : values;

function parseHeader(bytes: Uint8Array, name: string) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.toString("latin1", 0, 6) !== MAGIC) throw invalid(name, "is no .npy file");
  const version = view[6] ?? 0;
  const start = version === 1 ? 10 : 12;
  if (version < 1 || version > 3 || view.length < start)
    throw invalid(name, `is a .npy file of version ${version}; 1 to 3 can be read`);
  const length = version === 1 ? view.readUInt16LE(8) : view.readUInt32LE(8);
  const offset = start + length;
  if (offset > view.length) throw invalid(name, "is cut off in its header");
  const text = view.toString("latin1", start, offset);
  const descr = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const axes = /'shape':\s*\(([\d,\sL]*)\)/.exec(text)?.[1];
  if (descr === undefined || order === undefined || axes === undefined)
    throw invalid(name, `has a header that can't be read: ${text.trim().slice(0, 100)}`);
  const shape = axes
    .split(",")
    .map((axis) => axis.trim().replace(/L$/, ""))
    .filter((axis) => axis !== "")
    .map(Number);
  return { descr, fortran_order: order === "True", shape, offset };
}

/** The first axis is the fastest in `data`; it becomes the slowest. */
function toRowMajor<Data extends NpyArray["data"]>(data: Data, shape: readonly number[]): Data {
  const result = data.slice() as Data;
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from] as number;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] as number) + 1;
      from += strides[axis] as number;
      if (next < (shape[axis] as number)) {
        index[axis] = next;
        break;
      }
      from -= next * (strides[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}

const DESCR = { Uint8Array: "|u1", Int32Array: "<i4", Float32Array: "<f4" } as const;

/** The bytes of a .npy file of version 1, in C order; the same array always gives the same bytes. */
export function encodeNpy({
  shape,
  data,
}: {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array;
}): Uint8Array {
  const descr = DESCR[data.constructor.name as keyof typeof DESCR];
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${axes}), }`;
  const length = Math.ceil((10 + header.length + 1) / 64) * 64; // NumPy aligns the numbers so
  const bytes = new Uint8Array(length + data.byteLength);
  const head = Buffer.from(bytes.buffer);
  head.write(`${MAGIC}\x01\x00`, "latin1");
  head.writeUInt16LE(length - 10, 8);
  head.write(`${header.padEnd(length - 11)}\n`, 10, "latin1");
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), length);
  return bytes;
}

const invalid = (name: string, what: string) => new AppError("data_invalid", `${name} ${what}`);
