import { readFile } from "node:fs/promises";
import type { Client } from "@sweepyard/client";
import { AppError, type PredictAnswer, PredictBody, toFieldErrors } from "@sweepyard/contract";
import type { Command } from "commander";
import { asCount } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { renderPredictions } from "../format/renderPredictions.js";
import { readDocument } from "../readSubmission.js";
import { readCsvRows } from "../upload/readCsvRows.js";
import { whyUnreadable } from "../whyUnreadable.js";

interface PredictOptions {
  readonly model: string;
  readonly top: number;
}

interface ImagePrediction {
  readonly image: string;
  /** Most probable first. */
  readonly predictions: PredictAnswer["predictions"][number];
}

export function addPredictCommand(program: Command, act: Act): void {
  program
    .command("predict")
    .description("ask a promoted model about PNG, JPEG or WebP pictures, or rows of numbers")
    .argument(
      "<files...>",
      'pictures; or one .json or .csv file of rows, [[5.1, 3.5], [4.9, 3]], or "-": the rows of standard input',
    )
    .requiredOption("--model <name>", "name, name@alias or name@version; champion is assumed")
    .option("--top <count>", "of a classification, how many classes to name", asCount, 3)
    .action(act(predict));
}

async function predict(context: Context, paths: string[], options: PredictOptions): Promise<void> {
  const [path = "", ...others] = paths;
  if (others.length === 0 && isRows(path)) return predictRows(context, path, options);
  const rows = paths.find(isRows);
  if (rows !== undefined)
    throw new AppError("invalid_request", `${rows} holds rows: it is predicted by itself`);
  return predictImages(context, paths, options);
}

const isRows = (path: string): boolean => path === "-" || /\.(json|csv)$/i.test(path);

async function predictImages(
  { output, connect, signal }: Context,
  images: string[],
  { model, top }: PredictOptions,
): Promise<void> {
  const files = await Promise.all(images.map(readImage)); // all are read before any is sent
  const client = await connect();
  const results: ImagePrediction[] = [];
  let served: Pick<PredictAnswer, "model" | "version" | "task"> | undefined;
  for (const [index, file] of files.entries()) {
    const answer = await client.models.predictImage(model, file, { top_k: top }, { signal });
    served = { model: answer.model, version: answer.version, task: answer.task };
    results.push({ image: images[index] ?? "", predictions: answer.predictions[0] ?? [] });
  }
  output.answer({ ...served, images: results }, () =>
    [
      output.colors.dim(`${served?.model} version ${served?.version}`),
      renderPredictions(results, served?.task ?? "classification", output.colors),
    ].join("\n"),
  );
}

async function predictRows(
  { output, connect, signal }: Context,
  path: string,
  { model, top }: PredictOptions,
): Promise<void> {
  const body = await readRows(path);
  const client: Client = await connect();
  const answer = await client.models.predict(model, { ...body, top_k: top }, { signal });
  output.answer(answer, () =>
    [
      output.colors.dim(`${answer.model} version ${answer.version}`),
      renderPredictions(
        answer.predictions.map((predictions, row) => ({ row: String(row), predictions })),
        answer.task,
        output.colors,
      ),
    ].join("\n"),
  );
}

/** The API's body, or its list of instances alone. */
async function readRows(path: string): Promise<PredictBody> {
  if (/\.csv$/i.test(path)) return { instances: await readCsvRows(path) };
  const document = await readDocument(path);
  const parsed = PredictBody.safeParse(
    Array.isArray(document) ? { instances: document } : document,
  );
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", `${path} holds no rows such as [[5.1, 3.5], [4.9, 3]]`, {
    errors: toFieldErrors(parsed.error),
  });
}

async function readImage(path: string): Promise<Blob> {
  const content = await readFile(path).catch((error) => {
    throw new AppError("invalid_request", `${path} can't be read: ${whyUnreadable(error)}`);
  });
  const type = pictureType(content);
  if (type !== undefined) return new Blob([content], { type });
  throw new AppError(
    "invalid_request",
    `${path} is no PNG, JPEG or WebP picture; rows of numbers are read from a .json or .csv file`,
  );
}

/** By the first bytes, whatever the file is called. */
function pictureType(content: Buffer): string | undefined {
  if (content.subarray(0, 4).equals(Buffer.from("\x89PNG", "latin1"))) return "image/png";
  if (content.subarray(0, 3).equals(Buffer.from("\xff\xd8\xff", "latin1"))) return "image/jpeg";
  const isWebp =
    content.toString("latin1", 0, 4) === "RIFF" && content.toString("latin1", 8, 12) === "WEBP";
  return isWebp ? "image/webp" : undefined;
}
