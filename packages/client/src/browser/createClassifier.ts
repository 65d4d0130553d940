import { AppError, greyOf, type Prediction, toModelPixels } from "@sweepyard/contract";

/**
 * The part of onnxruntime-web that is used: the page brings it, in the version and with the backend
 * that it wants.
 */
export interface OnnxRuntime {
  readonly Tensor: new (type: "float32", data: Float32Array, dims: readonly number[]) => object;
  readonly InferenceSession: {
    create(model: Uint8Array): Promise<OnnxSession>;
  };
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(inputs: Record<string, object>): Promise<Record<string, { readonly data: unknown }>>;
  release(): Promise<void>;
}

export interface ClassifierOptions {
  /** `import * as ort from "onnxruntime-web"`. */
  readonly ort: OnnxRuntime;
  /** The .onnx file that a run or a version exports. */
  readonly model: Uint8Array;
  /** Of the model's data set, by label. */
  readonly classNames: readonly string[];
  /** Of the model's input: [height, width] or [height, width, 1]. */
  readonly inputShape: readonly number[];
}

export interface Classifier {
  /**
   * What the picture shows, most probable first: what the server's predict says of it, but for how
   * the browser decodes a JPEG.
   * @param picture a PNG, JPEG or WebP, such as an upload form's file
   * @throws {AppError} `data_invalid` if the browser can't decode it.
   */
  classify(picture: Blob, topK?: number): Promise<Prediction[]>;
  release(): Promise<void>;
}

/** As on the server: a small file can claim billions of pixels. */
const MAX_PIXELS = 64_000_000;

/**
 * Loads a model to classify pictures in the page: they leave the visitor's machine only when the form
 * is sent.
 * @throws {AppError} `shape_mismatch` if the model takes no greyscale pictures.
 */
export async function createClassifier(options: ClassifierOptions): Promise<Classifier> {
  const { ort, classNames, inputShape } = options;
  const [height, width, channels = 1, ...more] = inputShape;
  if (height === undefined || width === undefined || channels !== 1 || more.length > 0)
    throw new AppError(
      "shape_mismatch",
      `the model takes inputs of shape [${inputShape}], which no greyscale picture has`,
    );
  const session = await ort.InferenceSession.create(options.model);
  const [input = "", output = ""] = [...session.inputNames, ...session.outputNames];
  return {
    async classify(picture, topK = 5) {
      const grey = await readGrey(picture);
      const pixels = toModelPixels(grey, { width, height });
      const scaled = pixels.map((pixel) => pixel / 255);
      const answer = await session.run({
        [input]: new ort.Tensor("float32", scaled, [1, ...inputShape]),
      });
      return rank(answer[output]?.data as Float32Array, classNames).slice(0, topK);
    },
    release: () => session.release(),
  };
}

async function readGrey(picture: Blob) {
  const bitmap = await createImageBitmap(picture, {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
  }).catch((cause: unknown) => {
    throw new AppError("data_invalid", "the picture can't be decoded", { cause });
  });
  try {
    const { width, height } = bitmap;
    if (width * height > MAX_PIXELS)
      throw new AppError("data_invalid", `the picture has more than ${MAX_PIXELS} pixels`);
    const context = new OffscreenCanvas(width, height).getContext("2d", {
      willReadFrequently: true,
    });
    if (context === null) throw new AppError("unavailable", "this browser has no canvas");
    context.drawImage(bitmap, 0, 0);
    return greyOf(context.getImageData(0, 0, width, height).data, width, height);
  } finally {
    bitmap.close();
  }
}

/** One output is the probability of the second class of two. */
function rank(outputs: Float32Array, classNames: readonly string[]): Prediction[] {
  const [second = 0] = outputs;
  const probabilities = outputs.length === 1 ? [1 - second, second] : [...outputs];
  return classNames
    .map((name, label) => ({ label, name, probability: probabilities[label] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
}
