import { AppError, type DatasetOptions } from "@sweepyard/contract";
import sharp, { type Metadata, type Sharp } from "sharp";
import type { ConversionJob, LabelledRows, ReadRows, SkippedFile } from "./conversion.js";
import { invalidPart, tooLarge } from "./invalidPart.js";
import { Budget, readArchive } from "./readArchive.js";
import { splitTest } from "./splitTest.js";

type ImageOptions = Extract<DatasetOptions, { format: "images" }>;

/** A picture of more pixels is refused before it is decoded: a small file may hold a huge one. */
const MAX_PIXELS = 50_000_000;
const FORMATS = ["png", "jpeg", "webp"];
const IMAGE_NAME = /\.(png|jpe?g|webp)$/i;
/** What archivers and file managers leave behind. */
const DEBRIS = /(^|[/\\])(__MACOSX[/\\]|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;

/** One picture in its place: which part and class it belongs to. */
interface Picture {
  readonly split: "train" | "test";
  readonly className: string;
  readonly pixels: Uint8Array;
}

interface Target {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
}

/**
 * Reads archives of images in a folder for each class, with folders `train` and `test` around them
 * or without. Classes are the folders' names in alphabetical order.
 * @throws {AppError} naming the file in the archive, unless `on_error` says to leave it out.
 */
export async function convertImages(job: ConversionJob): Promise<ReadRows> {
  const options = job.options as ImageOptions;
  const budget = new Budget(job.maxBytes);
  const reader = new ImageReader(options, job.maxBytes);
  if (job.parts.train === undefined)
    throw invalidPart("train", "required", "is missing", "invalid_request");
  for (const part of ["train", "test"] as const) {
    const path = job.parts[part];
    if (path === undefined) continue;
    for await (const { name, read } of readArchive(path, part, budget))
      await reader.add(part, name, read);
  }
  return reader.finish();
}

class ImageReader {
  readonly #options: ImageOptions;
  readonly #maxBytes: number;
  readonly #pictures: Picture[] = [];
  readonly #skipped: SkippedFile[] = [];
  #target: Target | undefined;
  #bytes = 0;

  constructor(options: ImageOptions, maxBytes: number) {
    this.#options = options;
    this.#maxBytes = maxBytes;
  }

  async add(part: "train" | "test", name: string, read: () => Promise<Buffer>): Promise<void> {
    if (DEBRIS.test(name)) return;
    if (!IMAGE_NAME.test(name)) {
      this.#skipped.push({ file: name, reason: "is no .png, .jpg, .jpeg or .webp" });
      return;
    }
    try {
      const place = placeOf(name);
      const pixels = await this.#decode(await read());
      this.#bytes += pixels.length;
      this.#pictures.push({ ...place, split: place.split ?? part, pixels });
    } catch (error) {
      if (error instanceof AppError && error.code === "payload_too_large") throw error;
      const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      if (this.#options.on_error === "refuse")
        throw invalidPart(
          part,
          "image",
          `${name}: ${reason}; on_error: skip leaves such files out and lists them`,
        );
      this.#skipped.push({ file: name, reason });
    }
    if (this.#bytes > this.#maxBytes) throw tooLarge(part, "takes, as pixels,", this.#maxBytes);
  }

  finish(): ReadRows {
    if (this.#pictures.length === 0 || this.#target === undefined)
      throw invalidPart("train", "empty", `has no images that can be read${this.#firstReason()}`);
    const train = this.#pictures.filter(({ split }) => split === "train");
    const test = this.#pictures.filter(({ split }) => split === "test");
    const classNames = [...new Set(train.map(({ className }) => className))].sort();
    if (classNames.length < 2)
      throw invalidPart(
        "train",
        "class_count",
        `has ${classNames.length === 0 ? "no training images" : `the one class "${classNames[0]}"`}: ` +
          "images lie in a folder for each class, two at least",
      );
    const unknown = test.find(({ className }) => !classNames.includes(className));
    if (unknown !== undefined)
      throw invalidPart(
        "test",
        "unknown_class",
        `has images of class "${unknown.className}", which train lacks`,
      );
    const { height, width, channels } = this.#target;
    const described = {
      task: "classification" as const,
      classNames,
      inputShape: channels === 1 ? [height, width] : [height, width, channels],
      skipped: this.#skipped,
    };
    const rows = labelled(train, classNames);
    return test.length === 0
      ? { ...described, ...splitTest(described, rows, this.#options.test) }
      : { ...described, train: rows, test: labelled(test, classNames) };
  }

  #firstReason(): string {
    const [first] = this.#skipped;
    return first === undefined ? "" : `, such as ${first.file}: ${first.reason}`;
  }

  /** [height, width, channels] bytes. @throws {Error} saying what is wrong with the picture. */
  async #decode(bytes: Buffer): Promise<Uint8Array> {
    const image = sharp(bytes, { failOn: "error", limitInputPixels: MAX_PIXELS }).autoOrient();
    const metadata = await image.metadata().catch(explain);
    if (!FORMATS.includes(metadata.format ?? ""))
      throw new Error(`is ${metadata.format}, not PNG, JPEG or WebP`);
    this.#target ??= targetOf(metadata, this.#options);
    const { height, width, channels } = this.#target;
    const own = metadata.autoOrient;
    if (this.#options.size === undefined && (own.height !== height || own.width !== width))
      throw new Error(
        `is ${own.height}×${own.width} pixels, the first image ${height}×${width}: say size to have them made alike`,
      );
    const data = await toShape(image, this.#target, this.#options).toBuffer().catch(explain);
    if (data.length !== height * width * channels)
      throw new Error("can't be brought to that shape");
    return data;
  }
}

/** What sharp says, in the words of whoever packed the picture. */
function explain(error: Error): never {
  const [reason = ""] = error.message.split("\n");
  if (reason.includes("unsupported image format"))
    throw new Error("is no PNG, JPEG or WebP inside");
  if (reason.includes("is empty")) throw new Error("is empty");
  if (reason.includes("pixel limit")) throw new Error(`has more than ${MAX_PIXELS} pixels`);
  throw new Error(`is damaged (${reason})`);
}

function targetOf({ autoOrient, channels = 3 }: Metadata, { size, color }: ImageOptions): Target {
  const [height, width] = size ?? [autoOrient.height, autoOrient.width];
  const isGrey = color === undefined ? channels < 3 : color === "grey";
  return { height, width, channels: isGrey ? 1 : 3 };
}

/** Transparent parts become black, the ground of the pictures that most classifiers are trained on. */
function toShape(
  image: Sharp,
  { height, width, channels }: Target,
  { size, fit }: ImageOptions,
): Sharp {
  const flat = image.flatten({ background: "black" });
  const sized =
    size === undefined ? flat : flat.resize({ height, width, fit, background: "black" });
  return sized.toColourspace(channels === 1 ? "b-w" : "srgb").raw({ depth: "uchar" });
}

/** `…/train/cat/1.png`: the folder is the class, the one around it may be train or test. */
function placeOf(name: string): { className: string; split: "train" | "test" | undefined } {
  const folders = name.split(/[/\\]/).filter((folder) => folder !== "" && folder !== ".");
  folders.pop();
  if (folders.includes("..")) throw new Error("leads out of the archive");
  const className = folders.at(-1);
  if (className === undefined || /^(train|test)$/i.test(className))
    throw new Error("lies in no folder of a class");
  const split = /^(train|test)$/i.exec(folders.at(-2) ?? "")?.[0]?.toLowerCase();
  return { className, split: split as "train" | "test" | undefined };
}

function labelled(pictures: readonly Picture[], classNames: readonly string[]): LabelledRows {
  const size = pictures[0]?.pixels.length ?? 0;
  const x = new Uint8Array(pictures.length * size);
  for (const [row, { pixels }] of pictures.entries()) x.set(pixels, row * size);
  const y = Int32Array.from(pictures, ({ className }) => classNames.indexOf(className));
  return { count: pictures.length, x, y };
}
