import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AppError } from "@sweepyard/contract";

/**
 * The bytes of `source`, inflated if they begin as gzip does. `count` hears of every byte as it
 * comes in and as it comes out and stops a bomb by throwing.
 * @throws {AppError} `data_invalid`, naming the file, if the gzip is broken; what `count` throws.
 */
export async function* inflated(
  source: AsyncIterable<Uint8Array>,
  name: string,
  count: (kind: "asSent" | "inflated", bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const chunks = counted(source, (bytes) => count("asSent", bytes));
  let head = Buffer.alloc(0);
  while (head.length < 2) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    head = Buffer.concat([head, value]);
  }
  const whole = (async function* () {
    yield head;
    yield* chunks;
  })();
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  yield* counted(isGzip ? gunzip(whole, name) : whole, (bytes) => count("inflated", bytes));
}

async function* counted(source: AsyncIterable<Uint8Array>, count: (bytes: number) => void) {
  for await (const chunk of source) {
    count(chunk.length);
    yield chunk;
  }
}

async function* gunzip(source: AsyncIterable<Uint8Array>, name: string) {
  const input = Readable.from(source, { objectMode: false });
  const output = createGunzip();
  let inputError: unknown;
  input.on("error", (error) => {
    inputError = error;
    output.destroy(error);
  });
  try {
    yield* input.pipe(output) as AsyncIterable<Buffer>;
  } catch (error) {
    if (inputError !== undefined) throw inputError;
    const message = `is no whole gzip file (${error instanceof Error ? error.message : error})`;
    throw new AppError("data_invalid", `${name} ${message}`, {
      cause: error,
      errors: [{ path: name, rule: "gzip", message }],
    });
  } finally {
    input.destroy();
    output.destroy();
  }
}
