import { readFile } from "node:fs/promises";
import { AppError, type PredictAnswer } from "@sweepyard/contract";
import type { Command } from "commander";
import { asCount } from "../argumentParsers.js";
import type { Act, Context } from "../context.js";
import { formatPercent } from "../format/figures.js";
import { renderTable } from "../format/table.js";

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
    .description("classify PNG or JPEG images with a promoted model")
    .argument("<images...>", "the files")
    .requiredOption("--model <name>", "name, name@alias or name@version; champion is assumed")
    .option("--top <count>", "how many classes to name", asCount, 3)
    .action(act(predict));
}

async function predict(
  { output, connect, signal }: Context,
  images: string[],
  { model, top }: PredictOptions,
): Promise<void> {
  const files = await Promise.all(images.map(readImage)); // all are read before any is sent
  const client = await connect();
  const results: ImagePrediction[] = [];
  let served: Pick<PredictAnswer, "model" | "version"> | undefined;
  for (const [index, file] of files.entries()) {
    const answer = await client.models.predictImage(model, file, { top_k: top }, { signal });
    served = { model: answer.model, version: answer.version };
    results.push({ image: images[index] ?? "", predictions: answer.predictions[0] ?? [] });
  }
  output.answer({ ...served, images: results }, () =>
    [
      output.colors.dim(`${served?.model} version ${served?.version}`),
      renderTable(
        results,
        [
          { head: "image", cell: ({ image }) => image },
          { head: "class", cell: ({ predictions }) => predictions[0]?.name ?? "" },
          {
            head: "probability",
            cell: ({ predictions }) => formatPercent(predictions[0]?.probability ?? 0),
            align: "right",
          },
          {
            head: "or",
            cell: ({ predictions }) =>
              predictions
                .slice(1)
                .map(({ name, probability }) => `${name} ${formatPercent(probability)}`)
                .join(", "),
          },
        ],
        output.colors,
      ),
    ].join("\n"),
  );
}

const SIGNATURES = [
  { type: "image/png", bytes: [0x89, 0x50, 0x4e, 0x47] },
  { type: "image/jpeg", bytes: [0xff, 0xd8, 0xff] },
] as const;

async function readImage(path: string): Promise<Blob> {
  const content = await readFile(path).catch((error: Error) => {
    throw new AppError("invalid_request", `${path} can't be read: ${error.message}`);
  });
  const kind = SIGNATURES.find(({ bytes }) => bytes.every((byte, at) => content[at] === byte));
  if (kind !== undefined) return new Blob([content], { type: kind.type });
  throw new AppError("invalid_request", `${path} is neither a PNG nor a JPEG`);
}
