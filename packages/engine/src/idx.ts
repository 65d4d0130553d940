import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "@sweepyard/contract";
import { sizeOf } from "./tensor.js";

/** More numbers than this are refused before any is read: a gzip bomb stops here. */
const MAX_VALUES = 2 ** 31;

export interface IdxSummary {
  /** First axis: rows. */
  readonly shape: readonly number[];
  /** How often each value 0..255 occurs; of a file of labels, the rows per class. */
  readonly valueCounts: readonly number[];
}

export interface IdxArray {
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes as a stream, gzip or raw, in constant memory.
 * @param name how errors call the file.
 * @throws {AppError} `data_invalid` if it is not one, or its length is not what its header says.
 * @see http://yann.lecun.com/exdb/mnist/ (the format)
 */
export async function inspectIdx(
  source: AsyncIterable<Uint8Array>,
  name: string,
): Promise<IdxSummary> {
  const valueCounts = new Array<number>(256).fill(0);
  const shape = await scanIdx(source, name, () => (values) => {
    for (const value of values) valueCounts[value] = (valueCounts[value] as number) + 1;
  });
  return { shape, valueCounts };
}

/** Reads a whole IDX file of unsigned bytes, gzip or raw. Errors as `inspectIdx`. */
export async function readIdx(path: string, name = path): Promise<IdxArray> {
  let data = new Uint8Array(0);
  const shape = await scanIdx(createReadStream(path), name, (announced) => {
    data = new Uint8Array(sizeOf(announced));
    return (values, offset) => data.set(values, offset);
  });
  return { shape, data };
}

type Sink = (values: Uint8Array, offset: number) => void;

async function scanIdx(
  source: AsyncIterable<Uint8Array>,
  name: string,
  open: (shape: readonly number[]) => Sink,
): Promise<readonly number[]> {
  let head = Buffer.alloc(0);
  let shape: readonly number[] | undefined;
  let sink: Sink = () => {};
  let size = 0;
  let offset = 0;
  for await (const chunk of unzipped(source, name)) {
    let values = chunk;
    if (shape === undefined) {
      head = Buffer.concat([head, chunk]);
      const header = parseHeader(head, name);
      if (header === undefined) continue;
      shape = header.shape;
      size = sizeOf(shape);
      sink = open(shape);
      values = head.subarray(header.length);
    }
    if (offset + values.length > size)
      throw invalid(name, `has more than the ${size} bytes that its header's shape says`);
    sink(values, offset);
    offset += values.length;
  }
  if (shape === undefined) throw invalid(name, `ends after ${head.length} bytes, in its header`);
  if (offset < size)
    throw invalid(name, `is cut off: ${offset} of ${size} bytes of shape [${shape.join(", ")}]`);
  return shape;
}

/** undefined until the header is whole. */
function parseHeader(head: Buffer, name: string) {
  if (head.length < 4) return undefined;
  const [zeroA, zeroB, type, axes = 0] = head;
  if (zeroA !== 0 || zeroB !== 0 || type !== 0x08 || axes === 0) {
    throw invalid(
      name,
      `begins with bytes ${head.subarray(0, 4).toString("hex")}; an IDX file of unsigned bytes ` +
        `begins with 00000803 (images) or 00000801 (labels)`,
    );
  }
  const length = 4 + axes * 4;
  if (head.length < length) return undefined;
  const shape = Array.from({ length: axes }, (_, axis) => head.readUInt32BE(4 + axis * 4));
  if (sizeOf(shape) > MAX_VALUES)
    throw invalid(name, `says it holds ${sizeOf(shape)} bytes; ${MAX_VALUES} is the most`);
  return { shape, length };
}

async function* unzipped(source: AsyncIterable<Uint8Array>, name: string) {
  const chunks = source[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const whole = (async function* () {
    yield head;
    yield* { [Symbol.asyncIterator]: () => chunks };
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  const input = Readable.from(whole, { objectMode: false });
  const gunzip = createGunzip();
  input.on("error", (error) => gunzip.destroy(error));
  try {
    yield* input.pipe(gunzip) as AsyncIterable<Buffer>;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw invalid(name, `is no whole gzip file (${error.message})`);
  } finally {
    input.destroy();
  }
}

const isZlibError = (error: unknown): error is Error & { code: string } =>
  error instanceof Error && "code" in error && String(error.code).startsWith("Z_");

const invalid = (name: string, what: string) => new AppError("data_invalid", `${name} ${what}`);
