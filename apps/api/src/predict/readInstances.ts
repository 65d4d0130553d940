import { AppError } from "@sweepyard/contract";
import type { RowForm } from "@sweepyard/db";

/** Axes that an error message tells of what it found. */
const MOST_AXES = 8;

/**
 * Reads rows given as JSON: a list of rows, or one row. Each is nested as the model's input is, or
 * flat, or `{"b64": "…"}`: of pixels a byte each, of other numbers a float32 each, little-endian.
 * @returns [count, ...inputShape] as the model takes them: pixels, 0..255, divided by 255, other
 *   numbers as they are.
 * @throws {AppError} `shape_mismatch` or `invalid_request`, naming the instance or the number.
 */
export function readInstances(instances: readonly unknown[], form: RowForm): Float32Array {
  const { inputShape } = form;
  const size = inputShape.reduce((product, axis) => product * axis, 1);
  if (isRow(instances, inputShape, size)) {
    const inputs = new Float32Array(size);
    fillRow(instances, inputs, { ...form, size, from: 0, path: "instances" });
    return inputs;
  }
  const inputs = new Float32Array(instances.length * size);
  for (let index = 0; index < instances.length; index++) {
    const path = `instances.${index}`;
    const row = decodeBase64(instances[index], form, path);
    fillRow(row, inputs, { ...form, size, from: index * size, path });
  }
  return inputs;
}

interface Place extends RowForm {
  /** Numbers of a row. */
  readonly size: number;
  /** Where the row begins in what is filled. */
  readonly from: number;
  readonly path: string;
}

/** Whether its outermost axis, and the first element's ones, fit; `fill` checks the rest. */
function isRow(value: readonly unknown[], shape: readonly number[], size: number): boolean {
  if (value.length === size && typeof value[0] === "number") return true;
  return shape.length > 1 && String(shapeOf(value)) === String(shape);
}

function fillRow(row: unknown, out: Float32Array, place: Place): void {
  const { inputShape, size, from, path } = place;
  const list = size === 1 && typeof row === "number" ? [row] : row;
  if (!Array.isArray(list)) throw wrongShape(path, list, inputShape);
  const isFlat = list.length === size && typeof list[0] === "number";
  fill(list, isFlat ? [size] : inputShape, out, { ...place, at: from });
}

/** @param place of `value`, which is the row or a part of it. */
function fill(
  value: unknown,
  shape: readonly number[],
  out: Float32Array,
  place: Pick<Place, "inputType" | "path"> & { readonly at: number },
): void {
  const { at, path, inputType } = place;
  const [axis = 0, ...inner] = shape;
  if (!Array.isArray(value) || value.length !== axis) throw wrongShape(path, value, shape);
  const stride = inner.reduce((product, side) => product * side, 1);
  if (inner.length === 0) fillNumbers(value, out, at, { path, inputType });
  else
    for (let index = 0; index < axis; index++)
      fill(value[index], inner, out, {
        at: at + index * stride,
        path: `${path}.${index}`,
        inputType,
      });
}

/** The loop that every pixel goes through: what it is called is made up only for an error. */
function fillNumbers(
  values: readonly unknown[],
  out: Float32Array,
  from: number,
  { inputType, path }: Pick<Place, "inputType" | "path">,
): void {
  const isPixels = inputType === "uint8";
  const [least, most, unit] = isPixels ? [0, 255, 255] : [-FLOAT32_MAX, FLOAT32_MAX, 1];
  for (let index = 0; index < values.length; index++) {
    const value = values[index];
    if (typeof value !== "number" || !(value >= least && value <= most))
      throw wrongNumber(`${path}.${index}`, value, isPixels);
    out[from + index] = value / unit;
  }
}

const FLOAT32_MAX = 2 ** 128 - 2 ** 104;

/** `{"b64": "…"}` holds bytes: one for each pixel, or four for each number. */
function decodeBase64(row: unknown, { inputType }: RowForm, path: string): unknown {
  if (typeof row !== "object" || row === null || !("b64" in row)) return row;
  const bytes = Buffer.from(String(row.b64), "base64");
  if (inputType === "uint8") return [...bytes];
  if (bytes.length % 4 !== 0)
    throw wrong(path, "shape", `has ${bytes.length} bytes: four make a number`);
  return Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
}

function shapeOf(value: unknown, axes = MOST_AXES): number[] {
  if (!Array.isArray(value) || axes === 0) return [];
  return [value.length, ...shapeOf(value[0], axes - 1)];
}

function wrongShape(path: string, value: unknown, shape: readonly number[]): AppError {
  const found = Array.isArray(value) ? `has shape [${shapeOf(value)}]` : "is no list";
  const size = shape.reduce((product, axis) => product * axis, 1);
  const message = `${found}; the model takes [${shape}], or ${size} numbers in a row`;
  return new AppError("shape_mismatch", `${path} ${message}`, {
    errors: [{ path, rule: "shape", message }],
  });
}

function wrongNumber(path: string, value: unknown, isPixels: boolean): AppError {
  const given = JSON.stringify(value) ?? String(value);
  const shown = given.length > 40 ? `${given.slice(0, 40)}…` : given;
  return isPixels
    ? wrong(path, "pixel_range", `is ${shown}: pixels are 0 to 255`)
    : wrong(path, "number", `is ${shown}: the model takes numbers of 32 bits`);
}

function wrong(path: string, rule: string, message: string): AppError {
  return new AppError("invalid_request", `${path} ${message}`, {
    errors: [{ path, rule, message }],
  });
}
