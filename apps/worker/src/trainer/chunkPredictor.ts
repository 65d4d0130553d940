import { type FileHandle, open, readFile } from "node:fs/promises";
import {
  AppError,
  packPredictions,
  type TrainerCommand,
  type TrainerEvent,
} from "@sweepyard/contract";
import type { ArtifactStore } from "@sweepyard/db/artifactStore";
import { type LoadedModel, loadModel } from "@sweepyard/engine";
import { readImage } from "@sweepyard/engine/images";

export type PredictCommand = Extract<TrainerCommand, { kind: "predict" }>;
type Predicted = Extract<TrainerEvent, { kind: "predicted" }>;
type RowInput = Extract<PredictCommand["input"], { kind: "rows" }>;

/** Rows in one call of the model: their inputs and the layers' outputs stay in the cache. */
const CALL_ROWS = 256;
const PIXEL_SCALE = 1 / 255;

/** Predicts chunks of batches. It keeps the last model: the chunks of a batch all ask one. */
export class ChunkPredictor {
  readonly #store: ArtifactStore;
  #key = "";
  #model: LoadedModel | undefined;

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /**
   * @throws {AppError} `not_found` if a file is missing, `shape_mismatch`.
   * @throws `signal.reason` when told to stop.
   */
  async predict(command: PredictCommand, signal: AbortSignal): Promise<Predicted> {
    const model = await this.#load(command);
    const file = await open(this.#store.path(command.input.sha256)).catch((cause: unknown) => {
      throw new AppError("not_found", "the batch's input was deleted from the artifact store", {
        cause,
      });
    });
    try {
      const { input, items } = command;
      const { outputs, failures } =
        input.kind === "rows" && !Array.isArray(items)
          ? await predictRows(model, file, { input, ...items }, signal)
          : await predictPictures(model, file, Array.isArray(items) ? items : [], command, signal);
      const missing = new Set(failures.map(({ at }) => at));
      const results = packPredictions(outputs, model, command.topK, missing);
      return { kind: "predicted", results, failures };
    } finally {
      await file.close();
    }
  }

  async #load({ model: sha256, threads }: PredictCommand): Promise<LoadedModel> {
    const key = `${sha256} ${threads}`;
    if (this.#model !== undefined && this.#key === key) return this.#model;
    const bytes = await readFile(this.#store.path(sha256)).catch((cause: unknown) => {
      throw new AppError("not_found", "the version's file was deleted from the artifact store", {
        cause,
      });
    });
    await this.#model?.release();
    this.#model = undefined;
    this.#model = await loadModel(bytes, { threads });
    this.#key = key;
    return this.#model;
  }
}

interface Outputs {
  /** [items, classes]; zeros for items that could not be read. */
  readonly outputs: Float32Array;
  readonly failures: Predicted["failures"];
}

async function predictRows(
  model: LoadedModel,
  file: FileHandle,
  { input, first, count }: { input: RowInput; first: number; count: number },
  signal: AbortSignal,
): Promise<Outputs> {
  const size = sizeOf(model);
  const rowBytes = size * (input.type === "uint8" ? 1 : 4);
  const bytes = new Uint8Array(count * rowBytes);
  await readFully(file, bytes, input.start + first * rowBytes);
  const classes = model.classNames.length;
  const outputs = new Float32Array(count * classes);
  const scaled = new Float32Array(Math.min(CALL_ROWS, count) * size);
  for (let from = 0; from < count; from += CALL_ROWS) {
    signal.throwIfAborted();
    const rows = Math.min(CALL_ROWS, count - from);
    const inputs =
      input.type === "uint8"
        ? scale(bytes.subarray(from * size, (from + rows) * size), scaled)
        : new Float32Array(bytes.buffer, from * rowBytes, rows * size);
    outputs.set(await model.predict(inputs), from * classes);
  }
  return { outputs, failures: [] };
}

/** Pixels 0..1 into the beginning of `out`. */
function scale(pixels: Uint8Array, out: Float32Array): Float32Array {
  for (let i = 0; i < pixels.length; i++) out[i] = (pixels[i] as number) * PIXEL_SCALE;
  return out.subarray(0, pixels.length);
}

async function predictPictures(
  model: LoadedModel,
  file: FileHandle,
  items: readonly (readonly [start: number, bytes: number])[],
  { threads }: PredictCommand,
  signal: AbortSignal,
): Promise<Outputs> {
  const size = sizeOf(model);
  const inputs = new Float32Array(items.length * size);
  const failures: Predicted["failures"] = [];
  let next = 0;
  const decode = async () => {
    while (next < items.length) {
      signal.throwIfAborted();
      const at = next++;
      const [start = 0, length = 0] = items[at] ?? [];
      try {
        const bytes = new Uint8Array(length);
        await readFully(file, bytes, start);
        const pixels = await readImage(bytes, model.inputShape);
        inputs.set(
          pixels.map((pixel) => pixel * PIXEL_SCALE),
          at * size,
        );
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== "data_invalid") throw error;
        failures.push({ at, reason: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: threads }, decode));
  failures.sort((a, b) => a.at - b.at);
  return { outputs: await model.predict(inputs), failures };
}

async function readFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
  if (bytesRead < bytes.length)
    throw new AppError("not_found", "the batch's input in the artifact store is cut off");
}

const sizeOf = ({ inputShape }: LoadedModel): number =>
  inputShape.reduce((size, axis) => size * axis, 1);
