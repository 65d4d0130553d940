import { AppError, requirePlainJson, toFieldErrors } from "@sweepyard/contract";
import { z } from "zod";

/**
 * The body of an inference request of KServe's open inference protocol, version 2: JSON, and behind
 * it the bytes of tensors that say so (the binary tensor data extension). Unknown fields are taken
 * and left, as the protocol asks.
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
 * @see https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_binary_data.md
 */

const Parameters = z.looseObject({
  binary_data_size: z.int().min(0).optional(),
  binary_data: z.boolean().optional(),
  binary_data_output: z.boolean().optional(),
});

const InferBody = z.looseObject({
  id: z.string().max(200).optional(),
  parameters: Parameters.optional(),
  inputs: z
    .array(
      z.looseObject({
        name: z.string(),
        shape: z.array(z.int().min(0)).min(1).max(8),
        datatype: z.string(),
        parameters: Parameters.optional(),
        data: z.array(z.unknown()).optional(),
      }),
    )
    .length(1, "the model has one input"),
  outputs: z
    .array(z.looseObject({ name: z.string(), parameters: Parameters.optional() }))
    .optional(),
});

export interface InferRequest {
  readonly id: string | undefined;
  readonly input: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly datatype: string;
    /** As the model takes them: UINT8 are pixels and divided by 255. */
    readonly values: Float32Array;
  };
  /** Names of the outputs that are asked for; absent: all. */
  readonly outputs: readonly string[] | undefined;
  /** Whether the answer's numbers come as bytes behind its JSON. */
  readonly isBinary: boolean;
}

const BYTES = { UINT8: 1, FP32: 4, FP64: 8 } as const;
type Datatype = keyof typeof BYTES;

/**
 * @param body the whole body. @param jsonBytes of them that are JSON, if others follow.
 * @throws {AppError} `invalid_request`, `shape_mismatch`.
 */
export function readInferRequest(body: Buffer, jsonBytes: number | undefined): InferRequest {
  const { id, parameters, inputs, outputs } = parse(body.subarray(0, jsonBytes));
  const [tensor] = inputs;
  if (tensor === undefined) throw new AppError("invalid_request", "the model has one input");
  const { name, shape, datatype, data } = tensor;
  if (!Object.hasOwn(BYTES, datatype))
    throw wrong("inputs.0.datatype", `${datatype} is none of ${Object.keys(BYTES).join(", ")}`);
  const count = shape.reduce((product, axis) => product * axis, 1);
  const binarySize = tensor.parameters?.binary_data_size;
  const numbers =
    binarySize === undefined
      ? flatten(data)
      : fromBytes(body.subarray(jsonBytes ?? body.length), binarySize, datatype as Datatype);
  if (numbers.length !== count)
    throw new AppError(
      "shape_mismatch",
      `inputs.0 has ${numbers.length} numbers, and its shape [${shape}] needs ${count}`,
    );
  const isBinary = parameters?.binary_data_output ?? false;
  return {
    id,
    input: { name, shape, datatype, values: toInputs(numbers, datatype as Datatype) },
    outputs: outputs?.map((output) => output.name),
    isBinary: outputs?.some((output) => output.parameters?.binary_data ?? isBinary) ?? isBinary,
  };
}

function parse(json: Buffer): z.infer<typeof InferBody> {
  let value: unknown;
  try {
    value = JSON.parse(json.toString("utf8"));
  } catch (cause) {
    throw new AppError("invalid_request", `the body is no JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
  requirePlainJson(value);
  const parsed = InferBody.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = toFieldErrors(parsed.error);
  const [first] = errors;
  throw new AppError("invalid_request", `${first?.path}: ${first?.message}`, { errors });
}

const flatten = (data: readonly unknown[] | undefined): readonly unknown[] => {
  if (data === undefined) throw wrong("inputs.0.data", "is missing");
  return Array.isArray(data[0]) ? data.flat(8) : data;
};

/** Little-endian, as the extension has it. */
function fromBytes(
  bytes: Buffer,
  size: number,
  datatype: Datatype,
): Uint8Array | Float32Array | Float64Array {
  if (bytes.length !== size || size % BYTES[datatype] !== 0)
    throw wrong(
      "inputs.0.parameters.binary_data_size",
      `is ${size}, and ${bytes.length} bytes follow the JSON`,
    );
  const own = Uint8Array.from(bytes).buffer; // a copy, which starts aligned
  if (datatype === "UINT8") return new Uint8Array(own);
  return datatype === "FP32" ? new Float32Array(own) : new Float64Array(own);
}

function toInputs(numbers: ArrayLike<unknown>, datatype: Datatype): Float32Array {
  const values = new Float32Array(numbers.length);
  for (let at = 0; at < numbers.length; at++) {
    const value = numbers[at];
    if (typeof value !== "number" || !Number.isFinite(value))
      throw wrong(
        `inputs.0.data.${at}`,
        `is ${JSON.stringify(value) ?? "missing"}, no finite number`,
      );
    if (datatype === "UINT8" && !(value >= 0 && value <= 255))
      throw wrong(`inputs.0.data.${at}`, `is ${value}: UINT8 goes from 0 to 255`);
    values[at] = datatype === "UINT8" ? value / 255 : value;
  }
  return values;
}

const wrong = (path: string, message: string): AppError =>
  new AppError("invalid_request", `${path} ${message}`, {
    errors: [{ path, rule: "infer", message }],
  });
